// Who comes in at the admin port, and who may do what there.
#include "api/door.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/admin_scope.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using nlohmann::json;
using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::SmallHouse;

constexpr const char* password = "correct horse battery";

/// Passwords cost next to nothing here.
SmallHouse::Options quick() {
    SmallHouse::Options options;
    options.settings.password_cost = {.operations = 1, .memory_bytes = 8192};
    return options;
}

class DoorTest : public testing::Test {
protected:
    http::Request request(http::Method method, const std::string& rest, const json& body = nullptr) {
        http::Request made = json_request("/admin/v1" + rest, body.is_null() ? "" : body.dump());
        made.method = method;
        made.host = "127.0.0.1:8081";
        return made;
    }
    http::Request with_token(http::Request made, const std::string& token) {
        made.authorization = "Bearer " + token;
        return made;
    }
    std::string token(const std::string& name, const std::string& scope, bool numbers = false) {
        const auto answer = house.ask_control(
            request(http::Method::post, "/tokens", {{"name", name}, {"scope", scope}, {"numbers", numbers}}));
        EXPECT_EQ(answer.status, 201U) << answer.body;
        return json::parse(answer.body)["token"];
    }
    unsigned status_with(const std::string& token,
                         http::Method method,
                         const std::string& rest,
                         const json& body = nullptr) {
        return house.ask_admin(with_token(request(method, rest, body), token)).status;
    }
    void user(const std::string& name, const std::string& scope) {
        const auto answer = house.ask_control(
            request(http::Method::post, "/users", {{"name", name}, {"scope", scope}, {"password", password}}));
        EXPECT_EQ(answer.status, 201U) << answer.body;
    }
    http::Response sign_in(const std::string& name, const std::string& with = password) {
        return house.ask_admin(request(http::Method::post, "/session", {{"user", name}, {"password", with}}));
    }
    /// As a browser goes on after signing in.
    struct Browser {
        std::string cookie;
        std::string csrf;
    };
    Browser browser(const std::string& name) {
        const auto answer = sign_in(name);
        EXPECT_EQ(answer.status, 200U) << answer.body;
        const std::string set = header_of(answer, "Set-Cookie");
        return {set.substr(0, set.find(';')), json::parse(answer.body)["csrf"]};
    }
    http::Request from(const Browser& browser, http::Request made) {
        made.cookie = "other=1; " + browser.cookie;
        if (made.method != http::Method::get) {
            made.origin = "http://127.0.0.1:8081";
            made.x_fields = {{"x-csrf-token", browser.csrf}};
        }
        return made;
    }
    std::vector<std::string> actions() {
        std::vector<std::string> found;
        const auto answer = house.ask_control(get_request("/admin/v1/audit", {{"limit", "200"}}));
        const json log = json::parse(answer.body);
        for (const json& entry : log["entries"]) found.push_back(entry["action"]);
        return found;
    }

    SmallHouse house{quick()};
};

TEST_F(DoorTest, WithoutATokenNobodyComesIn) {
    for (const char* rest : {"/accounts", "/requests", "/audit", "/tokens", "/live", "/session", "/nothing", "/"}) {
        const auto answer = house.ask_admin(request(http::Method::get, rest));
        EXPECT_EQ(answer.status, 401U) << rest;
        EXPECT_EQ(answer.content_type, "application/problem+json");
        EXPECT_EQ(header_of(answer, "WWW-Authenticate"), "Bearer");
    }
    for (const char* authorization :
         {"Bearer", "Bearer ", "Bearer x", "Basic eDp5", "rgr_0123", "Bearer rgr_00000000000000000000000000000000"}) {
        auto asked = request(http::Method::get, "/accounts");
        asked.authorization = authorization;
        EXPECT_EQ(house.ask_admin(asked).status, 401U) << authorization;
    }
}

