// Somebody who is busy is called once more; what calls cost.
#include <gtest/gtest.h>

#include "verification/machine_fixture_test.hpp"

namespace roger::verification {
namespace {

using namespace machine_fixture;

/// A row whose first event is a call that was accepted at t0.
Request called(std::uint8_t workflow) { return started(make_plan(workflow, {}, {})); }

Receipt busy_at(TimePoint at, std::uint8_t attempt = 1) {
    return Receipt{.event = 0, .attempt = attempt, .at = at, .reason = "486 Busy Here", .busy = true};
}

TEST(BusyTest, SomebodyWhoIsBusyIsCalledOnceMoreInTheSameEvent) {
    Request row = called(7);
    ASSERT_EQ(row.events[0].channel, Channel::tts);
    Transition got = step(row, busy_at(t0 + seconds(2)), node, t0 + seconds(2));
    EXPECT_FALSE(got.send);
    EXPECT_EQ(got.next.due, t0 + seconds(22));
    EXPECT_EQ(got.next.events.size(), 1U);
    got = step(got.next, TimerDue{}, node, t0 + seconds(21));
    EXPECT_EQ(got.verdict, Verdict::ignored);
    got = step(got.next, TimerDue{}, node, t0 + seconds(22));
    ASSERT_TRUE(got.send);
    EXPECT_EQ(*got.send, (Claim{0, 2}));
    EXPECT_EQ(got.next.events[0].lease_until, t0 + seconds(22) + lease_of(Channel::tts));
    EXPECT_FALSE(got.next.events[0].ambiguous);
    got = step(got.next, accepted(*got.send, t0 + seconds(23)), node, t0 + seconds(23));
    got = step(got.next, busy_at(t0 + seconds(24), 2), node, t0 + seconds(24));
    EXPECT_EQ(got.next.events[0].state, EventState::failed) << "not a third time";
}

TEST(BusyTest, NotWhenTheNextEventIsNearerOrThePinWouldBeDead) {
    const Plan plan = make_plan(3, {}, {});
    const seconds wait = wait_after(plan, 0);
    for (const TimePoint late : {t0 + wait - seconds(20), t0 + plan.pin_expiry - seconds(20)}) {
        const Transition got = step(called(3), busy_at(late), node, late);
        EXPECT_EQ(got.next.events[0].state, EventState::failed);
    }
}

TEST(BusyTest, ARestartDoesNotCallSooner) {
    Request row = step(called(7), busy_at(t0), node, t0).next;
    const Transition got = step(row, SenderLost{0}, node, t0 + seconds(5));
    EXPECT_EQ(got.verdict, Verdict::ignored);
    EXPECT_EQ(got.next, row);
}

TEST(BusyTest, ARequestThatEndedOrMovedOnIsNotCalledAgain) {
    const Request row = step(called(7), busy_at(t0), node, t0).next;
    const Request ended = step(row, Cancel{true}, node, t0 + seconds(1)).next;
    EXPECT_FALSE(step(ended, TimerDue{}, node, t0 + seconds(20)).send);
    Request waiting = called(3);
    waiting = step(waiting, busy_at(t0), node, t0).next;
    waiting = step(waiting, TriggerNext{}, node, t0 + seconds(1)).next;
    const Transition got = step(waiting, TimerDue{}, node, t0 + seconds(20));
    EXPECT_FALSE(got.send);
    EXPECT_EQ(got.next.events[0].state, EventState::failed);
}

TEST(BusyTest, WhatAnAnsweredCallCostIsChargedWithItsReceipt) {
    Request row = called(7);
    const Micros before = row.events[0].price;
    Receipt receipt{.event = 0, .attempt = 1, .delivered = true, .at = t0, .price = Micros{12'000}};
    row = step(row, receipt, node, t0).next;
    EXPECT_EQ(row.events[0].price, Micros{before.value + 12'000});
    row = step(row, receipt, node, t0).next;
    EXPECT_EQ(row.events[0].price, Micros{before.value + 12'000}) << "a repetition costs nothing";
}

}  // namespace
}  // namespace roger::verification
