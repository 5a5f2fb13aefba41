#include "channel/handset_calls.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace roger::channel {
namespace {

class HandsetCallsTest : public testing::Test {
protected:
    HandsetCallsTest() {
        calls.on_change([this](const std::string& account) { changes.push_back(account); });
        calls.on_attended([this](const std::string& account, const std::string& number) {
            return account == "acme" && number == open;
        });
    }
    void ring(Callee callee = Callee::listener) {
        calls.ring({{verification::RowKey{7}, 0, 1}, "acme", "447700900001", callee, clock.service_now()});
    }
    /// From due time to due time.
    void pass(milliseconds by) {
        const TimePoint target = clock.service_now() + by;
        for (auto due = calls.next_due(); due && *due <= target; due = calls.next_due()) {
            clock.set(std::max(*due, clock.service_now()));
            calls.run_due();
        }
        clock.set(target);
    }
    /// "" while nothing has been reported.
    std::string outcome() {
        if (receipts.empty()) return "";
        EXPECT_EQ(receipts.size(), 1U);
        EXPECT_EQ(receipts[0].reference.key, place.first);
        return receipts[0].delivered ? "delivered" : receipts[0].reason;
    }
    bool rings() { return calls.state_of(place) == CallState::ringing; }
    bool answered() { return calls.state_of(place) == CallState::answered; }

    const HandsetCalls::Place place{verification::RowKey{7}, 0};
    testing_support::FakeClock clock;
    std::vector<DeliveryReceipt> receipts;
    std::vector<std::string> changes;
    std::string open;  ///< the number that a person has open
    HandsetCalls calls{clock, [this](DeliveryReceipt receipt) { receipts.push_back(std::move(receipt)); }};
};

TEST_F(HandsetCallsTest, APhoneAnswersAfterASecondAndListens) {
    ring();
    EXPECT_TRUE(rings());
    pass(milliseconds(999));
    EXPECT_TRUE(rings());
    pass(milliseconds(1));
    EXPECT_TRUE(answered());
    pass(milliseconds(5'999));
    EXPECT_EQ(outcome(), "");
    pass(milliseconds(1));
    EXPECT_EQ(outcome(), "delivered");
    EXPECT_FALSE(calls.state_of(place));
    EXPECT_FALSE(calls.next_due());
    EXPECT_EQ(changes, (std::vector<std::string>{"acme", "acme"}));
    EXPECT_EQ(receipts[0].account, "acme");
}

TEST_F(HandsetCallsTest, AClockThatJumpsLosesNothing) {
    ring();
    clock.advance(seconds(3'600));
    calls.run_due();
    EXPECT_EQ(outcome(), "delivered");
}

TEST_F(HandsetCallsTest, EachCalleeBehavesAsItsFateSays) {
    ring(Callee::nobody);
    pass(milliseconds(39'999));
    EXPECT_TRUE(rings());
    pass(milliseconds(1));
    EXPECT_EQ(outcome(), "no answer");
    receipts.clear();
    ring(Callee::impatient);
    pass(seconds(2));
    EXPECT_EQ(outcome(), "hung up before the PIN");
    receipts.clear();
    ring(Callee::voicemail);
    pass(seconds(7));
    EXPECT_EQ(outcome(), "delivered") << "without the gate nobody can tell a mailbox from a person";
}

TEST_F(HandsetCallsTest, WithTheGateOnlyAKeyLetsTheMessageBegin) {
    calls.set_gate(true);
    ring(Callee::voicemail);
    pass(seconds(10));
    EXPECT_TRUE(answered());
    pass(seconds(1));
    EXPECT_EQ(outcome(), "no key was pressed");
    receipts.clear();
    ring();
    pass(seconds(7));
    EXPECT_EQ(outcome(), "delivered") << "a phone that answers by itself presses it";
}

TEST_F(HandsetCallsTest, APhoneThatAPersonHasOpenWaitsForThem) {
    open = "447700900001";
    ring();
    pass(seconds(39));
    EXPECT_TRUE(rings());
    ASSERT_TRUE(calls.act(place, CallAction::answer));
    EXPECT_TRUE(answered());
    pass(seconds(5));
    EXPECT_EQ(outcome(), "");
    pass(seconds(1));
    EXPECT_EQ(outcome(), "delivered");
    receipts.clear();
    ring();
    pass(seconds(40));
    EXPECT_EQ(outcome(), "no answer");
    receipts.clear();
    open = "447700900002";
    ring();
    pass(seconds(7));
    EXPECT_EQ(outcome(), "delivered");
}

TEST_F(HandsetCallsTest, APersonMayDeclineOrHangUp) {
    ring();
    ASSERT_TRUE(calls.act(place, CallAction::decline));
    EXPECT_EQ(outcome(), "declined");
    receipts.clear();
    ring();
    ASSERT_TRUE(calls.act(place, CallAction::answer));
    pass(seconds(5));
    ASSERT_TRUE(calls.act(place, CallAction::hang_up));
    EXPECT_EQ(outcome(), "hung up before the PIN");
    EXPECT_FALSE(calls.next_due());
}

TEST_F(HandsetCallsTest, APersonPressesTheKeyOfTheGate) {
    calls.set_gate(true);
    ring();
    ASSERT_TRUE(calls.act(place, CallAction::answer));
    pass(seconds(9));
    ASSERT_TRUE(calls.act(place, CallAction::key, '5'));
    ASSERT_TRUE(calls.act(place, CallAction::key, '1'));
    pass(seconds(5));
    EXPECT_EQ(outcome(), "");
    ASSERT_TRUE(calls.act(place, CallAction::key, '1'));
    pass(seconds(1));
    EXPECT_EQ(outcome(), "delivered") << "the message does not begin again";
    receipts.clear();
    ring();
    ASSERT_TRUE(calls.act(place, CallAction::answer));
    pass(seconds(10));
    EXPECT_EQ(outcome(), "no key was pressed");
}

TEST_F(HandsetCallsTest, WhatDoesNotFitTheCallIsRefused) {
    EXPECT_EQ(calls.act(place, CallAction::answer).error().code, Errc::not_found);
    ring();
    EXPECT_EQ(calls.act(place, CallAction::hang_up).error().code, Errc::conflict);
    EXPECT_EQ(calls.act(place, CallAction::key).error().code, Errc::conflict);
    ASSERT_TRUE(calls.act(place, CallAction::answer));
    EXPECT_EQ(calls.act(place, CallAction::answer).error().code, Errc::conflict);
    EXPECT_EQ(calls.act(place, CallAction::decline).error().code, Errc::conflict);
    calls.clear();
    EXPECT_FALSE(calls.next_due());
    EXPECT_EQ(calls.act(place, CallAction::hang_up).error().code, Errc::not_found);
}

TEST_F(HandsetCallsTest, ACallThatIsTriedAgainRingsAnew) {
    ring();
    pass(seconds(3));
    ring();
    EXPECT_TRUE(rings());
    pass(seconds(7));
    EXPECT_EQ(outcome(), "delivered");
}

}  // namespace
}  // namespace roger::channel
