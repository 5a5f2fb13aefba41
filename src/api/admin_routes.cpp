#include "api/admin_routes.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/problem.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

http::Response no_route(const std::string& name) {
    return problem(404, "Not Found", "There is no route '" + name + "'.");
}

json to_json(const dispatch::RouteTable::Entry& entry, SteadyTime now) {
    const routing::Route& route = entry.route.route;
    const auto wait = std::chrono::duration_cast<milliseconds>(entry.next_turn - now);
    return {{"name", route.name},
            {"kind", route.kind},
            {"channel", message::to_string(route.channel)},
            {"countries", route.countries},
            {"prefixes", route.prefixes},
            {"networks", route.networks},
            {"sender", route.sender},
            {"senders", route.senders},
            {"price", to_price(route.price)},
            {"priority", route.priority},
            {"segments_per_second", route.segments_per_second},
            {"enabled", route.enabled},
            {"enabled_in_file", entry.enabled_in_file},
            {"up", entry.up()},
            {"backlog_ms", std::max(milliseconds(0), wait).count()}};
}

json to_json(const dispatch::TestMessage& test) {
    json shown{{"id", std::to_string(test.id)},
               {"route", test.route},
               {"channel", message::to_string(test.channel)},
               {"number", test.masked_number},
               {"state", dispatch::to_string(test.state)},
               {"reason", test.reason},
               {"peer_ids", test.peer_ids},
               {"segments", test.segments},
               {"price", to_price(test.price)}};
    if (test.answered_after) shown["answered_after_ms"] = test.answered_after->count();
    if (test.receipted_after) shown["receipted_after_ms"] = test.receipted_after->count();
    return shown;
}

/// Ids and reasons are a peer's, and may be no UTF-8: such bytes are replaced.
std::string to_text(const json& shown) { return shown.dump(-1, ' ', false, json::error_handler_t::replace); }

/// The member of a body that is an object, or null.
json member_of(const http::Request& request, const char* name) {
    const json body = json::parse(request.body, nullptr, false);
    return body.is_object() && body.contains(name) ? body[name] : json();
}

}  // namespace

std::string enabled_setting(const std::string& route) { return std::string(enabled_setting_prefix) + route; }

asio::awaitable<http::Response> AdminRoutes::handle(const http::Request& request,
                                                    std::string_view rest,
                                                    const Actor& actor) {
    const auto takes = [&request](http::Method method) { return request.method == method; };
    if (rest.empty()) co_return takes(http::Method::get) ? list() : method_not_allowed("GET");
    if (rest.front() != '/') co_return no_such_admin_call();
    rest.remove_prefix(1);
    const std::size_t slash = rest.find('/');
    std::string name(rest.substr(0, slash));
    const std::string_view tail = slash == std::string_view::npos ? "" : rest.substr(slash);
    if (context_.dispatcher.routes().find(name) == nullptr) co_return no_route(name);
    if (tail.empty()) {
        if (!takes(http::Method::patch)) co_return method_not_allowed("PATCH");
        co_return co_await change(request, std::move(name), actor);
    }
    constexpr std::string_view tests = "/tests";
    if (tail == tests) {
        if (!takes(http::Method::post)) co_return method_not_allowed("POST");
        co_return co_await send_test(request, std::move(name), actor);
    }
    if (!tail.starts_with("/tests/")) co_return no_such_admin_call();
    if (!takes(http::Method::get)) co_return method_not_allowed("GET");
    co_return show_test(name, tail.substr(tests.size() + 1));
}

http::Response AdminRoutes::list() const {
    json routes = json::array();
    for (const auto& entry : context_.dispatcher.routes().entries()) {
        routes.push_back(to_json(*entry, context_.clock.steady_now()));
    }
    return json_answer(200, json{{"routes", routes}}.dump());
}

asio::awaitable<http::Response> AdminRoutes::change(const http::Request& request,
                                                    std::string name,
                                                    const Actor& actor) {
    const json enabled = member_of(request, "enabled");
    if (!enabled.is_boolean()) {
        co_return problem(400, "Bad Request", R"(The body is {"enabled": true} or {"enabled": false}.)");
    }
    const bool on = enabled.get<bool>();
    engine::SaveSetting save{.name = enabled_setting(name),
                             .value = on ? "on" : "off",
                             .reply = {},
                             .note = actor.note(on ? "route.enable" : "route.disable", name)};
    const auto saved = co_await ask(context_.engine, std::move(save));
    if (!saved) co_return problem(saved.error());
    // A reload may have taken the route away in the meantime.
    if (!context_.dispatcher.set_enabled(name, on)) co_return no_route(name);
    const auto entry = context_.dispatcher.routes().find(name);
    co_return json_answer(200, to_json(*entry, context_.clock.steady_now()).dump());
}

asio::awaitable<http::Response> AdminRoutes::send_test(const http::Request& request,
                                                       std::string name,
                                                       const Actor& actor) {
    const json given = member_of(request, "number");
    const auto facts = given.is_string() ? numbering::parse_number(given.get<std::string>(), "")
                                         : Result<numbering::NumberFacts>(fail(Errc::invalid_argument, ""));
    if (!facts) {
        co_return problem(400, "Bad Request",
                          R"(The body is {"number": "+447700900123"}: a number in international form.)");
    }
    engine::Note note{.note = actor.note("route.test", name, facts->number.masked()), .reply = {}};
    if (const auto noted = co_await ask(context_.engine, std::move(note)); !noted) co_return problem(noted.error());
    const auto entry = context_.dispatcher.routes().find(name);
    if (entry == nullptr) co_return no_route(name);
    const routing::Route& route = entry->route.route;
    channel::Outbound message;
    message.channel = route.channel;
    message.number = facts->number.digits();
    message.country = facts->country;
    message.sender = routing::sender_of(route, facts->country, "");
    message.locale = "en-gb";
    message.text = fmt::format("Test message over the route {}. No answer is needed.", name);
    const std::uint64_t id = context_.dispatcher.tests().send(entry, std::move(message), facts->number.masked());
    co_return json_answer(202, to_text(to_json(*context_.dispatcher.tests().find(id))));
}

http::Response AdminRoutes::show_test(const std::string& name, std::string_view id) const {
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), number);
    const auto* test =
        ec == std::errc{} && end == id.data() + id.size() ? context_.dispatcher.tests().find(number) : nullptr;
    if (test == nullptr || test->route != name) {
        return problem(404, "Not Found", "There is no such test message, or no longer.");
    }
    return json_answer(200, to_text(to_json(*test)));
}

}  // namespace roger::api
