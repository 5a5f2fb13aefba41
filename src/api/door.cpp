#include "api/door.hpp"

#include <fmt/format.h>

#include "api/body.hpp"
#include "api/problem.hpp"
#include "base/hex.hpp"
#include "observe/log.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

/// Browsers take it over HTTPS, and over plain HTTP from this machine alone (RFC 6265bis §4.1.3.2).
constexpr std::string_view cookie_name = "__Host-roger";
constexpr const char* cookie_rules = "; Path=/; Secure; HttpOnly; SameSite=Strict";
constexpr std::string_view csrf_field = "x-csrf-token";
constexpr std::string_view environment_token = "environment";

bool changes_something(http::Method method) {
    return method != http::Method::get && method != http::Method::head && method != http::Method::options;
}

/// A page of another origin can make a browser send what it likes, but not hide where it comes from.
bool own_origin(const http::Request& request) {
    return request.origin == "http://" + request.host || request.origin == "https://" + request.host;
}

std::string_view field_of(const http::Request& request, std::string_view name) {
    for (const auto& [each, value] : request.x_fields) {
        if (each == name) return value;
    }
    return "";
}

http::Response not_in() {
    http::Response response = problem(401, "Unauthorized", "Send a token (Authorization: Bearer …), or sign in.");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Actor actor_of(Actor::Kind kind, const auto& member, const std::string& from) {
    const bool numbers = member.scope == Scope::admin || (member.scope == Scope::support && member.numbers);
    return {.kind = kind, .name = member.name, .scope = member.scope, .numbers = numbers, .from = from};
}

}  // namespace

std::string session_json(const Actor& actor, const Session* session, std::optional<TimePoint> expires) {
    constexpr std::array<const char*, 3> kinds = {"control", "token", "session"};
    return json{{"kind", kinds.at(static_cast<std::size_t>(actor.kind))},
                {"user", actor.name},
                {"scope", to_string(actor.scope)},
                {"numbers", actor.numbers},
                {"csrf", session == nullptr ? json(nullptr) : json(session->csrf)},
                {"expires", expires ? json(to_rfc3339(*expires)) : json(nullptr)},
                {"idle_seconds", session == nullptr ? json(nullptr) : json(seconds(Sessions::idle_max).count())}}
        .dump();
}

Door::Door(Context& context) : context_(context), staff_(context.vault.keyring().id_key()) {
    for (const auto& [name, value] : context.store.opened().settings) {
        if (!name.starts_with(Staff::token_prefix) && !name.starts_with(Staff::user_prefix)) continue;
        if (!staff_.restore(name, value)) observe::error("a token or user cannot be read", {{"setting", name}});
    }
}

const Session* Door::session_of(const http::Request& request) {
    const std::string id(cookie_value(request.cookie, cookie_name));
    return id.empty() ? nullptr : sessions_.find(id, context_.clock.steady_now());
}

std::variant<Actor, http::Response> Door::admit(const http::Request& request) {
    if (!request.authorization.empty()) {
        const std::string_view token = bearer_token(request.authorization);
        if (token.empty()) return not_in();
        const Secret& given = context_.settings.admin_token;
        if (!given.empty() && given.matches(token)) {
            return Actor{
                .kind = Actor::Kind::token, .name = std::string(environment_token), .from = request.remote_address};
        }
        const Token* found = staff_.find(token, context_.clock.wall_now());
        if (found == nullptr) return not_in();
        return actor_of(Actor::Kind::token, *found, request.remote_address);
    }
    const Session* session = session_of(request);
    const User* user = session == nullptr ? nullptr : staff_.user(session->user);
    if (user == nullptr) return not_in();
    if (changes_something(request.method)) {
        const std::string_view csrf = field_of(request, csrf_field);
        if (!own_origin(request) || !equal_in_constant_time(as_bytes(csrf), as_bytes(session->csrf))) {
            return problem(403, "Forbidden", "A change comes from the console's own page, with its X-CSRF-Token.");
        }
    }
    return actor_of(Actor::Kind::session, *user, request.remote_address);
}

bool Door::still_in(const http::Request& request) {
    if (!request.authorization.empty()) return std::holds_alternative<Actor>(admit(request));
    const std::string id(cookie_value(request.cookie, cookie_name));
    return request.remote_address == "local" || sessions_.alive(id, context_.clock.steady_now());
}

asio::awaitable<std::optional<http::Response>> Door::handle_open(const http::Request& request, std::string_view rest) {
    if (rest == "/session" && request.method == http::Method::post) co_return co_await sign_in(request);
    if (rest != "/setup") co_return std::nullopt;
    if (request.method == http::Method::post) co_return co_await set_up(request);
    if (request.method != http::Method::get) co_return method_not_allowed("GET, POST");
    const bool open = staff_.users().empty() && !setup_token_.empty() && context_.clock.steady_now() < setup_ends_;
    co_return json_answer(200, json{{"open", open}}.dump());
}

