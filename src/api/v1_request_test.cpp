// Check, control and search of requests, over a real engine.
#include <gtest/gtest.h>

#include "api/v1.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api::v1 {
namespace {

using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::number;
using testing_support::Pairs;
using testing_support::SmallHouse;
using testing_support::unknown_id;
using testing_support::xml_head;

class V1RequestTest : public testing::Test {
protected:
    V1RequestTest() {
        house.account("acme", [](account::Account& account) { account.price = Micros{100'000}; });
    }
    void expect(const http::Response& answer, const std::string& body, const std::string& reason) {
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.body, body);
        EXPECT_EQ(header_of(answer, "Roger-Reason"), reason);
    }
    std::string status(const std::string& call, Pairs pairs, const std::string& key = "acme") {
        return member_of(house.v1(call, std::move(pairs), key), "status");
    }
    http::Response check(const std::string& id, const std::string& code) {
        return house.v1("check", {{"request_id", id}, {"code", code}});
    }
    http::Response control(const std::string& id, const std::string& cmd) {
        return house.v1("control", {{"request_id", id}, {"cmd", cmd}});
    }
    /// A code of the same length that is not the PIN.
    static std::string wrong_for(std::string pin) {
        pin.back() = pin.back() == '9' ? '0' : static_cast<char>(pin.back() + 1);
        return pin;
    }
    http::Response message(const std::string& id) {
        return house.ask(
            get_request("/sandbox/messages",
                        {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"request_id", id}, {"limit", "1"}}));
    }
    static std::string not_live_body(const std::string& id) {
        return R"({"request_id":")" + id +
               R"(","status":"6","error_text":"The platform was unable to process this message for the following reason: Request ')" +
               id + R"(' was not found or it has been verified already."})";
    }

    SmallHouse house;
};

TEST_F(V1RequestTest, TheRightCodeSucceedsOnce) {
    const std::string id = house.start(number);
    const std::string pin = house.pin(id);
    const std::string event = member_of(message(id), "event_id");
    expect(check(id, pin),
           R"({"request_id":")" + id + R"(","event_id":")" + event +
               R"(","status":"0","price":"0.10000000","currency":"EUR","estimated_price_messages_sent":"0.00000000"})",
           "");
    expect(check(id, pin), not_live_body(id), "rule=not-live; scope=request");
}

TEST_F(V1RequestTest, TheThirdWrongCodeEndsTheRequest) {
    const std::string id = house.start(number);
    const std::string wrong = wrong_for(house.pin(id));
    for (int i = 0; i < 2; ++i) {
        expect(check(id, wrong),
               R"({"request_id":")" + id +
                   R"(","status":"16","error_text":"The code inserted does not match the expected value"})",
               "rule=wrong-code; scope=request");
    }
    expect(check(id, wrong),
           R"({"request_id":")" + id +
               R"(","status":"17","error_text":"The wrong code was provided too many times. Request terminated"})",
           "rule=wrong-code-last; scope=request");
    expect(check(id, wrong), not_live_body(id), "rule=not-live; scope=request");
    EXPECT_EQ(status("search", {{"request_id", id}}), "FAILED");
}

TEST_F(V1RequestTest, CodesAreReadAsPeopleTypeThem) {
    const std::string id = house.start(number);
    const std::string pin = house.pin(id);
    EXPECT_EQ(member_of(check(id, pin.substr(0, 2) + " -\xC2\xA0" + pin.substr(2)), "status"), "0");
}

TEST_F(V1RequestTest, ACodeOutOfItsRuleIsNotCounted) {
    const std::string id = house.start(number);
    for (const auto* code : {"123", "12345678901", "12a!", " - "}) {
        expect(check(id, code),
               R"({"request_id":")" + id + R"(","status":"3","error_text":"Invalid value for param: code"})",
               "rule=parameter; scope=code");
    }
    EXPECT_EQ(member_of(check(id, house.pin(id)), "status"), "0");
}

TEST_F(V1RequestTest, EveryCheckAnswerEchoesTheIdItWasGiven) {
    EXPECT_EQ(house.ask(get_request("/verify/check/json", {{"request_id", "abc"}})).body,
              R"({"request_id":"abc","status":"2","error_text":"Missing api_key"})");
    EXPECT_EQ(house.v1("check", {{"request_id", "abc"}}, "nobody").body,
              R"({"request_id":"abc","status":"4","error_text":"Bad credentials"})");
    EXPECT_EQ(
        house.v1("check", {{"request_id", "abc"}}).body,
        R"({"request_id":"abc","status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `code`"})");
    EXPECT_EQ(
        house.v1("check", {{"code", "1234"}}).body,
        R"({"status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `request_id`"})");
    EXPECT_EQ(check("a!", "1234").body,
              R"({"request_id":"a!","status":"3","error_text":"Invalid value for param: request_id"})");
    EXPECT_EQ(check(std::string(33, 'a'), "1234").body,
              R"({"status":"3","error_text":"Invalid value for param: request_id"})");
    EXPECT_EQ(house.v1("check", {{"request_id", "<\x01&>"}, {"code", "1234"}}, "acme", "xml").body,
              std::string(xml_head) +
                  "<verify_response><request_id>&lt;&amp;&gt;</request_id><status>3</status>"
                  "<error_text>Invalid value for param: request_id</error_text></verify_response>");
}

TEST_F(V1RequestTest, UnknownForeignAndEndedRequestsAreAllTheSame) {
    const std::string id = house.start(number);
    const std::string pin = house.pin(id);
    house.account("other");
    EXPECT_EQ(house.v1("check", {{"request_id", id}, {"code", pin}}, "other").body, not_live_body(id));
    for (const auto* unknown : {unknown_id, "abc", "-"})
        expect(check(unknown, pin), not_live_body(unknown), "rule=not-live; scope=request");
    EXPECT_EQ(member_of(check(id, pin), "status"), "0") << "nobody else's checks counted";
}

