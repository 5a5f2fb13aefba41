#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

/// Asks the server that holds the data directory; when none does, the house is opened here without doors.
Result<Reply> ask_operator(const AccountOptions& options, const std::string& method, const std::string& path) {
    auto house = House::open({.config = Config{.data = options.data}, .timers = false});
    if (house) {
        http::Request request;
        request.method = method == "GET"     ? http::Method::get
                         : method == "PATCH" ? http::Method::patch
                                             : http::Method::post;
        request.path = path;
        request.body = options.body;
        request.content_type = "application/json";
        const http::Response response = (*house)->ask_control(request);
        return Reply{static_cast<long>(response.status), response.body};
    }
    if (house.error().code != Errc::conflict) return tl::unexpected<Error>(house.error());
    return call({.method = method,
                 .url = "http://localhost" + path,
                 .unix_socket = options.data + "/control.sock",
                 .content_type = "application/json",
                 .body = options.body});
}

/// The JSON of a good answer, or the exit code of a bad one, explained.
std::pair<json, int> answer_of(const Result<Reply>& reply) {
    if (!reply) {
        const int code = reply.error().code == Errc::blocked     ? wrong_setup
                         : reply.error().code == Errc::timed_out ? unknown
                                                                 : not_reached;
        return {json(), complain(reply.error().detail, code)};
    }
    json body = json::parse(reply->body, nullptr, false);
    if (reply->status >= 300 || body.is_discarded()) {
        const bool explained = body.is_object() && body.contains("detail");
        return {
            json(),
            complain(explained ? body["detail"].get<std::string>() : "HTTP " + std::to_string(reply->status), refused)};
    }
    return {std::move(body), done};
}

int print(const std::pair<json, int>& answer, bool as_json) {
    if (answer.second != done) return answer.second;
    if (as_json) {
        std::cout << answer.first.dump() << '\n';
        return done;
    }
    for (const auto& [name, value] : answer.first.items()) {
        std::cout << name << ": " << (value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
    }
    return done;
}

std::string path_of(const AccountOptions& options) { return "/admin/v1/accounts/" + options.key; }

}  // namespace

int account_create(const AccountOptions& options) {
    return print(answer_of(ask_operator(options, "POST", "/admin/v1/accounts")), options.json);
}

int account_list(const AccountOptions& options) {
    const auto [body, code] = answer_of(ask_operator(options, "GET", "/admin/v1/accounts"));
    if (code != done) return code;
    if (options.json) {
        std::cout << body.dump() << '\n';
        return done;
    }
    if (body["accounts"].empty()) std::cout << "There is no account yet; make one with: roger account create\n";
    for (const json& account : body["accounts"]) {
        std::string marks;
        for (const auto* mark : {"disabled", "barred", "demo", "pin_code", "lenient_cancel", "six_digits"}) {
            if (account.value(mark, false)) marks += std::string(" ") + mark;
        }
        std::cout << fmt::format("{:<32}  {}{}\n", account["key"].get<std::string>(),
                                 account["created"].get<std::string>(), marks);
    }
    return done;
}

int account_update(const AccountOptions& options) {
    return print(answer_of(ask_operator(options, "PATCH", path_of(options))), options.json);
}

int account_rotate_secret(const AccountOptions& options) {
    return print(answer_of(ask_operator(options, "POST", path_of(options) + "/secrets")), options.json);
}

}  // namespace roger::app