asio::awaitable<std::optional<http::Response>> Door::handle(const http::Request& request,
                                                            std::string_view rest,
                                                            const Actor& actor) {
    if (rest == "/session") {
        const Session* session = actor.kind == Actor::Kind::session ? session_of(request) : nullptr;
        if (request.method == http::Method::get) {
            std::optional<TimePoint> expires;
            if (session != nullptr) {
                const auto left = Sessions::life_max - (context_.clock.steady_now() - session->began);
                expires = context_.clock.wall_now() + std::chrono::duration_cast<milliseconds>(left);
            } else if (const auto token = staff_.tokens().find(actor.name);
                       actor.kind == Actor::Kind::token && token != staff_.tokens().end()) {
                expires = token->second.expires;
            }
            co_return json_answer(200, session_json(actor, session, expires));
        }
        if (request.method != http::Method::del) co_return method_not_allowed("GET, POST, DELETE");
        if (session != nullptr) {
            sessions_.end(session->id);
            co_await tell(actor.note("session.end", actor.name));
        }
        http::Response response{.status = 204};
        response.headers.emplace_back("Set-Cookie", std::string(cookie_name) + "=; Max-Age=0" + cookie_rules);
        co_return response;
    }
    if (rest == "/setup/link") {
        if (request.method != http::Method::post) co_return method_not_allowed("POST");
        if (actor.kind != Actor::Kind::control) {
            co_return problem(403, "Forbidden", "The link is given on the control socket alone: roger admin link");
        }
        const std::string token = make_setup_token();
        if (token.empty()) co_return problem(409, "Conflict", "There is a user already: roger admin user list");
        co_await tell(actor.note("setup.link", ""));
        co_return json_answer(201,
                              json{{"token", token}, {"url", context_.settings.admin_url + "/setup#" + token}}.dump());
    }
    for (const std::string_view path : {"/tokens", "/users"}) {
        if (!rest.starts_with(path) || (rest.size() > path.size() && rest[path.size()] != '/')) continue;
        const std::string_view name = rest.size() > path.size() ? rest.substr(path.size() + 1) : "";
        if (rest.size() > path.size() && !is_staff_name(name)) {
            co_return problem(404, "Not Found", "There is nobody of this name.");
        }
        if (path == "/tokens") co_return co_await tokens(request, name, actor);
        co_return co_await users(request, name, actor);
    }
    co_return std::nullopt;
}

std::optional<http::Response> Door::too_often(const std::string& user, const std::string& address) {
    const SteadyTime now = context_.clock.steady_now();
    const auto by_user = failures_.wait("user " + user, now);
    const auto by_address = failures_.wait("address " + address, now);
    if (!by_user && !by_address) return std::nullopt;
    const auto longest = std::max(by_user.value_or(seconds(0)), by_address.value_or(seconds(0)));
    http::Response response =
        problem(429, "Too Many Requests", "Too many wrong passwords; wait as long as Retry-After says.");
    response.headers.emplace_back("Retry-After", std::to_string(longest.count()));
    return response;
}

asio::awaitable<http::Response> Door::sign_in(const http::Request& request) {
    if (!request.origin.empty() && !own_origin(request)) {
        co_return problem(403, "Forbidden", "Signing in comes from the console's own page.");
    }
    if (request.content_type != "application/json") {
        co_return problem(400, "Bad Request", "The body is JSON: {\"user\":…,\"password\":…}.");
    }
    Body body(request);
    const auto name =
        body.needed("user", "is the name of a user", [](const std::string& text) { return is_staff_name(text); });
    std::string password =
        body.needed("password", "is a text", [](const std::string& text) { return text.size() <= 128; });
    if (auto wrong = body.wrong()) co_return std::move(*wrong);
    if (auto refused = too_often(name, request.remote_address)) co_return std::move(*refused);

    // An unknown name takes as long as a wrong password.
    const User* known = staff_.user(name);
    const User expected = known == nullptr ? User{.cost = context_.settings.password_cost} : *known;
    const auto digest = co_await hash(std::move(password), expected.salt, expected.cost);
    if (!digest) co_return problem(digest.error());
    if (known == nullptr || !equal_in_constant_time(*digest, expected.hash)) {
        const SteadyTime now = context_.clock.steady_now();
        failures_.note("user " + name, now);
        failures_.note("address " + request.remote_address, now);
        // What is no user may be a password in the wrong field.
        co_await tell({.who = "server",
                       .from = request.remote_address,
                       .action = "session.refused",
                       .target = known == nullptr ? "nobody" : name,
                       .detail = ""});
        co_return problem(401, "Unauthorized", "User or password is wrong.");
    }
    known = staff_.user(name);  // it may have gone in the meantime
    if (known == nullptr) co_return not_in();
    failures_.forget("user " + name);
    failures_.forget("address " + request.remote_address);
    co_await tell(actor_of(Actor::Kind::session, *known, request.remote_address).note("session.begin", name));
    co_return begin_session(request, *known);
}