TEST_F(V1RequestTest, ACheckTakesTheIdInEveryWriting) {
    const std::string id = house.start(number);
    std::string upper = id;
    for (char& c : upper) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    const auto answer = check(upper, house.pin(id));
    EXPECT_EQ(member_of(answer, "status"), "0");
    EXPECT_EQ(member_of(answer, "request_id"), upper);
}

TEST_F(V1RequestTest, AnExpiredPinIsWrongAndANewOneStartsTheCountAnew) {
    const std::string id = house.start(number);
    const std::string first = house.pin(id);
    EXPECT_EQ(member_of(check(id, wrong_for(first)), "status"), "16");
    house.pass(seconds(299));
    EXPECT_EQ(member_of(check(id, wrong_for(first)), "status"), "16");
    house.pass(seconds(6));  // 305 s: the third event of workflow 1 has a new PIN
    const std::string second = house.pin(id);
    ASSERT_NE(second, first);
    EXPECT_EQ(member_of(check(id, first), "status"), "16");
    EXPECT_EQ(member_of(check(id, second), "status"), "0");
}

TEST_F(V1RequestTest, ACallersPinIsTakenWithoutCase) {
    house.account("acme", [](account::Account& account) { account.pin_code = true; });
    const std::string id = house.start(number, {{"pin_code", "aBcd12"}});
    EXPECT_EQ(house.pin(id), "aBcd12");
    EXPECT_EQ(member_of(check(id, "ABCD12"), "status"), "0");
    EXPECT_NE(message(id).body.find(R"("pin":null)"), std::string::npos) << "wiped at the end";
}

TEST_F(V1RequestTest, AnAccountOfSixDigitsGetsSix) {
    house.account("acme", [](account::Account& account) { account.six_digits = true; });
    EXPECT_EQ(house.pin(house.start(number)).size(), 6U);
}

TEST_F(V1RequestTest, CancelWaitsForThirtySecondsAndStopsAllEvents) {
    const std::string id = house.start(number);
    expect(control(id, "cancel"),
           R"({"status":"19","error_text":"Verification request [')" + id +
               R"('] can't be cancelled within the first 30 seconds."})",
           "rule=cancel-too-early; scope=request");
    house.pass(seconds(30));
    expect(control(id, "cancel"), R"({"status":"0","command":"cancel"})", "");
    expect(control(id, "cancel"),
           R"({"status":"6","error_text":"The requestId ')" + id + R"(' does not exist or its no longer active."})",
           "rule=not-live; scope=request");
    const std::string event = member_of(message(id), "event_id");
    house.pass(seconds(1000));
    EXPECT_EQ(member_of(message(id), "event_id"), event);
    EXPECT_EQ(status("search", {{"request_id", id}}), "CANCELLED");
}

TEST_F(V1RequestTest, CancelIsRefusedOnceTheSecondEventHasRunUnlessItIsLenient) {
    const std::string id = house.start(number);
    house.pass(seconds(125));
    expect(control(id, "cancel"),
           R"({"status":"19","error_text":"Verification request  [')" + id +
               R"('] can't be cancelled now. Too many attempts to re-deliver have already been made."})",
           "rule=cancel-too-late; scope=request");
    house.account("acme", [](account::Account& account) { account.lenient_cancel = true; });
    EXPECT_EQ(member_of(control(id, "cancel"), "status"), "0");
    EXPECT_EQ(member_of(control(house.start(number), "cancel"), "status"), "0") << "at any time";
}

TEST_F(V1RequestTest, TriggerRunsTheNextEventUntilNoneIsLeft) {
    const std::string id = house.start(number);
    expect(control(id, "trigger_next_event"), R"({"status":"0","command":"trigger_next_event"})", "");
    EXPECT_EQ(member_of(message(id), "channel"), "tts");
    EXPECT_EQ(member_of(control(id, "trigger_next_event"), "status"), "0");
    expect(control(id, "trigger_next_event"),
           R"({"status":"19","error_text":"No more events are left to execute for the request [')" + id + R"(']"})",
           "rule=no-events-left; scope=request");
}

TEST_F(V1RequestTest, ControlJudgesItsParametersInOrder) {
    const auto body = [&](Pairs pairs) { return house.v1("control", std::move(pairs)).body; };
    EXPECT_EQ(
        body({}),
        R"({"status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `request_id`"})");
    EXPECT_EQ(body({{"request_id", "a!"}}),
              R"({"status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `cmd`"})");
    EXPECT_EQ(body({{"request_id", "a!"}, {"cmd", "x"}}),
              R"({"status":"3","error_text":"Invalid value for param: request_id"})");
    EXPECT_EQ(body({{"request_id", unknown_id}, {"cmd", "Cancel"}}),
              R"({"status":"3","error_text":"Invalid value for param: cmd"})");
    EXPECT_EQ(member_of(control(unknown_id, "cancel"), "status"), "6");
    const auto nested = house.ask(
        json_request("/verify/control/json",
                     R"({"api_key":"acme","api_secret":"secret-of-acme","request_id":["a"],"cmd":"cancel"})"));
    EXPECT_EQ(nested.body, R"({"status":"3","error_text":"Invalid value for param: request_id"})");
    EXPECT_EQ(
        house.v1("control", {{"request_id", house.start(number)}, {"cmd", "trigger_next_event"}}, "acme", "xml").body,
        std::string(xml_head) + "<response><status>0</status><command>trigger_next_event</command></response>");
}

}  // namespace
}  // namespace roger::api::v1