TEST_F(DoorTest, ATokenDoesWhatItsScopeAllows) {
    house.account("acme");
    const std::string id = house.start("447700900001");
    const std::string read = token("r", "read");
    const std::string support = token("s", "support");
    const std::string admin = token("a", "admin");
    EXPECT_EQ(status_with(read, http::Method::get, "/accounts"), 200U);
    EXPECT_EQ(status_with(read, http::Method::get, "/tokens"), 403U);
    EXPECT_EQ(status_with(read, http::Method::patch, "/accounts/acme", {{"barred", true}}), 403U);
    EXPECT_EQ(status_with(read, http::Method::post, "/requests/" + id + "/cancel"), 403U);
    EXPECT_EQ(status_with(support, http::Method::patch, "/accounts/acme", {{"barred", true}}), 403U);
    EXPECT_EQ(status_with(support, http::Method::get, "/users"), 403U);
    EXPECT_EQ(status_with(support, http::Method::post, "/requests/" + id + "/cancel"), 200U);
    EXPECT_EQ(status_with(support, http::Method::post, "/requests/" + id + "/cancel"), 409U) << "it has ended";
    EXPECT_EQ(status_with(admin, http::Method::patch, "/accounts/acme", {{"barred", true}}), 200U);
    EXPECT_EQ(status_with(admin, http::Method::get, "/tokens"), 200U);
    EXPECT_EQ(status_with(admin, http::Method::post, "/setup/link"), 403U) << "the control socket alone";
}

TEST_F(DoorTest, WholeNumbersAreARightAndAreAudited) {
    house.account("acme");
    const std::string id = house.start("447700900001");
    const auto number_with = [&](const std::string& token, const std::string& rest) {
        auto asked = request(http::Method::get, rest);
        asked.query = "reveal=number";
        const auto answer = house.ask_admin(with_token(asked, token));
        return std::pair(answer.status, answer.body.find("+447700900001") != std::string::npos);
    };
    const std::string masked = token("masked", "support");
    const std::string whole = token("whole", "support", true);
    const std::string reader = token("reader", "read", true);
    for (const std::string& rest : {std::string("/requests"), "/requests/" + id}) {
        EXPECT_EQ(number_with(masked, rest), std::pair(403U, false)) << rest;
        EXPECT_EQ(number_with(reader, rest), std::pair(403U, false)) << rest;
        EXPECT_EQ(number_with(whole, rest), std::pair(200U, true)) << rest;
    }
    const auto seen = actions();
    EXPECT_EQ(std::ranges::count(seen, "number.reveal"), 2);
    EXPECT_EQ(
        house.ask_admin(with_token(request(http::Method::get, "/requests/" + id), masked)).body.find("7700900001"),
        std::string::npos);
}

TEST_F(DoorTest, TokensEndByRevocationAndByTime) {
    const auto made = house.ask_control(
        request(http::Method::post, "/tokens", {{"name", "ci"}, {"scope", "read"}, {"expires_days", 2}}));
    const std::string text = json::parse(made.body)["token"];
    EXPECT_EQ(status_with(text, http::Method::get, "/accounts"), 200U);
    const auto me = json::parse(house.ask_admin(with_token(request(http::Method::get, "/session"), text)).body);
    EXPECT_EQ(me["kind"], "token");
    EXPECT_EQ(me["user"], "ci");
    EXPECT_EQ(me["csrf"], nullptr);
    EXPECT_NE(me["expires"], nullptr);
    house.clock.advance(std::chrono::hours(48));
    EXPECT_EQ(status_with(text, http::Method::get, "/accounts"), 401U);
    const std::string other = token("other", "read");
    EXPECT_EQ(house.ask_control(request(http::Method::del, "/tokens/other")).status, 204U);
    EXPECT_EQ(status_with(other, http::Method::get, "/accounts"), 401U);
    EXPECT_EQ(house.ask_control(request(http::Method::del, "/tokens/other")).status, 404U);
    EXPECT_EQ(house.ask_control(request(http::Method::post, "/tokens", {{"name", "ci"}, {"scope", "read"}})).status,
              409U);
    for (const json& wrong :
         {json{{"name", "x"}}, json{{"scope", "read"}}, json{{"name", "a b"}, {"scope", "read"}},
          json{{"name", "x"}, {"scope", "root"}}, json{{"name", "x"}, {"scope", "read"}, {"expires_days", 0}},
          json{{"name", "x"}, {"scope", "read"}, {"colour", "red"}}, json::array()}) {
        EXPECT_EQ(house.ask_control(request(http::Method::post, "/tokens", wrong)).status, 400U) << wrong;
    }
}

