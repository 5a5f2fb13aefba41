// The subcommand guard of the command line: what is refused, and what was spent.
#include <algorithm>
#include <iostream>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"

namespace roger::app {
namespace {

using nlohmann::json;
using Answered = std::pair<json, int>;

/// "+44 7700" as the list has it. Whether it is a number is the server's to say.
std::string as_listed(const std::string& text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c != ' ' && c != '-' && c != '+'; });
    return "+" + digits;
}

/// What `lists/deny` or `lists/allow` is to be.
Result<json> changed(const json& numbers, const AdminOptions& options) {
    auto kept = numbers.get<std::set<std::string>>();
    const bool masked = std::any_of(kept.begin(), kept.end(), [](const std::string& number) {
        return number.find_first_not_of("0123456789", 1) != std::string::npos;
    });
    if (masked) {
        return fail(Errc::blocked, "the list has whole numbers, which this token may not see, so it cannot change it");
    }
    for (const std::string& text : options.removed) {
        if (kept.erase(as_listed(argument(text))) == 0) {
            return fail(Errc::not_found, "what is to be removed is not on the list; nothing was changed");
        }
    }
    json out = kept;
    for (const std::string& text : options.added) out.push_back(argument(text));
    return out;
}

void tell_spend(const json& account) {
    std::cout << fmt::format("{}  balance {} {}, reserved {}\n", text_of(account["account"]),
                             text_of(account["balance"]), text_of(account["currency"]), text_of(account["reserved"]));
    for (const char* period : {"day", "month"}) {
        std::cout << fmt::format("    {:<5}  {:<14}  settled {:>12}  reserved {:>12}\n", period, "all",
                                 text_of(account[period]["settled"]), text_of(account[period]["reserved"]));
        for (const char* scope : {"countries", "networks"}) {
            if (!account[period].contains(scope)) continue;
            for (const auto& [name, spend] : account[period][scope].items()) {
                std::cout << fmt::format("    {:<5}  {:<14}  settled {:>12}  reserved {:>12}\n", period, name,
                                         text_of(spend["settled"]), text_of(spend["reserved"]));
            }
        }
    }
    for (const json& cap : account["caps"]) {
        std::cout << fmt::format("    cap    {:<14}  {} a {}\n", cap["scope"] == "" ? "all" : text_of(cap["scope"]),
                                 text_of(cap["amount"]), text_of(cap["period"]));
    }
}

int tell_rules(const AdminOptions& options, const Answered& answer) {
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    std::cout << fmt::format("{:<18}  {:<10}  {:<10}  {}\n", "rule", "configured", "set", "in force");
    for (const auto& [name, rule] : answer.first["rules"].items()) {
        std::cout << fmt::format("{:<18}  {:<10}  {:<10}  {}\n", name, text_of(rule["configured"]),
                                 text_of(rule["set"]), text_of(rule["in_force"]));
    }
    if (answer.first["sandbox"] == true) {
        std::cout << "This is a sandbox: no rule goes further than [guard] sandbox in the configuration.\n";
    }
    return done;
}

}  // namespace

int guard_rules(const AdminOptions& options) {
    return tell_rules(options, ask_admin(options.config, "GET", "/rules", json::object()));
}

int guard_set(const AdminOptions& options) {
    const json mode = options.mode == "configured" ? json(nullptr) : json(options.mode);
    return tell_rules(options, ask_admin(options.config, "PUT", "/rules", {{options.name, mode}}));
}

int guard_list(const AdminOptions& options) {
    const std::string path = "/lists/" + options.name;
    Answered answer = ask_admin(options.config, "GET", path, json::object());
    if (answer.second != done) return answer.second;
    if (!options.added.empty() || !options.removed.empty()) {
        const auto numbers = changed(answer.first["numbers"], options);
        if (!numbers) return complain(numbers.error().detail, refused);
        answer = ask_admin(options.config, "PUT", path, {{"numbers", *numbers}});
    }
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    if (answer.first["numbers"].empty()) {
        std::cout << fmt::format("The {0} list is empty; add to it with: roger guard list {0} --add +4477\n",
                                 options.name);
    }
    for (const json& number : answer.first["numbers"]) std::cout << text_of(number) << '\n';
    return done;
}

int guard_blocks(const AdminOptions& options) {
    Fields query;
    if (options.numbers) query.emplace_back("reveal", "number");
    const auto answer = ask_admin(options.config, "GET", "/blocks", json::object(), query);
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    if (answer.first["blocks"].empty()) std::cout << "No number is blocked.\n";
    for (const json& block : answer.first["blocks"]) {
        std::cout << fmt::format("{:<18}  {:<20}  {:<18}  until {}\n", text_of(block["number"]),
                                 block["account"].is_null() ? "all accounts" : text_of(block["account"]),
                                 text_of(block["rule"]), text_of(block["until"]));
    }
    return done;
}

int guard_unblock(const AdminOptions& options) {
    Fields query{{"number", argument(options.number)}};
    if (!options.account.empty()) query.emplace_back("account", options.account);
    const auto answer = ask_admin(options.config, "DELETE", "/blocks", json::object(), query);
    return finish(options.json, answer, answer.second == done ? "lifted: " + text_of(answer.first["lifted"]) : "");
}

int guard_spend(const AdminOptions& options) {
    const auto answer = ask_admin(options.config, "GET", "/spend", json::object());
    if (answer.second != done || options.json) return finish(options.json, answer, "");
    if (answer.first["accounts"].empty()) std::cout << "No account has a price, a balance or a cap.\n";
    for (const json& account : answer.first["accounts"]) tell_spend(account);
    return done;
}

}  // namespace roger::app
