#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

Result<Reply> ask(const AccountOptions& options, const std::string& method, const std::string& path) {
    return ask_operator({.config = Config{.data = options.data}, .method = method, .path = path, .body = options.body});
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
    return print(answer_of(ask(options, "POST", "/admin/v1/accounts")), options.json);
}

int account_list(const AccountOptions& options) {
    const auto [body, code] = answer_of(ask(options, "GET", "/admin/v1/accounts"));
    if (code != done) return code;
    if (options.json) {
        std::cout << body.dump() << '\n';
        return done;
    }
    if (body["accounts"].empty()) std::cout << "There is no account yet; make one with: roger account create\n";
    for (const json& account : body["accounts"]) {
        std::string marks;
        for (const auto* mark :
             {"disabled", "barred", "demo", "pin_code", "lenient_cancel", "six_digits", "template_review"}) {
            if (account.value(mark, false)) marks += std::string(" ") + mark;
        }
        std::cout << fmt::format("{:<32}  {}{}\n", account["key"].get<std::string>(),
                                 account["created"].get<std::string>(), marks);
    }
    return done;
}

int account_update(const AccountOptions& options) {
    return print(answer_of(ask(options, "PATCH", path_of(options))), options.json);
}

int account_rotate_secret(const AccountOptions& options) {
    return print(answer_of(ask(options, "POST", path_of(options) + "/secrets")), options.json);
}

}  // namespace roger::app