TEST_F(DoorTest, TokensAndUsersSurviveARestartAndNoSecretIsKept) {
    const std::string text = token("ci", "admin");
    user("anna", "admin");
    SmallHouse::Options options = quick();
    options.disk = house.shared_disk();
    SmallHouse again(std::move(options));
    EXPECT_EQ(again.ask_admin(with_token(request(http::Method::get, "/accounts"), text)).status, 200U);
    EXPECT_EQ(
        again.ask_admin(request(http::Method::post, "/session", {{"user", "anna"}, {"password", password}})).status,
        200U);
    EXPECT_TRUE(again.router().door().make_setup_token().empty()) << "there is a user";
}

TEST_F(DoorTest, ABrowserSignsInAndOut) {
    user("anna", "support");
    const auto answer = sign_in("anna");
    const std::string set = header_of(answer, "Set-Cookie");
    EXPECT_TRUE(set.starts_with("__Host-roger="));
    EXPECT_TRUE(set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
    const json me = json::parse(answer.body);
    EXPECT_EQ(me["kind"], "session");
    EXPECT_EQ(me["scope"], "support");
    EXPECT_EQ(me["idle_seconds"], 900);
    const Browser page = browser("anna");
    EXPECT_EQ(house.ask_admin(from(page, request(http::Method::get, "/accounts"))).status, 200U);
    EXPECT_EQ(house.ask_admin(from(page, request(http::Method::del, "/session"))).status, 204U);
    EXPECT_EQ(house.ask_admin(from(page, request(http::Method::get, "/accounts"))).status, 401U);
    const auto seen = actions();
    EXPECT_EQ(seen.front(), "session.end");
    EXPECT_EQ(seen[1], "session.begin");
}

TEST_F(DoorTest, SigningInAgainGivesANewIdAndEndsTheOldOne) {
    user("anna", "read");
    const Browser first = browser("anna");
    auto again = request(http::Method::post, "/session", {{"user", "anna"}, {"password", password}});
    again.cookie = first.cookie;
    const auto answer = house.ask_admin(again);
    EXPECT_NE(header_of(answer, "Set-Cookie").find("__Host-roger="), std::string::npos);
    EXPECT_EQ(header_of(answer, "Set-Cookie").find(first.cookie), std::string::npos);
    EXPECT_EQ(house.ask_admin(from(first, request(http::Method::get, "/accounts"))).status, 401U);
}

TEST_F(DoorTest, AChangeComesFromTheConsolesOwnPage) {
    house.account("acme");
    user("anna", "admin");
    const Browser page = browser("anna");
    const auto change = [&] { return from(page, request(http::Method::patch, "/accounts/acme", {{"barred", true}})); };
    auto without_token = change();
    without_token.x_fields.clear();
    EXPECT_EQ(house.ask_admin(without_token).status, 403U);
    auto wrong_token = change();
    wrong_token.x_fields = {{"x-csrf-token", "0123456789abcdef0123456789abcdef"}};
    EXPECT_EQ(house.ask_admin(wrong_token).status, 403U);
    for (const char* origin :
         {"", "null", "https://evil.example", "http://127.0.0.1:8082", "http://127.0.0.1:8081.evil.example"}) {
        auto foreign = change();
        foreign.origin = origin;
        EXPECT_EQ(house.ask_admin(foreign).status, 403U) << origin;
    }
    EXPECT_EQ(house.ask_admin(change()).status, 200U);
    auto foreign_login = request(http::Method::post, "/session", {{"user", "anna"}, {"password", password}});
    foreign_login.origin = "https://evil.example";
    EXPECT_EQ(house.ask_admin(foreign_login).status, 403U);
}

TEST_F(DoorTest, SessionsEndWhenIdleAndWhenOld) {
    user("anna", "read");
    const Browser idle = browser("anna");
    house.clock.advance(Sessions::idle_max - seconds(1));
    EXPECT_EQ(house.ask_admin(from(idle, request(http::Method::get, "/live"))).status, 200U);
    house.clock.advance(Sessions::idle_max - seconds(1));
    EXPECT_EQ(house.ask_admin(from(idle, request(http::Method::get, "/live"))).status, 200U);
    house.clock.advance(Sessions::idle_max);
    EXPECT_EQ(house.ask_admin(from(idle, request(http::Method::get, "/live"))).status, 401U);
    const Browser busy = browser("anna");
    const SteadyTime end = house.clock.steady_now() + Sessions::life_max;
    while (house.clock.steady_now() + std::chrono::minutes(10) < end) {
        house.clock.advance(std::chrono::minutes(10));
        ASSERT_EQ(house.ask_admin(from(busy, request(http::Method::get, "/live"))).status, 200U);
    }
    house.clock.advance(std::chrono::minutes(10));
    EXPECT_EQ(house.ask_admin(from(busy, request(http::Method::get, "/live"))).status, 401U);
}

TEST_F(DoorTest, FiveWrongPasswordsShutTheDoorForAWhile) {
    user("anna", "read");
    user("ben", "read");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("anna", "wrong").status, 401U);
    const auto shut = sign_in("anna");
    EXPECT_EQ(shut.status, 429U);
    EXPECT_EQ(header_of(shut, "Retry-After"), "900");
    EXPECT_EQ(sign_in("ben").status, 429U) << "from the same address";
    auto elsewhere = request(http::Method::post, "/session", {{"user", "ben"}, {"password", password}});
    elsewhere.remote_address = "192.0.2.9";
    EXPECT_EQ(house.ask_admin(elsewhere).status, 200U);
    elsewhere.body = json{{"user", "anna"}, {"password", password}}.dump();
    EXPECT_EQ(house.ask_admin(elsewhere).status, 429U) << "the same user from elsewhere";
    house.clock.advance(Failures::window);
    EXPECT_EQ(sign_in("anna").status, 200U);
}

