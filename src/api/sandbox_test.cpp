// What the sandbox's phones show, and its clock.
#include "api/sandbox.hpp"

#include <gtest/gtest.h>

#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using testing_support::form_request;
using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::Pairs;
using testing_support::SmallHouse;

class SandboxTest : public testing::Test {
protected:
    SandboxTest() { house.account("acme"); }
    http::Response messages(Pairs pairs = {}, const std::string& key = "acme") {
        pairs.insert(pairs.begin(), {{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return house.ask(get_request("/sandbox/messages", pairs));
    }
    /// The numbers of the messages, in their order.
    static std::vector<std::string> numbers(const http::Response& answer) {
        std::vector<std::string> found;
        const std::string name = R"("number":")";
        for (std::size_t at = answer.body.find(name); at != std::string::npos; at = answer.body.find(name, at + 1)) {
            found.push_back(answer.body.substr(at + name.size(), 12));
        }
        return found;
    }
    http::Response clock(const std::string& body, const std::string& key = "acme") {
        http::Request request = json_request("/sandbox/clock", body);
        request.query = testing_support::to_form({{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return house.ask(request);
    }

    SmallHouse house;
};

TEST_F(SandboxTest, AMessageIsShownAsItsPhoneGotIt) {
    const std::string id = house.start("447700900001", {{"sender_id", "Acme"}, {"voice", "male"}});
    const auto answer = messages();
    const std::string pin = member_of(answer, "pin");
    const std::string event = member_of(answer, "event_id");
    EXPECT_EQ(pin.size(), 4U);
    EXPECT_EQ(event.size(), 16U);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.body,
              R"([{"request_id":")" + id + R"(","event_id":")" + event +
                  R"(","number":"447700900001","channel":"sms","sender":"Acme","locale":"en-gb","voice":"male",)"
                  R"("text":"Acme code: )" +
                  pin + R"(. Valid for 5 minutes.","pin":")" + pin +
                  R"(","at":"2027-01-15T08:00:00.000Z","audio_url":null}])");
    EXPECT_EQ(header_of(answer, "Roger-Sandbox"), "on");
}

TEST_F(SandboxTest, ACallIsShownWithItsWordsAndTheDefaultSender) {
    (void)house.start("447700900001", {{"workflow_id", "7"}});
    const auto answer = messages();
    EXPECT_EQ(member_of(answer, "channel"), "tts");
    EXPECT_EQ(member_of(answer, "sender"), "VERIFY");
    EXPECT_NE(member_of(answer, "text").find("I repeat, your code is"), std::string::npos);
}

TEST_F(SandboxTest, NewestFirstAndNoMoreThanAsked) {
    EXPECT_EQ(messages().body, "[]");
    (void)house.start("447700900001");
    house.pass(seconds(1));
    (void)house.start("447700900002");
    house.pass(seconds(124));  // the first one's second event
    EXPECT_EQ(numbers(messages()), (std::vector<std::string>{"447700900001", "447700900002", "447700900001"}));
    EXPECT_EQ(numbers(messages({{"limit", "2"}})), (std::vector<std::string>{"447700900001", "447700900002"}));
    for (const auto* limit : {"0", "101", "x", "-1"}) EXPECT_EQ(messages({{"limit", limit}}).status, 400U) << limit;
}

TEST_F(SandboxTest, FiltersByNumberAndRequest) {
    const std::string one = house.start("447700900001");
    (void)house.start("447700900002");
    for (const auto* number : {"447700900001", "+447700900001", " 447700900001"}) {
        EXPECT_EQ(numbers(messages({{"number", number}})), std::vector<std::string>{"447700900001"}) << number;
    }
    EXPECT_EQ(numbers(messages({{"request_id", one}})), std::vector<std::string>{"447700900001"});
    EXPECT_EQ(messages({{"request_id", one}, {"number", "447700900002"}}).body, "[]");
    EXPECT_EQ(messages({{"request_id", std::string(32, '0')}}).body, "[]");
    EXPECT_EQ(messages({{"request_id", "x"}}).status, 400U);
    for (const auto* number : {"abc", "+", "4477009000011234"})
        EXPECT_EQ(messages({{"number", number}}).status, 400U) << number;
}

TEST_F(SandboxTest, ShowsTheOwnAccountOnly) {
    house.account("other");
    const std::string id = house.start("447700900001");
    EXPECT_EQ(messages({}, "other").body, "[]");
    EXPECT_EQ(messages({{"request_id", id}}, "other").body, "[]");
    EXPECT_EQ(messages({{"number", "447700900001"}}, "other").body, "[]");
}

