#include <chrono>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"

namespace roger::app {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds look_again{200};

std::string path_of(const RouteOptions& options) { return "/admin/v1/routes/" + options.name; }

/// "GB, DE; 4477; 23415": what a route serves.
std::string served(const json& route) {
    std::vector<std::string> parts;
    for (const auto* filter : {"countries", "prefixes", "networks"}) {
        const auto values = route[filter].get<std::vector<std::string>>();
        if (!values.empty()) parts.push_back(fmt::format("{}", fmt::join(values, ", ")));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string state_of(const json& route) {
    const bool enabled = route["enabled"].get<bool>();
    const std::string by = enabled == route["enabled_in_file"].get<bool>() ? "" : " by command";
    if (!enabled) return "disabled" + by;
    return (route["up"].get<bool>() ? "up" : "down") + by;
}

int change(const RouteOptions& options, bool enabled) {
    const auto [body, code] = answer_of(ask_operator({.config = options.config,
                                                      .method = "PATCH",
                                                      .path = path_of(options),
                                                      .body = json{{"enabled", enabled}}.dump()}));
    if (code != done) return code;
    std::cout << (options.json ? body.dump()
                               : fmt::format("{} is {}; this wins over the configuration", options.name,
                                             enabled ? "enabled" : "disabled"))
              << '\n';
    return done;
}

Result<Reply> ask_server(const RouteOptions& options,
                         const std::string& method,
                         const std::string& path,
                         const json& body) {
    return ask_operator(
        {.config = options.config, .method = method, .path = path, .body = body.dump(), .needs_server = true});
}

/// What the operator is about to pay.
int announce(const RouteOptions& options) {
    const auto [body, code] = answer_of(ask_server(options, "GET", "/admin/v1/routes", json::object()));
    if (code != done) return code;
    for (const json& route : body["routes"]) {
        if (route["name"] != options.name || options.json) continue;
        const bool calls = route["channel"] == "tts";
        std::cout << fmt::format("This {} over {}; the price of the route is {} a {}.\n",
                                 calls ? "places one real call" : "sends one real message", options.name,
                                 route["price"].get<std::string>(), calls ? "call, when it is answered" : "segment");
        return done;
    }
    return options.json ? done : complain("there is no route '" + options.name + "'", refused);
}

void tell(const json& test, const std::string& what, const char* after, const std::string& more) {
    std::string line = what;
    if (test.contains(after)) line += fmt::format(" after {} ms", test[after].get<std::int64_t>());
    if (!more.empty()) line += ": " + more;
    std::cout << line << std::endl;  // seen at once, also through a pipe
}

void tell_accepted(const json& test) {
    if (test["channel"] == "tts") return tell(test, "it rings", "answered_after_ms", "");
    tell(test, "accepted", "answered_after_ms",
         fmt::format("{} segment(s), price {}, the peer's id {}", test["segments"].get<int>(),
                     test["price"].get<std::string>(),
                     fmt::join(test["peer_ids"].get<std::vector<std::string>>(), ", ")));
}

void tell_end(const json& test, const std::string& state) {
    const bool receipt = state == "delivered" || state == "failed";
    tell(test, state == "not_sent" ? "not sent" : state, receipt ? "receipted_after_ms" : "answered_after_ms",
         test["reason"].get<std::string>());
}

/// @return nullopt while it is still on its way
std::optional<int> end_of(const std::string& state) {
    if (state == "delivered") return done;
    if (state == "sending" || state == "accepted") return std::nullopt;
    return state == "unknown" ? unknown : refused;
}

int follow(const RouteOptions& options, json test) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait);
    const std::string path = path_of(options) + "/tests/" + test["id"].get<std::string>();
    bool told_accepted = options.json;
    while (true) {
        const std::string state = test["state"];
        if (test["segments"] > 0 && !told_accepted) {
            tell_accepted(test);
            told_accepted = true;
        }
        const auto ended = end_of(state);
        if (ended && !options.json) tell_end(test, state);
        const bool late = std::chrono::steady_clock::now() >= give_up;
        if (ended || late) {
            if (options.json) std::cout << test.dump() << '\n';
            return ended ? *ended : complain(fmt::format("no receipt within {} s", options.wait), unknown);
        }
        std::this_thread::sleep_for(look_again);
        const auto reply = ask_server(options, "GET", path, json::object());
        if (!reply) return complain("the server is gone: " + reply.error().detail, unknown);
        auto [fresh, code] = answer_of(reply);
        if (code != done) return unknown;
        test = std::move(fresh);
    }
}

}  // namespace

int route_list(const RouteOptions& options) {
    const auto [body, code] = answer_of(ask_operator({.config = options.config, .path = "/admin/v1/routes"}));
    if (code != done) return code;
    if (options.json) {
        std::cout << body.dump() << '\n';
        return done;
    }
    if (body["routes"].empty()) std::cout << "There is no route; see docs/routes.md\n";
    for (const json& route : body["routes"]) {
        std::cout << fmt::format("{:<20}  {:<3}  priority {:<4}  {:<20}  price {}  {}\n",
                                 route["name"].get<std::string>(), route["channel"].get<std::string>(),
                                 route["priority"].get<int>(), state_of(route), route["price"].get<std::string>(),
                                 served(route));
    }
    return done;
}

int route_enable(const RouteOptions& options) { return change(options, true); }
int route_disable(const RouteOptions& options) { return change(options, false); }

int route_test(const RouteOptions& options) {
    if (const int code = announce(options); code != done) return code;
    const json number{{"number", argument(options.number)}};
    const auto [test, code] = answer_of(ask_server(options, "POST", path_of(options) + "/tests", number));
    return code == done ? follow(options, test) : code;
}

}  // namespace roger::app
