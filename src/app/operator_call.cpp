#include "app/operator_call.hpp"

#include <cstdlib>
#include <iostream>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"

namespace roger::app {

using nlohmann::json;

Result<Reply> ask_operator(const OperatorCall& asked) {
    const std::string where = asked.path + (asked.query.empty() ? "" : "?" + asked.query);
    if (const char* remote = std::getenv("ROGER_ADMIN_URL"); remote != nullptr && *remote != '\0') {
        const char* token = std::getenv("ROGER_ADMIN_TOKEN");
        return call({.method = asked.method,
                     .url = remote + where,
                     .bearer = token == nullptr ? "" : token,
                     .content_type = "application/json",
                     .body = asked.body});
    }
    {
        auto house = House::open({.config = asked.config, .timers = false});
        if (house && asked.needs_server) {
            return fail(Errc::unavailable, "no server runs on " + asked.config.data + "; start it with: roger serve");
        }
        if (house) {
            http::Request request;
            request.method = asked.method == "GET"      ? http::Method::get
                             : asked.method == "PATCH"  ? http::Method::patch
                             : asked.method == "PUT"    ? http::Method::put
                             : asked.method == "DELETE" ? http::Method::del
                                                        : http::Method::post;
            request.path = asked.path;
            request.query = asked.query;
            request.body = asked.body;
            request.content_type = "application/json";
            const http::Response response = (*house)->ask_control(request);
            return Reply{static_cast<long>(response.status), response.body};
        }
        if (house.error().code != Errc::conflict) return tl::unexpected<Error>(house.error());
    }
    return call({.method = asked.method,
                 .url = "http://localhost" + where,
                 .unix_socket = asked.config.data + "/control.sock",
                 .content_type = "application/json",
                 .body = asked.body});
}

std::pair<json, int> answer_of(const Result<Reply>& reply) {
    if (!reply) {
        const int code = reply.error().code == Errc::blocked     ? wrong_setup
                         : reply.error().code == Errc::timed_out ? unknown
                                                                 : not_reached;
        return {json(), complain(reply.error().detail, code)};
    }
    if (reply->status == 204) return {json::object(), done};
    json body = json::parse(reply->body, nullptr, false);
    if (reply->status >= 300 || body.is_discarded()) {
        const bool explained = body.is_object() && body.contains("detail");
        return {
            json(),
            complain(explained ? body["detail"].get<std::string>() : "HTTP " + std::to_string(reply->status), refused)};
    }
    return {std::move(body), done};
}

std::pair<json, int> ask_admin(
    const Config& config, const std::string& method, const std::string& rest, const json& body, const Fields& query) {
    return answer_of(ask_operator(
        {.config = config, .method = method, .path = "/admin/v1" + rest, .query = form(query), .body = body.dump()}));
}

int finish(bool as_json, const std::pair<json, int>& answer, const std::string& said) {
    if (answer.second != done) return answer.second;
    std::cout << (as_json ? answer.first.dump() : said) << '\n';
    return done;
}

}  // namespace roger::app