TEST_F(SandboxTest, FatesDecideWhatAPhoneShows) {
    (void)house.start("447700900901");  // never a receipt, but there
    (void)house.start("447700900902", {{"workflow_id", "6"}});
    (void)house.start("447700900903", {{"workflow_id", "6"}});
    (void)house.start("447700900908");
    EXPECT_EQ(numbers(messages()), (std::vector<std::string>{"447700900908", "447700900901"}));
}

TEST_F(SandboxTest, AskingNeedsCredentials) {
    EXPECT_EQ(house.ask(get_request("/sandbox/messages")).status, 401U);
    EXPECT_EQ(messages({}, "nobody").status, 401U);
    const auto refused = house.ask(get_request("/sandbox/messages", {{"api_key", "acme"}, {"api_secret", "x"}}));
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(refused.content_type, "application/problem+json");
    auto basic = get_request("/sandbox/messages");
    basic.authorization = "Basic YWNtZTpzZWNyZXQtb2YtYWNtZQ==";
    EXPECT_EQ(house.ask(basic).body, "[]");
}

TEST_F(SandboxTest, ALiveDirectoryHasNoneOfIt) {
    SmallHouse::Options options;
    options.settings.sandbox = false;
    SmallHouse live(std::move(options));
    live.account("acme");
    const Pairs credentials{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}};
    for (const auto* path : {"/sandbox/messages", "/sandbox/stream", "/sandbox/calls", "/sandbox/clock", "/handset",
                             "/sandbox/verify/json"}) {
        const auto answer = live.ask(get_request(path, credentials));
        EXPECT_EQ(answer.status, 404U) << path;
        EXPECT_EQ(header_of(answer, "Roger-Sandbox"), "");
    }
}

TEST_F(SandboxTest, OtherPathsAndMethodsAreRefused) {
    const Pairs credentials{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}};
    EXPECT_EQ(house.ask(get_request("/sandbox/else", credentials)).status, 404U);
    const auto answer = house.ask(form_request("/sandbox/messages", credentials));
    EXPECT_EQ(answer.status, 405U);
    EXPECT_EQ(header_of(answer, "Allow"), "GET");
    EXPECT_EQ(house.ask(json_request("/sandbox/clock", "{")).status, 400U);
}

/// What a page has that the one-time link opened.
class SandboxCookieTest : public SandboxTest {
protected:
    SandboxCookieTest() {
        http::Request open = get_request("/handset");
        open.query = "once=" + house.router().sandbox().make_once_token("acme");
        const std::string set = header_of(house.ask(open), "Set-Cookie");
        cookie = set.substr(0, set.find(';'));
    }
    http::Response post(std::string path, std::string body) {
        http::Request request = json_request(std::move(path), std::move(body));
        request.cookie = cookie;
        return house.ask(request);
    }
    std::string cookie;
};

TEST_F(SandboxCookieTest, VerifiesAsItsAccountWithoutASecret) {
    const auto started = post("/sandbox/verify/json", R"({"number":"447700900001","brand":"Acme"})");
    ASSERT_EQ(member_of(started, "status"), "0") << started.body;
    const std::string id = member_of(started, "request_id");
    const auto found = post("/sandbox/verify/search/json", R"({"request_id":")" + id + R"("})");
    EXPECT_EQ(member_of(found, "account_id"), "acme");
    EXPECT_EQ(member_of(post("/sandbox/verify/json", R"({"number":"447700900001","brand":"Acme"})"), "status"), "10");
    EXPECT_EQ(post("/sandbox/verify/else", "{}").status, 404U);
    cookie.clear();
    EXPECT_EQ(post("/sandbox/verify/json", R"({"number":"447700900002","brand":"Acme"})").status, 401U);
}

TEST_F(SandboxCookieTest, AFormOfAnotherSiteCannotUseIt) {
    for (const auto* path : {"/sandbox/verify/json", "/sandbox/clock"}) {
        http::Request form =
            form_request(path, {{"number", "447700900001"}, {"brand", "Acme"}, {"advance_seconds", "1"}});
        form.cookie = cookie;
        EXPECT_EQ(house.ask(form).status, 415U) << path;
    }
}

TEST_F(SandboxTest, TheClockSaysWhatTimeItIsAndWhoMayMoveIt) {
    const Pairs credentials{{"api_key", "acme"}, {"api_secret", "secret-of-acme"}};
    EXPECT_EQ(house.ask(get_request("/sandbox/clock", credentials)).body,
              R"({"now":"2027-01-15T08:00:00.000Z","account":"acme","may_advance":true})");
    house.context().settings.operator_account = "other";
    EXPECT_TRUE(house.ask(get_request("/sandbox/clock", credentials)).body.ends_with(R"("may_advance":false})"));
    http::Request put = get_request("/sandbox/clock", credentials);
    put.method = http::Method::put;
    EXPECT_EQ(house.ask(put).status, 405U);
}