http::Response Door::begin_session(const http::Request& request, const User& user) {
    if (const Session* before = session_of(request)) sessions_.end(before->id);
    const Session& session = sessions_.begin(user.name, context_.random, context_.clock.steady_now());
    const TimePoint expires = context_.clock.wall_now() + Sessions::life_max;
    http::Response response =
        json_answer(200, session_json(actor_of(Actor::Kind::session, user, request.remote_address), &session, expires));
    response.headers.emplace_back("Set-Cookie", fmt::format("{}={}{}", cookie_name, session.id, cookie_rules));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

std::string Door::make_setup_token() {
    if (!staff_.users().empty()) return "";
    std::array<std::byte, 16> bytes{};
    context_.random.fill(bytes);
    std::string token = to_hex(bytes);
    setup_token_ = Secret(token);
    setup_ends_ = context_.clock.steady_now() + setup_life;
    return token;
}

asio::awaitable<http::Response> Door::set_up(const http::Request& request) {
    if (!request.origin.empty() && !own_origin(request)) {
        co_return problem(403, "Forbidden", "The first user is made on the console's own page.");
    }
    Body body(request);
    const auto token = body.needed("token", "is what the link has behind #", [](const std::string&) { return true; });
    const auto name = body.needed("user", "is 1 to 32 of A-Z a-z 0-9 . _ @ -",
                                  [](const std::string& text) { return is_staff_name(text); });
    std::string password = body.needed("password", "has 8 to 128 bytes",
                                       [](const std::string& text) { return text.size() >= 8 && text.size() <= 128; });
    if (auto wrong = body.wrong()) co_return std::move(*wrong);
    if (!staff_.users().empty()) co_return problem(409, "Conflict", "There is a user already: sign in.");
    if (auto refused = too_often("", request.remote_address)) co_return std::move(*refused);
    const SteadyTime now = context_.clock.steady_now();
    if (setup_token_.empty() || now >= setup_ends_ || !setup_token_.matches(token)) {
        failures_.note("address " + request.remote_address, now);
        co_return problem(401, "Unauthorized",
                          "The link is not, or no longer, good; make another one: roger admin link");
    }
    const Secret used = std::exchange(setup_token_, Secret());  // good once, also for two at the same time
    const User draft{.name = name, .scope = Scope::admin, .numbers = true, .created = context_.clock.wall_now()};
    const auto user = co_await with_password(draft, std::move(password));
    if (!user) {
        setup_token_ = used;
        co_return problem(user.error());
    }
    const Actor actor = actor_of(Actor::Kind::session, *user, request.remote_address);
    const auto saved = co_await save(std::string(Staff::user_prefix) + name, Staff::to_setting(*user),
                                     actor.note("user.create", name, "scope admin, by the one-time link"));
    if (!saved) {
        setup_token_ = used;
        co_return problem(saved.error());
    }
    staff_.put(*user);
    http::Response response = begin_session(request, *user);
    response.status = 201;
    co_return response;
}

asio::awaitable<Result<void>> Door::save(std::string setting, std::string value, store::AuditNote note) {
    if (!saving_.insert(setting).second) {
        co_return fail(Errc::conflict, "somebody changes the same at this moment; look, then try again");
    }
    engine::SaveSetting command{.name = setting, .value = std::move(value), .reply = {}, .note = std::move(note)};
    const auto saved = co_await ask(context_.engine, std::move(command));
    saving_.erase(setting);
    if (!saved) co_return tl::unexpected<Error>(saved.error());
    co_return Result<void>{};
}

asio::awaitable<void> Door::tell(store::AuditNote note) {
    engine::Note command{.note = std::move(note), .reply = {}};
    const auto told = co_await ask(context_.engine, std::move(command));
    if (!told) observe::error("the audit log could not be written", {{"error", told.error().detail}});
}

asio::awaitable<Result<Digest>> Door::hash(std::string password, Salt salt, PasswordCost cost) {
    if (hashes_waiting_ >= hashes_at_once + hashes_waiting_max) {
        wipe(password);
        co_return fail(Errc::rate_limited, "too many sign in at once; try again in a few seconds");
    }
    ++hashes_waiting_;
    auto digest = co_await run_on(context_, hashers_, [password = Secret(std::move(password)), salt, cost] {
        return hash_password(password.reveal(), salt, cost);
    });
    --hashes_waiting_;
    co_return digest;
}

asio::awaitable<Result<User>> Door::with_password(User user, std::string password) {
    context_.random.fill(user.salt);
    user.cost = context_.settings.password_cost;
    const auto digest = co_await hash(std::move(password), user.salt, user.cost);
    if (!digest) co_return tl::unexpected<Error>(digest.error());
    user.hash = *digest;
    co_return user;
}

}  // namespace roger::api
