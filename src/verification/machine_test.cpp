#include <array>

#include <gtest/gtest.h>

#include "verification/machine_fixture_test.hpp"

namespace roger::verification {
namespace {

using namespace machine_fixture;

struct Sent {
    long at;
    char channel;  ///< 's' or 't'
    int pin;       ///< generation
    friend bool operator==(const Sent&, const Sent&) = default;
};
void PrintTo(const Sent& sent, std::ostream* out) { *out << sent.at << sent.channel << sent.pin; }

/// Runs a request to its end by its own timers, with a peer that takes everything at once.
std::pair<std::vector<Sent>, long> run_to_the_end(Plan plan) {
    std::vector<Sent> sent;
    Transition got = begin(new_row(plan), node);
    TimePoint now = t0;
    while (got.next.status == Status::in_progress) {
        if (got.send) {
            const Event& event = got.next.events[got.send->event];
            sent.push_back({(now - t0) / seconds(1), event.channel == Channel::sms ? 's' : 't', event.generation});
            got = step(got.next, accepted(*got.send, now), node, now);
            continue;
        }
        now = *got.next.due;
        got = step(got.next, TimerDue{}, node, now);
    }
    EXPECT_EQ(got.next.status, Status::expired);
    EXPECT_EQ(got.next.finalized, now);
    EXPECT_FALSE(got.next.due);
    return {sent, (now - t0) / seconds(1)};
}

// Verify v1's timing guide: with p = 3w one PIN serves all three events, with 2w the third has a new one, with w each
// has.
TEST(MachineTest, EveryWorkflowRunsAtItsTimesWithTheRightPins) {
    using S = std::vector<Sent>;
    struct Row {
        std::uint8_t workflow;
        std::optional<seconds> expiry, wait;
        S sent;
        long end;
    };
    const auto none = std::optional<seconds>{};
    const Row table[] = {
        {1, none, none, S{{0, 's', 0}, {125, 't', 0}, {305, 't', 1}}, 605},
        {2, none, none, S{{0, 's', 0}, {125, 's', 0}, {305, 't', 1}}, 605},
        {3, none, none, S{{0, 't', 0}, {150, 't', 0}}, 300},
        {4, none, none, S{{0, 's', 0}, {120, 's', 0}}, 300},
        {5, none, none, S{{0, 's', 0}, {120, 't', 0}}, 300},
        {6, none, none, S{{0, 's', 0}}, 300},
        {7, none, none, S{{0, 't', 0}}, 300},
        // p = 3w
        {1, seconds(300), seconds(100), S{{0, 's', 0}, {100, 't', 0}, {200, 't', 0}}, 300},
        {2, seconds(300), seconds(100), S{{0, 's', 0}, {100, 's', 0}, {200, 't', 0}}, 300},
        {3, seconds(300), seconds(100), S{{0, 't', 0}, {100, 't', 0}}, 300},
        {4, seconds(300), seconds(100), S{{0, 's', 0}, {100, 's', 0}}, 300},
        {5, seconds(300), seconds(100), S{{0, 's', 0}, {100, 't', 0}}, 300},
        {6, seconds(300), seconds(100), S{{0, 's', 0}}, 300},
        {7, seconds(300), seconds(100), S{{0, 't', 0}}, 300},
        // p = 2w
        {1, seconds(240), seconds(120), S{{0, 's', 0}, {120, 't', 0}, {240, 't', 1}}, 480},
        {2, seconds(240), seconds(120), S{{0, 's', 0}, {120, 's', 0}, {240, 't', 1}}, 480},
        {3, seconds(240), seconds(120), S{{0, 't', 0}, {120, 't', 0}}, 240},
        {4, seconds(240), seconds(120), S{{0, 's', 0}, {120, 's', 0}}, 240},
        {5, seconds(240), seconds(120), S{{0, 's', 0}, {120, 't', 0}}, 240},
        {6, seconds(240), seconds(120), S{{0, 's', 0}}, 240},
        {7, seconds(240), seconds(120), S{{0, 't', 0}}, 240},
        // p = w
        {1, seconds(90), seconds(90), S{{0, 's', 0}, {90, 't', 1}, {180, 't', 2}}, 270},
        {2, seconds(90), seconds(90), S{{0, 's', 0}, {90, 's', 1}, {180, 't', 2}}, 270},
        {3, seconds(90), seconds(90), S{{0, 't', 0}, {90, 't', 1}}, 180},
        {4, seconds(90), seconds(90), S{{0, 's', 0}, {90, 's', 1}}, 180},
        {5, seconds(90), seconds(90), S{{0, 's', 0}, {90, 't', 1}}, 180},
        {6, seconds(90), seconds(90), S{{0, 's', 0}}, 90},
        {7, seconds(90), seconds(90), S{{0, 't', 0}}, 90},
    };
    for (const Row& row : table) {
        SCOPED_TRACE(testing::Message() << "workflow " << int{row.workflow} << " p "
                                        << row.expiry.value_or(seconds(0)).count() << " w "
                                        << row.wait.value_or(seconds(0)).count());
        const auto [sent, end] = run_to_the_end(make_plan(row.workflow, row.expiry, row.wait));
        EXPECT_EQ(sent, row.sent);
        EXPECT_EQ(end, row.end);
    }
}

TEST(MachineTest, ALongLivedPinKeepsTheRequestOpenPastItsLastWait) {
    const auto [sent, end] = run_to_the_end(make_plan(4, seconds(3600), {}));
    EXPECT_EQ(sent.size(), 2U);
    EXPECT_EQ(end, 3600);
}

// Receipts, timers and clients all come late or twice; nothing may move a request that has ended.
TEST(MachineTest, FinalStatesIgnoreEveryInput) {
    const Input inputs[] = {TimerDue{}, PinChecked{true, {}}, PinChecked{false, {}}, TriggerNext{}, Cancel{true}};
    for (const Status status : {Status::success, Status::failed, Status::expired, Status::cancelled}) {
        Request before = started();
        before.status = status;
        before.due.reset();
        for (const Input& input : inputs) {
            const Transition got = step(before, input, node, t0 + seconds(999));
            EXPECT_EQ(got.next, before) << "input " << input.index();
            EXPECT_FALSE(got.send);
        }
    }
}

TEST(MachineTest, TheRightPinEndsTheRequestOnceAndWipesACallersPin) {
    Request row = started();
    row.sealed_pin = {std::byte{1}};
    row.caller_pin = true;
    const Transition got = step(row, PinChecked{true, {}}, node, t0 + seconds(20));
    EXPECT_EQ(got.verdict, Verdict::right);
    EXPECT_EQ(got.next.status, Status::success);
    EXPECT_TRUE(got.next.sealed_pin.empty());
    EXPECT_TRUE(got.next.caller_pin);
    EXPECT_FALSE(got.next.due);
    EXPECT_EQ(step(got.next, PinChecked{true, {}}, node, t0 + seconds(21)).verdict, Verdict::gone);
}

TEST(MachineTest, TheThirdWrongPinFails) {
    Request row = started();
    for (const Verdict expected : {Verdict::wrong, Verdict::wrong, Verdict::wrong_last, Verdict::gone}) {
        Transition got = step(row, PinChecked{false, {}}, node, t0 + seconds(1));
        EXPECT_EQ(got.verdict, expected);
        row = got.next;
    }
    EXPECT_EQ(row.status, Status::failed);
    EXPECT_EQ(row.checks.size(), 3U);
}

TEST(MachineTest, APinIsGoodUntilTheInstantItExpires) {
    const Request row = started(make_plan(1, {}, {}));
    EXPECT_EQ(step(row, PinChecked{true, {}}, node, t0 + seconds(300) - milliseconds(1)).verdict, Verdict::right);
    EXPECT_EQ(step(row, PinChecked{true, {}}, node, t0 + seconds(300)).verdict, Verdict::wrong);
}

TEST(MachineTest, ANewPinStartsTheCountAnewButACallersPinGoesOn) {
    for (const bool caller_pin : {false, true}) {
        Request row = started(make_plan(4, seconds(90), seconds(90)));
        row.caller_pin = caller_pin;
        row = step(row, PinChecked{false, {}}, node, t0 + seconds(1)).next;
        row = step(row, PinChecked{false, {}}, node, t0 + seconds(2)).next;
        row = step(row, TimerDue{}, node, t0 + seconds(90)).next;
        ASSERT_EQ(row.events.size(), 2U);
        EXPECT_EQ(row.generation, caller_pin ? 0 : 1);
        EXPECT_EQ(row.pin_made, t0 + seconds(90));
        EXPECT_EQ(step(row, PinChecked{false, {}}, node, t0 + seconds(91)).verdict,
                  caller_pin ? Verdict::wrong_last : Verdict::wrong);
    }
}

TEST(MachineTest, ATextSaysHowLongThePinStillLives) {
    Request row = started();
    EXPECT_EQ(row.events[0].pin_minutes, 5);
    row = step(row, TimerDue{}, node, t0 + seconds(125)).next;
    EXPECT_EQ(row.events[1].pin_minutes, 2);  // 175 s
    row = step(started(), TriggerNext{}, node, t0 + seconds(299)).next;
    EXPECT_EQ(row.events[1].pin_minutes, 1);  // 1 s, but never "0 minutes"
}

TEST(MachineTest, CancelHasItsWindow) {
    Request row = started();
    EXPECT_EQ(step(row, Cancel{}, node, t0 + milliseconds(29'999)).verdict, Verdict::too_early);
    EXPECT_EQ(step(row, Cancel{true}, node, t0).verdict, Verdict::done);
    const Transition got = step(row, Cancel{}, node, t0 + seconds(30));
    EXPECT_EQ(got.verdict, Verdict::done);
    EXPECT_EQ(got.next.status, Status::cancelled);
    row = step(row, TimerDue{}, node, t0 + seconds(125)).next;
    EXPECT_EQ(step(row, Cancel{}, node, t0 + seconds(130)).verdict, Verdict::too_late);
    EXPECT_EQ(step(row, Cancel{true}, node, t0 + seconds(130)).next.status, Status::cancelled);
}

TEST(MachineTest, TriggerRunsTheNextEventNowAndLaterWaitsCountFromThen) {
    Transition got = step(started(), TriggerNext{}, node, t0 + seconds(10));
    ASSERT_EQ(got.verdict, Verdict::done);
    EXPECT_EQ(got.send, (Claim{1, 1}));
    got = step(got.next, accepted(*got.send, t0 + seconds(11)), node, t0 + seconds(11));
    EXPECT_EQ(got.next.due, t0 + seconds(11 + 180));
    got = step(got.next, TriggerNext{}, node, t0 + seconds(20));
    EXPECT_EQ(got.next.generation, 0);
    EXPECT_EQ(step(got.next, TriggerNext{}, node, t0 + seconds(30)).verdict, Verdict::no_events_left);
}

TEST(MachineTest, ARefusedMessageTakesAnotherRouteAndTheWaitDoesNotMove) {
    Transition got = begin(new_row(), node);
    got = step(got.next, other(*got.send, Handover::refused, true), node, t0 + seconds(2));
    ASSERT_EQ(got.send, (Claim{0, 2}));
    EXPECT_EQ(got.next.events[0].tried, std::vector<std::string>{"a"});
    EXPECT_FALSE(got.next.events[0].ambiguous);
    got = step(got.next, accepted(*got.send, t0 + seconds(3), "b"), node, t0 + seconds(3));
    EXPECT_EQ(got.next.events[0].route, "b");
    EXPECT_EQ(got.next.due, t0 + seconds(125));
    EXPECT_EQ(messages_price(got.next), Micros{35'000});
}

TEST(MachineTest, AnUnknownOutcomeIsFlaggedWhenItIsSentAgainAndElseCountsAsHandedOver) {
    const Transition first = begin(new_row(), node);
    const Transition again = step(first.next, other(*first.send, Handover::unknown, true), node, t0);
    EXPECT_TRUE(again.next.events[0].ambiguous);
    EXPECT_EQ(again.send, (Claim{0, 2}));
    const Transition alone = step(first.next, other(*first.send, Handover::unknown, false), node, t0);
    EXPECT_EQ(alone.next.events[0].state, EventState::submitted);
    EXPECT_EQ(alone.next.events[0].reason, "outcome unknown");
    EXPECT_FALSE(alone.send);
    EXPECT_EQ(alone.next.due, t0 + seconds(125));
}

TEST(MachineTest, NoEventIsHandedOverMoreOftenThanAllowed) {
    for (const std::uint8_t workflow : {std::uint8_t{6}, std::uint8_t{7}}) {
        Transition got = begin(new_row(make_plan(workflow, {}, {})), node);
        const Channel channel = got.next.events[0].channel;
        int handovers = 0;
        while (got.send) {
            ++handovers;
            got = step(got.next, other(*got.send, Handover::refused, true), node, t0);
        }
        EXPECT_EQ(handovers, attempts_max(channel));
        EXPECT_EQ(got.next.events[0].state, EventState::failed);
        EXPECT_EQ(got.next.status, Status::in_progress);
        EXPECT_EQ(got.next.due, t0 + seconds(300));
    }
}

TEST(MachineTest, AFailedEventBringsTheNextAtOnce) {
    Transition got = begin(new_row(), node);
    got = step(got.next, other(*got.send, Handover::not_sent, false), node, t0 + seconds(1));
    EXPECT_EQ(got.next.events[0].state, EventState::failed);
    EXPECT_EQ(got.send, (Claim{1, 1}));
    EXPECT_EQ(got.next.events[1].begun, t0 + seconds(1));
}

TEST(MachineTest, AFailedReceiptWithinAMinuteTakesAnotherRouteElseTheNextEvent) {
    const Request row = started();
    Receipt failed{.attempt = 1};
    failed.reason = "UNDELIV";
    failed.at = t0 + seconds(5);
    failed.another_route = true;
    EXPECT_EQ(step(row, failed, node, failed.at).send, (Claim{0, 2}));
    failed.another_route = false;
    EXPECT_EQ(step(row, failed, node, failed.at).send, (Claim{1, 1}));
    failed.another_route = true;
    failed.at = t0 + seconds(61);
    EXPECT_EQ(step(row, failed, node, failed.at).send, (Claim{1, 1}));
}

TEST(MachineTest, OnlyTheFirstReceiptDecides) {
    Receipt delivered{.attempt = 1, .delivered = true};
    delivered.at = t0 + seconds(2);
    const Transition got = step(started(), delivered, node, delivered.at);
    EXPECT_EQ(got.next.events[0].state, EventState::delivered);
    EXPECT_EQ(got.next.due, t0 + seconds(125));
    Receipt failed{.attempt = 1};
    failed.at = t0 + seconds(3);
    EXPECT_EQ(step(got.next, failed, node, failed.at).verdict, Verdict::ignored);
    EXPECT_EQ(step(got.next, delivered, node, failed.at).verdict, Verdict::ignored);
}

TEST(MachineTest, AReceiptAfterTheEndChangesTheEventAlone) {
    Request row = step(started(), PinChecked{true, {}}, node, t0 + seconds(5)).next;
    Receipt failed{.attempt = 1};
    failed.at = t0 + seconds(9);
    const Transition got = step(row, failed, node, failed.at);
    EXPECT_EQ(got.next.status, Status::success);
    EXPECT_EQ(got.next.events.size(), 1U);
    EXPECT_EQ(got.next.events[0].state, EventState::failed);
    EXPECT_FALSE(got.send);
    EXPECT_FALSE(got.next.due);
}

Receipt receipt_of(std::uint8_t attempt, bool delivered, std::uint8_t part = 0, std::uint8_t parts = 1) {
    return {.attempt = attempt,
            .part = part,
            .parts = parts,
            .delivered = delivered,
            .at = t0 + seconds(9),
            .reason = delivered ? "" : "UNDELIV",
            .another_route = true};
}

/// A row whose first event failed on its first route and was accepted by the second.
Request on_its_second_route() {
    Transition got = step(started(), receipt_of(1, false), node, t0 + seconds(9));
    return step(got.next, accepted(*got.send, t0 + seconds(10), "b"), node, t0 + seconds(10)).next;
}

TEST(MachineTest, AFailureOfAnOlderAttemptDoesNotFailTheNewerOne) {
    const Request row = on_its_second_route();
    EXPECT_EQ(step(row, receipt_of(1, false), node, t0 + seconds(11)).verdict, Verdict::ignored);
    EXPECT_EQ(step(row, receipt_of(0, false), node, t0 + seconds(11)).verdict, Verdict::ignored);
    EXPECT_EQ(step(row, receipt_of(3, true), node, t0 + seconds(11)).verdict, Verdict::ignored) << "not made yet";
    EXPECT_EQ(step(row, receipt_of(2, false), node, t0 + seconds(11)).send, (Claim{0, 3}));
}

TEST(MachineTest, ADeliveryOfAnOlderAttemptCountsForTheSubscriberHasThePin) {
    const Request row = on_its_second_route();
    EXPECT_FALSE(row.events[0].ambiguous);
    const Transition got = step(row, receipt_of(1, true), node, t0 + seconds(11));
    EXPECT_EQ(got.next.events[0].state, EventState::delivered);
    EXPECT_TRUE(got.next.events[0].ambiguous) << "the second route may deliver it again";
    EXPECT_EQ(step(got.next, receipt_of(2, false), node, t0 + seconds(12)).verdict, Verdict::ignored);
}

TEST(MachineTest, ADeliveryWhileTheNextAttemptIsOnItsWayDecidesAndThatAttemptIsStillCharged) {
    Transition got = step(started(), receipt_of(1, false), node, t0 + seconds(9));
    const Claim second = *got.send;
    got = step(got.next, receipt_of(1, true), node, t0 + seconds(10));
    EXPECT_EQ(got.next.events[0].state, EventState::delivered);
    EXPECT_EQ(got.next.due, t0 + seconds(125));
    const Outcome late = accepted(second, t0 + seconds(10), "b");
    got = step(got.next, late, node, t0 + seconds(11));
    EXPECT_EQ(got.next.events[0].state, EventState::delivered);
    EXPECT_EQ(got.next.events[0].price, Micros{70'000});
    EXPECT_EQ(step(got.next, late, node, t0 + seconds(11)).verdict, Verdict::ignored) << "once";
}

TEST(MachineTest, EveryAcceptedSubmissionIsCharged) {
    const Event event = on_its_second_route().events[0];
    EXPECT_EQ(event.price, Micros{70'000});
    EXPECT_EQ(event.segments, 2);
    EXPECT_EQ(event.route, "b");
    Transition got = begin(new_row(), node);
    got = step(got.next, other(*got.send, Handover::refused, true), node, t0);
    got = step(got.next, accepted(*got.send, t0, "b"), node, t0);
    EXPECT_EQ(got.next.events[0].price, Micros{35'000});
}

TEST(MachineTest, AClaimThatWasGivenUpIsChargedWhenItsOutcomeComesAfterAll) {
    Transition got = begin(new_row(), node);
    const Claim first = *got.send;
    got = step(got.next, TimerDue{}, node, t0 + seconds(20));
    EXPECT_EQ(got.send, (Claim{0, 2}));
    got = step(got.next, accepted(first, t0), node, t0 + seconds(21));
    EXPECT_EQ(got.next.events[0].state, EventState::sending);
    EXPECT_EQ(got.next.events[0].attempt, 2);
    EXPECT_EQ(got.next.events[0].price, Micros{35'000});
    EXPECT_EQ(step(got.next, accepted(first, t0), node, t0 + seconds(21)).verdict, Verdict::ignored) << "once";
}

TEST(MachineTest, AMessageInSegmentsIsDeliveredWhenAllAre) {
    for (const auto& order : {std::array{0, 1, 2}, std::array{2, 0, 1}}) {
        Request row = started();
        for (const int part : order) {
            EXPECT_EQ(row.events[0].state, EventState::submitted);
            const Receipt receipt = receipt_of(1, true, static_cast<std::uint8_t>(part), 3);
            row = step(row, receipt, node, receipt.at).next;
            EXPECT_EQ(step(row, receipt, node, receipt.at).verdict, Verdict::ignored) << "twice";
        }
        EXPECT_EQ(row.events[0].state, EventState::delivered);
        EXPECT_EQ(row.events[0].receipted, t0 + seconds(9));
    }
}

TEST(MachineTest, SegmentsOfDifferentAttemptsAreNotCountedTogether) {
    Request row = step(started(), receipt_of(1, true, 0, 2), node, t0 + seconds(9)).next;
    Transition got = step(row, receipt_of(1, false, 1, 2), node, t0 + seconds(9));
    got = step(got.next, accepted(*got.send, t0 + seconds(10), "b"), node, t0 + seconds(10));
    got = step(got.next, receipt_of(2, true, 1, 2), node, t0 + seconds(11));
    EXPECT_EQ(got.next.events[0].state, EventState::submitted);
    EXPECT_EQ(step(got.next, receipt_of(2, true, 0, 2), node, t0 + seconds(11)).next.events[0].state,
              EventState::delivered);
    EXPECT_EQ(step(got.next, receipt_of(1, true, 1, 2), node, t0 + seconds(11)).next.events[0].state,
              EventState::delivered)
        << "the peer took its failure back";
}

TEST(MachineTest, AMessageInSegmentsFailsWhenOneDoes) {
    const Request row = step(started(), receipt_of(1, true, 0, 2), node, t0 + seconds(9)).next;
    EXPECT_EQ(step(row, receipt_of(1, false, 1, 2), node, t0 + seconds(9)).send, (Claim{0, 2}));
}

TEST(MachineTest, ALostSenderIsFollowedOnceMoreAndFlagged) {
    Transition got = begin(new_row(), node);
    got = step(got.next, SenderLost{0}, node, t0 + seconds(4));
    EXPECT_EQ(got.send, (Claim{0, 2}));
    EXPECT_TRUE(got.next.events[0].ambiguous);
    got = step(got.next, SenderLost{0}, node, t0 + seconds(5));
    got = step(got.next, SenderLost{0}, node, t0 + seconds(6));
    EXPECT_FALSE(got.send);
    EXPECT_EQ(got.next.events[0].state, EventState::submitted);
    EXPECT_EQ(got.next.due, t0 + seconds(125));
}

TEST(MachineTest, ALostCallIsNotRepeatedWithinHalfAMinute) {
    Transition got = begin(new_row(make_plan(7, {}, {})), node);
    got = step(got.next, SenderLost{0}, node, t0 + seconds(4));
    EXPECT_FALSE(got.send);
    EXPECT_EQ(got.next.due, t0 + seconds(30));
    got = step(got.next, TimerDue{}, node, t0 + seconds(30));
    EXPECT_EQ(got.send, (Claim{0, 2}));
}

TEST(MachineTest, ALeaseThatRanOutIsALostSender) {
    const Transition got = step(begin(new_row(), node).next, TimerDue{}, node, t0 + lease_of(Channel::sms));
    EXPECT_EQ(got.send, (Claim{0, 2}));
    EXPECT_TRUE(got.next.events[0].ambiguous);
}

TEST(MachineTest, WhatComesFromABackupEndsAsExpiredAndSendsNothing) {
    const Transition got = step(begin(new_row(), node).next, Restored{}, node, t0 + seconds(1));
    EXPECT_EQ(got.next.status, Status::expired);
    EXPECT_EQ(got.next.finalized, t0 + seconds(1));
    EXPECT_FALSE(got.send);
    EXPECT_FALSE(got.next.due);
    EXPECT_EQ(got.next.events[0].state, EventState::submitted);
    EXPECT_EQ(got.next.events[0].reason, "outcome unknown");
    EXPECT_TRUE(got.next.events[0].ambiguous);
    EXPECT_EQ(step(got.next, Restored{}, node, t0 + seconds(2)).verdict, Verdict::ignored) << "it has ended";
}

TEST(MachineTest, ADeadPinIsNotSentAgain) {
    Transition got = begin(new_row(make_plan(1, seconds(60), {})), node);
    got = step(got.next, SenderLost{0}, node, t0 + seconds(60));
    EXPECT_FALSE(got.send);
    EXPECT_EQ(got.next.events[0].state, EventState::submitted);
}

TEST(MachineTest, AfterDowntimeOnlyTheNextEventRunsAndLaterWaitsCountFromIt) {
    Transition got = step(started(), TimerDue{}, node, t0 + seconds(400));
    ASSERT_EQ(got.send, (Claim{1, 1}));
    EXPECT_EQ(got.next.generation, 1);
    got = step(got.next, accepted(*got.send, t0 + seconds(400)), node, t0 + seconds(400));
    EXPECT_EQ(got.next.due, t0 + seconds(580));
}

TEST(MachineTest, ARequestWhosePlannedEndHasPassedExpiresWithoutAMessage) {
    const Request row = started();
    EXPECT_EQ(planned_end(row), t0 + seconds(605));
    const Transition got = step(row, TimerDue{}, node, t0 + seconds(605));
    EXPECT_EQ(got.next.status, Status::expired);
    EXPECT_EQ(got.next.events.size(), 1U);
    EXPECT_FALSE(got.send);
    EXPECT_EQ(step(row, PinChecked{true, {}}, node, t0 + seconds(605)).verdict, Verdict::gone);
}

}  // namespace
}  // namespace roger::verification