TEST_F(SandboxTest, TheClockMovesByWholeSecondsOfADayAtMost) {
    EXPECT_EQ(clock(R"({"advance_seconds":125})").body, R"({"now":"2027-01-15T08:02:05.000Z","advanced_seconds":125})");
    EXPECT_EQ(clock(R"({"advance_seconds":"86400"})").status, 200U);
    for (const auto* body : {R"({"advance_seconds":0})", R"({"advance_seconds":86401})", R"({"advance_seconds":1.5})",
                             R"({"advance_seconds":-1})", R"({"advance_seconds":[1]})", "{}"}) {
        const auto answer = clock(body);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_EQ(member_of(answer, "detail"), "'advance_seconds' is a whole number from 1 to 86400.");
    }
}

TEST_F(SandboxTest, OnlyTheOperatorsAccountMovesTheClock) {
    house.account("other");
    house.context().settings.operator_account = "acme";
    EXPECT_EQ(clock(R"({"advance_seconds":1})", "other").status, 403U);
    EXPECT_EQ(clock(R"({"advance_seconds":1})", "nobody").status, 401U);
    EXPECT_EQ(clock(R"({"advance_seconds":1})").status, 200U);
}

TEST_F(SandboxTest, AOnceTokenOpensThePhonesOnce) {
    const std::string token = house.router().sandbox().make_once_token("acme");
    EXPECT_EQ(token.size(), 32U);
    http::Request open = get_request("/handset");
    open.query = "once=" + token;
    const auto opened = house.ask(open);
    EXPECT_EQ(opened.status, 303U);
    EXPECT_EQ(header_of(opened, "Location"), "/handset#open");
    const std::string cookie = header_of(opened, "Set-Cookie");
    ASSERT_TRUE(cookie.starts_with("roger_handset="));
    EXPECT_TRUE(cookie.ends_with("; Path=/sandbox; HttpOnly; SameSite=Strict"));
    EXPECT_EQ(cookie.find(token), std::string::npos);

    (void)house.start("447700900001");
    auto request = get_request("/sandbox/messages");
    request.cookie = "a=b; " + cookie.substr(0, cookie.find(';')) + "; c=d";
    EXPECT_EQ(numbers(house.ask(request)), std::vector<std::string>{"447700900001"});
    request.cookie = "roger_handset=" + token;
    EXPECT_EQ(house.ask(request).status, 401U);

    const auto again = house.ask(open);
    EXPECT_EQ(again.status, 303U);
    EXPECT_EQ(header_of(again, "Location"), "/handset");
    EXPECT_EQ(header_of(again, "Set-Cookie"), "");
}

TEST_F(SandboxTest, ACookieOfADisabledAccountIsWorthNothing) {
    const auto cookie = house.router().sandbox().take_once_token(house.router().sandbox().make_once_token("acme"));
    ASSERT_TRUE(cookie);
    auto request = get_request("/sandbox/messages");
    request.cookie = "roger_handset=" + *cookie;
    EXPECT_EQ(house.ask(request).status, 200U);
    house.account("acme", [](account::Account& account) { account.disabled = true; });
    EXPECT_EQ(house.ask(request).status, 401U);
}

/// Takes the chunks of a stream.
class Listener final : public http::StreamWriter {
public:
    boost::asio::awaitable<bool> write(std::string chunk) override {
        chunks.push_back(std::move(chunk));
        co_return true;
    }
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const std::string& chunk : chunks) all += chunk;
        return all;
    }
    std::vector<std::string> chunks;
};

TEST_F(SandboxTest, AStreamShowsEachMessageOnceAsItComes) {
    (void)house.start("447700900001");
    const auto answer = house.ask(get_request(
        "/sandbox/stream", {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"number", "447700900001"}}));
    EXPECT_EQ(answer.content_type, "text/event-stream");
    ASSERT_TRUE(answer.stream);
    Listener listener;
    house.stream(answer, listener, [&] { return !listener.chunks.empty(); });
    ASSERT_EQ(listener.chunks.size(), 1U);
    EXPECT_TRUE(listener.chunks[0].starts_with("id: "));
    EXPECT_NE(listener.chunks[0].find("\nevent: message\ndata: {\"request_id\""), std::string::npos);
    EXPECT_TRUE(listener.chunks[0].ends_with("}\n\n"));

    listener.chunks.clear();
    house.pass(seconds(125));
    house.wait_until([&] { return listener.text().find(R"("channel":"tts")") != std::string::npos; });
    EXPECT_EQ(listener.text().find("event: call"), std::string::npos) << "those are for pages";
    EXPECT_EQ(listener.text().find(R"("channel":"sms")"), std::string::npos) << "shown before";
    house.router().sandbox().stop();
    house.settle();  // the stream ends before its listener does
}

}  // namespace
}  // namespace roger::api