TEST_F(DoorTest, AnUnknownUserIsAnsweredLikeAWrongPassword) {
    user("anna", "read");
    const auto unknown = sign_in("nobody");
    const auto wrong = sign_in("anna", "wrong");
    EXPECT_EQ(unknown.status, 401U);
    EXPECT_EQ(unknown.body, wrong.body);
}

TEST_F(DoorTest, TheFirstUserIsMadeByAOneTimeLink) {
    const auto link = json::parse(house.ask_control(request(http::Method::post, "/setup/link")).body);
    const std::string once = link["token"];
    EXPECT_EQ(json::parse(house.ask_admin(request(http::Method::get, "/setup")).body)["open"], true);
    const auto make = [&](const std::string& token) {
        return house.ask_admin(
            request(http::Method::post, "/setup", {{"token", token}, {"user", "anna"}, {"password", password}}));
    };
    EXPECT_EQ(make("b1946ac92492d2347c6235b4d2611184").status, 401U);
    const auto made = make(once);
    EXPECT_EQ(made.status, 201U) << made.body;
    EXPECT_FALSE(header_of(made, "Set-Cookie").empty());
    EXPECT_EQ(json::parse(made.body)["scope"], "admin");
    EXPECT_EQ(make(once).status, 409U);
    EXPECT_EQ(house.ask_control(request(http::Method::post, "/setup/link")).status, 409U);
    EXPECT_EQ(json::parse(house.ask_admin(request(http::Method::get, "/setup")).body)["open"], false);
    EXPECT_EQ(sign_in("anna").status, 200U);
}

TEST_F(DoorTest, AnOldLinkIsVoid) {
    const std::string first = house.router().door().make_setup_token();
    const std::string second = house.router().door().make_setup_token();
    const auto make = [&](const std::string& token) {
        return house
            .ask_admin(
                request(http::Method::post, "/setup", {{"token", token}, {"user", "anna"}, {"password", password}}))
            .status;
    };
    EXPECT_EQ(make(first), 401U);
    house.clock.advance(Door::setup_life);
    EXPECT_EQ(make(second), 401U);
}

TEST_F(DoorTest, UsersAreChangedAndTheLastAdminStays) {
    user("anna", "admin");
    EXPECT_EQ(house.ask_control(request(http::Method::del, "/users/anna")).status, 409U);
    EXPECT_EQ(house.ask_control(request(http::Method::patch, "/users/anna", {{"scope", "read"}})).status, 409U);
    user("ben", "read");
    const Browser ben = browser("ben");
    EXPECT_EQ(
        house.ask_admin(from(ben, request(http::Method::patch, "/users/anna", {{"password", "another one"}}))).status,
        403U);
    EXPECT_EQ(house.ask_admin(from(ben, request(http::Method::patch, "/users/ben", {{"scope", "admin"}}))).status,
              403U);
    EXPECT_EQ(
        house.ask_admin(from(ben, request(http::Method::patch, "/users/ben", {{"password", "another one"}}))).status,
        200U);
    EXPECT_EQ(house.ask_admin(from(ben, request(http::Method::get, "/live"))).status, 401U) << "signed out everywhere";
    EXPECT_EQ(sign_in("ben").status, 401U);
    EXPECT_EQ(sign_in("ben", "another one").status, 200U);
    EXPECT_EQ(house.ask_control(request(http::Method::patch, "/users/ben", {{"scope", "admin"}})).status, 200U);
    EXPECT_EQ(house.ask_control(request(http::Method::del, "/users/anna")).status, 204U);
    EXPECT_EQ(sign_in("anna").status, 401U);
    EXPECT_EQ(house
                  .ask_control(request(http::Method::post, "/users",
                                       {{"name", "kim"}, {"scope", "read"}, {"password", "short"}}))
                  .status,
              400U);
}

