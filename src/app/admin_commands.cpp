#include <termios.h>
#include <unistd.h>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"

namespace roger::app {
namespace {

std::pair<nlohmann::json, int> ask(const AdminOptions& options,
                                   const std::string& method,
                                   const std::string& rest,
                                   const nlohmann::json& body = nlohmann::json::object(),
                                   const Fields& query = {}) {
    return ask_admin(options.config, method, rest, body, query);
}

/// One line, not shown while it is typed. From a pipe it is read as it comes.
std::string read_password(const char* prompt) {
    std::string line;
    if (::isatty(STDIN_FILENO) != 1) {
        std::getline(std::cin, line);
        return line;
    }
    struct termios before{};
    const bool quiet = ::tcgetattr(STDIN_FILENO, &before) == 0;
    struct termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (quiet) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << prompt;
    std::getline(std::cin, line);
    if (quiet) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << '\n';
    return line;
}

/// Twice from a person. @return "" when the two differ
std::string choose_password() {
    std::string password = read_password("Password (8 to 128 bytes): ");
    if (::isatty(STDIN_FILENO) != 1 || password == read_password("The same again: ")) return password;
    return "";
}

constexpr const char* no_password = "no password was given, or the two differ: nothing was changed";

}  // namespace

int token_create(const AdminOptions& options) {
    nlohmann::json body{{"name", options.name}, {"scope", options.scope}, {"numbers", options.numbers}};
    if (options.expires_days) body["expires_days"] = *options.expires_days;
    const auto answer = ask(options, "POST", "/tokens", body);
    return finish(options.json, answer, answer.second == done ? "token: " + text_of(answer.first["token"]) : "");
}

int token_list(const AdminOptions& options) {
    const auto answer = ask(options, "GET", "/tokens");
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    if (answer.first["tokens"].empty()) std::cout << "There is no token; make one with: roger admin token create\n";
    for (const auto& token : answer.first["tokens"]) {
        std::cout << fmt::format("{:<32}  {:<7}  {}  {}{}\n", text_of(token["name"]), text_of(token["scope"]),
                                 text_of(token["created"]), text_of(token["expires"]),
                                 token["numbers"] == true ? "  numbers" : "");
    }
    return done;
}

int token_revoke(const AdminOptions& options) {
    return finish(options.json, ask(options, "DELETE", "/tokens/" + options.name), "revoked " + options.name);
}

int user_create(const AdminOptions& options) {
    const std::string password = choose_password();
    if (password.empty()) return complain(no_password, usage);
    const auto answer =
        ask(options, "POST", "/users",
            {{"name", options.name}, {"scope", options.scope}, {"numbers", options.numbers}, {"password", password}});
    return finish(options.json, answer, fmt::format("made {} with the scope {}", options.name, options.scope));
}

int user_list(const AdminOptions& options) {
    const auto answer = ask(options, "GET", "/users");
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    if (answer.first["users"].empty()) std::cout << "There is no user; make the first with: roger admin link\n";
    for (const auto& user : answer.first["users"]) {
        std::cout << fmt::format("{:<32}  {:<7}  {}{}\n", text_of(user["name"]), text_of(user["scope"]),
                                 text_of(user["created"]), user["numbers"] == true ? "  numbers" : "");
    }
    return done;
}

int user_password(const AdminOptions& options) {
    const std::string password = choose_password();
    if (password.empty()) return complain(no_password, usage);
    return finish(options.json, ask(options, "PATCH", "/users/" + options.name, {{"password", password}}),
                  options.name + " has a new password and is signed out everywhere");
}

int user_remove(const AdminOptions& options) {
    return finish(options.json, ask(options, "DELETE", "/users/" + options.name), "removed " + options.name);
}

int admin_link(const AdminOptions& options) {
    const auto answer = ask(options, "POST", "/setup/link");
    return finish(options.json, answer, answer.second == done ? text_of(answer.first["url"]) : "");
}

int audit_list(const AdminOptions& options) {
    constexpr unsigned page_max = 200;
    nlohmann::json entries = nlohmann::json::array();
    std::string after;
    do {
        Fields query = options.filters;
        const unsigned missing = options.limit - static_cast<unsigned>(entries.size());
        query.emplace_back("limit", std::to_string(std::min(missing, page_max)));
        if (!after.empty()) query.emplace_back("after", after);
        const auto [page, code] = ask(options, "GET", "/audit", nlohmann::json::object(), query);
        if (code != done) return code;
        for (const auto& entry : page["entries"]) {
            entries.push_back(entry);
            if (options.json) continue;
            std::cout << fmt::format("{:>7}  {}  {:<20}  {:<16}  {} {}\n", text_of(entry["seq"]), text_of(entry["at"]),
                                     text_of(entry["who"]), text_of(entry["action"]), text_of(entry["target"]),
                                     text_of(entry["detail"]));
        }
        after = page["next"].is_null() ? "" : page["next"].get<std::string>();
    } while (!after.empty() && entries.size() < options.limit);
    if (options.json) std::cout << nlohmann::json{{"entries", entries}}.dump() << '\n';
    return done;
}

int audit_verify(const AdminOptions& options) {
    const auto [verdict, code] = ask(options, "GET", "/audit/verify");
    if (code != done) return code;
    if (options.json) {
        std::cout << verdict.dump() << '\n';
    } else if (verdict["good"] == true) {
        std::cout << fmt::format("good: nothing edited, removed or cut off; entries: {}\n",
                                 text_of(verdict["entries"]));
    }
    return verdict["good"] == true ? int{done} : complain(text_of(verdict["problem"]), refused);
}

int number_erase(const AdminOptions& options) {
    const auto answer = ask(options, "DELETE", "/numbers/-", {{"number", argument(options.number)}});
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    std::cout << fmt::format("erased: {} requests ({} of them cancelled), {} refusals, {} lists of approved numbers\n",
                             text_of(answer.first["requests"]), text_of(answer.first["cancelled"]),
                             text_of(answer.first["refusals"]), text_of(answer.first["accounts"]));
    return done;
}

}  // namespace roger::app
