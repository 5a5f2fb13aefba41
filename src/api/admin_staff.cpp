// Tokens and users: /admin/v1/tokens and /admin/v1/users
#include <fmt/format.h>

#include "api/body.hpp"
#include "api/door.hpp"
#include "api/problem.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::int64_t expires_days_max = 3650;
constexpr const char* name_rule = "is 1 to 32 of A-Z a-z 0-9 . _ @ -";
constexpr const char* scope_rule = "is read, support or admin";
constexpr const char* password_rule = "has 8 to 128 bytes";

bool is_name(const std::string& text) { return is_staff_name(text); }
bool is_scope(const std::string& text) { return parse_scope(text).has_value(); }
bool is_password(const std::string& text) { return text.size() >= 8 && text.size() <= 128; }

json shown(const Token& token) {
    return {{"name", token.name},
            {"scope", to_string(token.scope)},
            {"numbers", token.numbers},
            {"created", to_rfc3339(token.created)},
            {"expires", token.expires ? json(to_rfc3339(*token.expires)) : json(nullptr)}};
}

json shown(const User& user, std::size_t sessions) {
    return {{"name", user.name},
            {"scope", to_string(user.scope)},
            {"numbers", user.numbers},
            {"created", to_rfc3339(user.created)},
            {"sessions", sessions}};
}

http::Response done() {
    http::Response response;
    response.status = 204;
    return response;
}

std::string rights_of(const auto& member) {
    return fmt::format("scope {}{}", to_string(member.scope), member.numbers ? ", numbers" : "");
}

}  // namespace

asio::awaitable<http::Response> Door::tokens(const http::Request& request, std::string_view name, const Actor& actor) {
    if (name.empty()) {
        if (request.method == http::Method::post) co_return co_await create_token(request, actor);
        if (request.method != http::Method::get) co_return method_not_allowed("GET, POST");
        json list = json::array();
        for (const auto& [each, token] : staff_.tokens()) list.push_back(shown(token));
        co_return json_answer(200, json{{"tokens", list}}.dump());
    }
    if (request.method != http::Method::del) co_return method_not_allowed("DELETE");
    const std::string gone(name);
    if (!staff_.tokens().contains(gone)) co_return problem(404, "Not Found", "There is no token of this name.");
    const auto saved = co_await save(std::string(Staff::token_prefix) + gone, "", actor.note("token.revoke", gone));
    if (!saved) co_return problem(saved.error());
    staff_.remove_token(gone);
    co_return done();
}

asio::awaitable<http::Response> Door::create_token(const http::Request& request, const Actor& actor) {
    Body body(request);
    Token token{.name = body.needed("name", name_rule, is_name)};
    token.scope = parse_scope(body.needed("scope", scope_rule, is_scope)).value_or(Scope::read);
    token.numbers = body.flag("numbers", false);
    const auto days = body.number("expires_days", 1, expires_days_max);
    if (auto wrong = body.wrong()) co_return std::move(*wrong);
    if (staff_.tokens().contains(token.name)) {
        co_return problem(409, "Conflict",
                          "There is a token of this name: revoke it first, or name this one otherwise.");
    }
    if (staff_.tokens().size() >= Staff::tokens_max)
        co_return problem(409, "Conflict", "There are 1000 tokens: revoke some.");
    std::array<std::byte, 16> bytes{};
    context_.random.fill(bytes);
    const Secret text("rgr_" + to_hex(bytes));
    token.hash = staff_.hash_of(text.reveal());
    token.created = context_.clock.wall_now();
    if (days) token.expires = token.created + std::chrono::days(*days);
    const auto saved = co_await save(std::string(Staff::token_prefix) + token.name, Staff::to_setting(token),
                                     actor.note("token.create", token.name, rights_of(token)));
    if (!saved) co_return problem(saved.error());
    json answer = shown(token);
    answer["token"] = text.reveal();
    staff_.put(std::move(token));
    co_return json_answer(201, answer.dump());
}