TEST_F(DoorTest, EachChangeIsInTheAuditLogAndTheLogIsWhole) {
    house.account("acme");
    const std::string admin = token("ops", "admin");
    EXPECT_EQ(status_with(admin, http::Method::post, "/accounts", {{"key", "fresh"}}), 201U);
    EXPECT_EQ(status_with(admin, http::Method::post, "/accounts", {{"key", "fresh"}}), 409U) << "refused: not told";
    EXPECT_EQ(status_with(admin, http::Method::patch, "/accounts/fresh", {{"approve", {"+447700900001"}}}), 200U);
    EXPECT_EQ(status_with(admin, http::Method::post, "/accounts/fresh/secrets"), 201U);
    EXPECT_EQ(status_with(admin, http::Method::patch, "/routes/handset", {{"enabled", false}}), 200U);
    const json log = json::parse(house.ask_control(get_request("/admin/v1/audit")).body);
    const std::vector<std::string> expected{"route.disable", "account.secret", "account.update", "account.create",
                                            "token.create"};
    ASSERT_EQ(actions(), expected);
    EXPECT_EQ(log["entries"][2]["who"], "token:ops");
    EXPECT_EQ(log["entries"][2]["from"], "192.0.2.1");
    EXPECT_EQ(log["entries"][2]["target"], "fresh");
    EXPECT_EQ(log["entries"][2]["detail"], R"({"approve":1})") << "no number";
    EXPECT_EQ(log["entries"][4]["who"], "control");
    EXPECT_EQ(log.dump().find("7700900001"), std::string::npos);
    const json verdict = json::parse(house.ask_control(get_request("/admin/v1/audit/verify")).body);
    EXPECT_EQ(verdict, (json{{"good", true}, {"entries", 5}, {"problem", ""}}));
}

TEST(ScopeTest, EachCallNeedsItsScope) {
    using http::Method;
    EXPECT_EQ(needed_scope(Method::get, "/requests"), Scope::read);
    EXPECT_EQ(needed_scope(Method::get, "/users"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::get, "/tokens"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::put, "/lists/deny"), Scope::support);
    EXPECT_EQ(needed_scope(Method::del, "/blocks"), Scope::support);
    EXPECT_EQ(needed_scope(Method::post, "/routes/a/tests"), Scope::support);
    EXPECT_EQ(needed_scope(Method::patch, "/routes/a"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::put, "/rules"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::del, "/numbers/-"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::post, "/templates/preview"), Scope::read);
    EXPECT_EQ(needed_scope(Method::post, "/accounts/a/templates/preview"), Scope::admin);
    EXPECT_EQ(needed_scope(Method::post, "/anything"), Scope::admin) << "what is not known needs the most";
}

TEST(CookieTest, OnlyTheWholeNameCounts) {
    EXPECT_EQ(cookie_value("a=1; __Host-roger=x; b=2", "__Host-roger"), "x");
    EXPECT_EQ(cookie_value("__Host-roger=x", "__Host-roger"), "x");
    EXPECT_EQ(cookie_value("__Host-roger=", "__Host-roger"), "");
    EXPECT_EQ(cookie_value("x__Host-roger=x", "__Host-roger"), "");
    EXPECT_EQ(cookie_value("__Host-rogerx=x;;;=;", "__Host-roger"), "");
    EXPECT_EQ(cookie_value("", "__Host-roger"), "");
    EXPECT_EQ(bearer_token("bEARER  abc"), "abc");
    EXPECT_EQ(bearer_token("Bearer"), "");
    EXPECT_EQ(bearer_token("Basic abc"), "");
}

}  // namespace
}  // namespace roger::api
