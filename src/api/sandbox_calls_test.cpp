// The sandbox's spoken calls: who answers, what is heard, and what the page sees.
#include <gtest/gtest.h>

#include "tests/support/small_house.hpp"
#include "voice/wav.hpp"

namespace roger::api {
namespace {

using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::number;
using testing_support::Pairs;
using testing_support::SmallHouse;

class SandboxCallsTest : public testing::Test {
protected:
    SandboxCallsTest() { house.account("acme"); }
    /// A request whose only event is a call. @return its id
    std::string call(const std::string& to = number, Pairs more = {}) {
        more.emplace_back("workflow_id", "7");
        return house.start(to, std::move(more));
    }
    http::Response get(const std::string& path, Pairs pairs = {}, const std::string& key = "acme") {
        pairs.insert(pairs.begin(), {{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return house.ask(get_request(path, pairs));
    }
    http::Response calls(Pairs pairs = {}) { return get("/sandbox/calls", std::move(pairs)); }
    std::string state() { return member_of(calls({{"limit", "1"}}), "state"); }
    http::Response act(const std::string& id, const std::string& body, const std::string& key = "acme") {
        http::Request request = json_request("/sandbox/calls/" + id, body);
        request.query = testing_support::to_form({{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return house.ask(request);
    }
    /// Fetches a path with its query, as it was given out.
    http::Response fetch(const std::string& url, const std::string& key = "acme") {
        const std::size_t mark = url.find('?');
        http::Request request = get_request(url.substr(0, mark));
        request.query = url.substr(mark + 1) + "&" +
                        testing_support::to_form({{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return house.ask(request);
    }

    SmallHouse house;
};

TEST_F(SandboxCallsTest, ACallIsListedWithWhatBecomesOfIt) {
    EXPECT_EQ(calls().body, "[]");
    const std::string id = call(number, {{"voice", "male"}, {"sender_id", "Acme"}, {"lg", "en-us"}});
    const auto ringing = calls();
    const std::string event = member_of(ringing, "id");
    const std::string url = "/sandbox/calls/" + event + "/audio.wav?request_id=" + id;
    EXPECT_EQ(ringing.body, R"([{"id":")" + event + R"(","request_id":")" + id +
                                R"(","number":"447700900001","sender":"Acme","locale":"en-us","voice":"male",)"
                                R"("state":"ringing","reason":"","at":"2027-01-15T08:00:00.000Z","audio_url":")" +
                                url + R"("}])");
    house.pass(seconds(1));
    EXPECT_EQ(state(), "answered");
    house.pass(seconds(6));
    EXPECT_EQ(state(), "delivered");
    const auto message = get("/sandbox/messages");
    EXPECT_EQ(member_of(message, "audio_url"), url);
    EXPECT_EQ(member_of(message, "event_id"), event);
}

TEST_F(SandboxCallsTest, AnSmsIsNoCallAndHasNothingToHear) {
    const std::string id = house.start(number);
    EXPECT_EQ(calls().body, "[]");
    const auto message = get("/sandbox/messages");
    EXPECT_NE(message.body.find(R"("audio_url":null)"), std::string::npos);
    EXPECT_EQ(act(member_of(message, "event_id"), R"({"action":"answer"})").status, 404U);
}

TEST_F(SandboxCallsTest, TheMessageIsHeardAsWav) {
    (void)call(number, {{"voice", "male"}, {"lg", "de-de"}});
    const auto message = get("/sandbox/messages");
    const auto heard = fetch(member_of(message, "audio_url"));
    EXPECT_EQ(heard.status, 200U);
    EXPECT_EQ(heard.content_type, "audio/wav");
    EXPECT_EQ(header_of(heard, "Cache-Control"), "no-store");
    const auto sound = voice::read_wav(heard.body);
    ASSERT_TRUE(sound);
    EXPECT_EQ(sound->samples.size(), 8'000U);
    ASSERT_EQ(house.speech.said.size(), 1U);
    EXPECT_EQ(house.speech.said[0].text, member_of(message, "text"));
    EXPECT_EQ(house.speech.said[0].voice, verification::Voice::male);
    EXPECT_EQ(house.speech.said[0].locale, message::written_locale("de-de", false)) << "as the words are";
    house.speech.broken = true;
    EXPECT_EQ(fetch(member_of(message, "audio_url")).status, 503U);
}

TEST_F(SandboxCallsTest, OnlyTheOwnCallsAreHeardAndMoved) {
    house.account("other");
    (void)call();
    const std::string id = member_of(calls(), "id");
    const std::string url = member_of(calls(), "audio_url");
    EXPECT_EQ(fetch(url, "other").status, 404U);
    EXPECT_EQ(act(id, R"({"action":"decline"})", "other").status, 404U);
    EXPECT_EQ(get("/sandbox/calls", {}, "other").body, "[]");
    EXPECT_EQ(house.ask(get_request(url.substr(0, url.find('?')))).status, 401U);
    EXPECT_TRUE(house.speech.said.empty());
    EXPECT_EQ(state(), "ringing");
}

TEST_F(SandboxCallsTest, APersonAnswersDeclinesOrHangsUp) {
    (void)call();
    std::string id = member_of(calls(), "id");
    EXPECT_EQ(act(id, R"({"action":"answer"})").body, R"({"state":"answered"})");
    EXPECT_EQ(act(id, R"({"action":"answer"})").status, 409U);
    EXPECT_EQ(act(id, R"({"action":"key","digit":"1"})").body, R"({"state":"answered"})");
    EXPECT_EQ(act(id, R"({"action":"hangup"})").body, R"({"state":"ended"})");
    EXPECT_EQ(state(), "failed");
    EXPECT_EQ(member_of(calls(), "reason"), "hung up before the PIN");
    EXPECT_EQ(get("/sandbox/messages").body, "[]");
    EXPECT_EQ(act(id, R"({"action":"hangup"})").status, 404U);
}

TEST_F(SandboxCallsTest, ADeclinedCallBringsTheNextEventAtOnce) {
    (void)house.start(number, {{"workflow_id", "3"}});
    const std::string first = member_of(calls(), "id");
    EXPECT_EQ(act(first, R"({"action":"decline"})").status, 200U);
    house.settle();
    const auto after = calls();
    EXPECT_NE(member_of(after, "id"), first);
    EXPECT_EQ(member_of(after, "state"), "ringing");
}

TEST_F(SandboxCallsTest, WhatIsNoActionIsRefused) {
    (void)call();
    const std::string id = member_of(calls(), "id");
    for (const auto* body : {"{}", R"({"action":"dance"})", R"({"action":"key"})", R"({"action":"key","digit":"12"})",
                             R"({"action":"key","digit":"x"})"}) {
        EXPECT_EQ(act(id, body).status, 400U) << body;
    }
    EXPECT_EQ(act("0123456789ABCDEF", R"({"action":"answer"})").status, 404U);
    EXPECT_EQ(get("/sandbox/calls/" + id).status, 405U);
    EXPECT_EQ(act(id + "/audio.wav", "{}").status, 405U);
    http::Request post = json_request("/sandbox/calls", "{}");
    post.query = "api_key=acme&api_secret=secret-of-acme";
    EXPECT_EQ(house.ask(post).status, 405U);
    EXPECT_EQ(state(), "ringing");
}

TEST_F(SandboxCallsTest, TheFatesOfCalls) {
    const auto outcome = [&](const std::string& to, seconds after) {
        (void)call(to);
        house.pass(after);
        const auto answer = calls({{"number", to}});
        return member_of(answer, "state") + " " + member_of(answer, "reason");
    };
    EXPECT_EQ(outcome("447700900904", seconds(0)), "failed busy");
    EXPECT_EQ(outcome("447700900905", seconds(39)), "ringing ");
    EXPECT_EQ(outcome("447700900906", seconds(7)), "delivered ");
    EXPECT_EQ(outcome("447700900907", seconds(2)), "failed hung up before the PIN");
    house.pass(seconds(1));
    EXPECT_EQ(member_of(calls({{"number", "447700900905"}}), "reason"), "no answer");
    EXPECT_EQ(member_of(calls({{"number", "447700900905"}}), "audio_url"), "");
}

// The caller chose the PIN, and it is wiped at the end: nobody can hear it any more.
TEST_F(SandboxCallsTest, AWipedPinCannotBeHeard) {
    house.account("acme", [](account::Account& account) { account.pin_code = true; });
    const std::string id = call(number, {{"pin_code", "84a6"}});
    const std::string url = member_of(calls(), "audio_url");
    EXPECT_EQ(fetch(url).status, 200U);
    house.pass(seconds(600));
    EXPECT_NE(calls().body.find(R"("audio_url":null)"), std::string::npos);
    EXPECT_EQ(fetch(url).status, 404U);
}

/// Takes what a page is sent.
class Page final : public http::StreamWriter {
public:
    boost::asio::awaitable<bool> write(std::string chunk) override {
        text += chunk;
        co_return true;
    }
    [[nodiscard]] bool has(const std::string& part) const { return text.find(part) != std::string::npos; }
    std::string text;
};

TEST_F(SandboxCallsTest, APageWithTheNumberOpenIsRungAndAnswersItself) {
    const auto answer = get("/sandbox/stream", {{"number", number}, {"answer", "page"}});
    Page page;
    house.stream(answer, page, [&] { return !page.text.empty(); });
    (void)call();
    house.wait_until([&] { return page.has(R"("state":"ringing")"); });
    house.wait_until([&] { return page.has("event: message\n"); });
    house.pass(seconds(20));
    EXPECT_EQ(state(), "ringing");
    (void)call("447700900002");
    house.pass(seconds(1));
    EXPECT_EQ(state(), "answered") << "another phone answers by itself";
    EXPECT_EQ(act(member_of(calls({{"number", number}}), "id"), R"({"action":"answer"})").status, 200U);
    house.wait_until([&] { return page.has(R"("state":"answered")"); });
    house.pass(seconds(6));
    house.wait_until([&] { return page.has(R"("state":"delivered")"); });
    house.router().sandbox().stop();
    house.wait_until([&] { return !house.router().sandbox().attended("acme", number); });
}

TEST_F(SandboxCallsTest, NobodyElsesPageAnswersForAnAccount) {
    house.account("other");
    const auto answer = get("/sandbox/stream", {{"number", number}, {"answer", "page"}}, "other");
    Page page;
    house.stream(answer, page, [&] { return !page.text.empty(); });
    EXPECT_TRUE(house.router().sandbox().attended("other", number));
    (void)call();
    house.pass(seconds(1));
    EXPECT_EQ(state(), "answered");
    house.router().sandbox().stop();
    house.wait_until([&] { return !house.router().sandbox().attended("other", number); });
}

}  // namespace
}  // namespace roger::api