asio::awaitable<http::Response> Door::users(const http::Request& request, std::string_view name, const Actor& actor) {
    if (name.empty()) {
        if (request.method == http::Method::post) co_return co_await create_user(request, actor);
        if (request.method != http::Method::get) co_return method_not_allowed("GET, POST");
        json list = json::array();
        for (const auto& [each, user] : staff_.users()) {
            list.push_back(shown(user, sessions_.count(each, context_.clock.steady_now())));
        }
        co_return json_answer(200, json{{"users", list}}.dump());
    }
    if (request.method == http::Method::patch) co_return co_await change_user(request, std::string(name), actor);
    if (request.method == http::Method::del) co_return co_await remove_user(std::string(name), actor);
    co_return method_not_allowed("PATCH, DELETE");
}

asio::awaitable<http::Response> Door::create_user(const http::Request& request, const Actor& actor) {
    Body body(request);
    User draft{.name = body.needed("name", name_rule, is_name)};
    draft.scope = parse_scope(body.needed("scope", scope_rule, is_scope)).value_or(Scope::read);
    draft.numbers = body.flag("numbers", false);
    std::string password = body.needed("password", password_rule, is_password);
    if (auto wrong = body.wrong()) co_return std::move(*wrong);
    const auto there = [&]() -> std::optional<http::Response> {
        if (staff_.user(draft.name) != nullptr) return problem(409, "Conflict", "There is a user of this name.");
        if (staff_.users().size() >= Staff::users_max)
            return problem(409, "Conflict", "There are 1000 users: remove some.");
        return std::nullopt;
    };
    if (auto refused = there()) co_return std::move(*refused);
    draft.created = context_.clock.wall_now();
    const auto user = co_await with_password(draft, std::move(password));
    if (!user) co_return problem(user.error());
    if (auto refused = there()) co_return std::move(*refused);  // hashing took a while
    const auto saved = co_await save(std::string(Staff::user_prefix) + user->name, Staff::to_setting(*user),
                                     actor.note("user.create", user->name, rights_of(*user)));
    if (!saved) co_return problem(saved.error());
    staff_.put(*user);
    co_return json_answer(201, shown(*user, 0).dump());
}

asio::awaitable<http::Response> Door::change_user(const http::Request& request, std::string name, const Actor& actor) {
    Body body(request);
    const bool rights = body.has("scope") || body.has("numbers");
    const auto scope = parse_scope(body.text("scope", scope_rule, is_scope));
    const bool numbers = body.flag("numbers", false);
    std::string password = body.text("password", password_rule, is_password);
    if (auto wrong = body.wrong()) co_return std::move(*wrong);
    const bool own = actor.kind == Actor::Kind::session && actor.name == name;
    if (!actor.may(Scope::admin) && (!own || rights)) {
        co_return problem(403, "Forbidden", "This needs the scope admin; you may change your own password.");
    }
    const User* known = staff_.user(name);
    if (known == nullptr) co_return problem(404, "Not Found", "There is no user of this name.");
    User changed = *known;
    if (scope) changed.scope = *scope;
    if (body.has("numbers")) changed.numbers = numbers;
    if (known->scope == Scope::admin && changed.scope != Scope::admin && staff_.admins() == 1) {
        co_return problem(409, "Conflict", "This is the last admin: make another one first.");
    }
    if (!password.empty()) {
        const auto fresh = co_await with_password(changed, std::move(password));
        if (!fresh) co_return problem(fresh.error());
        changed = *fresh;
        if (staff_.user(name) == nullptr) co_return problem(404, "Not Found", "There is no user of this name.");
    }
    const std::string detail = rights_of(changed) + (body.has("password") ? ", new password" : "");
    const auto saved = co_await save(std::string(Staff::user_prefix) + name, Staff::to_setting(changed),
                                     actor.note("user.update", name, detail));
    if (!saved) co_return problem(saved.error());
    staff_.put(changed);
    sessions_.end_all_of(name);
    co_return json_answer(200, shown(changed, 0).dump());
}

asio::awaitable<http::Response> Door::remove_user(std::string name, const Actor& actor) {
    const User* known = staff_.user(name);
    if (known == nullptr) co_return problem(404, "Not Found", "There is no user of this name.");
    if (known->scope == Scope::admin && staff_.admins() == 1) {
        co_return problem(409, "Conflict", "This is the last admin: make another one first.");
    }
    const auto saved = co_await save(std::string(Staff::user_prefix) + name, "", actor.note("user.remove", name));
    if (!saved) co_return problem(saved.error());
    staff_.remove_user(name);
    sessions_.end_all_of(name);
    co_return done();
}

}  // namespace roger::api
