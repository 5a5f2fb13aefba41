// Random lives of a request: whatever comes in whatever order, some things never happen.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "verification/machine.hpp"

namespace roger::verification {
namespace {

constexpr TimePoint t0{seconds(1'800'000'000)};
constexpr std::uint16_t node = 1;

Request random_row() {
    const auto between = [](int low, int high) { return *rc::gen::inRange(low, high + 1); };
    const auto maybe = [&](int low, int high) {
        return between(0, 1) == 0 ? std::optional<seconds>{} : std::optional<seconds>{seconds(between(low, high))};
    };
    Request row;
    row.key = RowKey{1};
    row.submitted = t0;
    const auto expiry = maybe(60, 3600);
    row.plan = make_plan(static_cast<std::uint8_t>(between(1, 7)), expiry, maybe(60, 900));
    row.caller_pin = between(0, 1) == 1;
    return row;
}

Input random_input(const Request& row, TimePoint now) {
    const auto event = static_cast<std::size_t>(*rc::gen::inRange(0, 4));
    const auto attempt = static_cast<std::uint8_t>(*rc::gen::inRange(1, 4));
    const bool flag = *rc::gen::arbitrary<bool>();
    const bool other = *rc::gen::arbitrary<bool>();
    switch (*rc::gen::inRange(0, 10)) {
        case 0: return TriggerNext{};
        case 1: return Cancel{flag};
        case 2: return SenderLost{event};
        case 3: return PinChecked{*rc::gen::inRange(0, 8) == 0, {}};
        case 4:
            return Receipt{.event = event,
                           .attempt = attempt,
                           .part = static_cast<std::uint8_t>(*rc::gen::inRange(0, 4)),
                           .parts = static_cast<std::uint8_t>(*rc::gen::inRange(1, 4)),
                           .delivered = flag,
                           .at = now,
                           .reason = "x",
                           .another_route = other};
        case 5:
        case 6:
        case 7: {
            // Mostly outcomes of the claim that really is out, for else nothing ever moves.
            Outcome outcome;
            outcome.event = flag && !row.events.empty() ? row.events.size() - 1 : event;
            outcome.attempt = outcome.event < row.events.size() && flag ? row.events[outcome.event].attempt : attempt;
            outcome.handover = static_cast<Handover>(*rc::gen::inRange(0, 4));
            outcome.at = now;
            outcome.route = "r";
            outcome.another_route = other;
            return outcome;
        }
        default: return TimerDue{};
    }
}

/// Only delivery fields of its events may change once a request has ended.
void expect_frozen(const Request& before, const Request& after) {
    Request a = before;
    Request b = after;
    RC_ASSERT(a.events.size() == b.events.size());
    a.events.clear();
    b.events.clear();
    RC_ASSERT(a == b);
}

RC_GTEST_PROP(MachineProperty, WhateverComesTheRulesHold, ()) {
    Transition got = begin(random_row(), node);
    TimePoint now = t0;
    int rights = 0;
    std::map<int, int> wrong_per_pin;
    std::map<std::size_t, int> handovers;
    ++handovers[got.send->event];
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
        const Request before = got.next;
        if (before.due && *rc::gen::inRange(0, 3) == 0) {
            now = std::max(now, *before.due);
        } else {
            now += seconds(*rc::gen::inRange(0, 90));
        }
        const Input input = random_input(before, now);
        got = step(before, input, node, now);
        const Request& after = got.next;

        if (before.status != Status::in_progress) {  // I7, I6: ended is ended, and nothing more goes out
            expect_frozen(before, after);
            RC_ASSERT(!got.send);
        }
        if (got.send) {  // I6, I5: claims only of live requests, each with its own attempt, and bounded
            RC_ASSERT(after.status == Status::in_progress);
            const Event& event = after.events[got.send->event];
            RC_ASSERT(event.state == EventState::sending && event.attempt == got.send->attempt);
            RC_ASSERT(now < pin_dead_at(after));
            RC_ASSERT(++handovers[got.send->event] <= attempts_max(event.channel));
        }
        if (std::holds_alternative<PinChecked>(input) && got.verdict != Verdict::gone) {
            const bool right = got.verdict == Verdict::right;
            rights += right ? 1 : 0;
            if (right) RC_ASSERT(now < pin_dead_at(before) && std::get<PinChecked>(input).right);  // I2
            if (!right) RC_ASSERT(++wrong_per_pin[before.generation] <= wrong_checks_max);         // I3
        }
        RC_ASSERT(rights <= 1);
        RC_ASSERT(after.checks.size() <= 8U);
        RC_ASSERT(after.events.size() <= channels(after.plan).size());
        RC_ASSERT(after.events.size() >= before.events.size());
        RC_ASSERT((after.status == Status::in_progress) == after.due.has_value());
        RC_ASSERT((after.status == Status::in_progress) != after.finalized.has_value());
        if (got.verdict == Verdict::ignored || got.verdict == Verdict::gone) RC_ASSERT(after == before);
    }
}

RC_GTEST_PROP(MachineProperty, EveryRequestEndsByItsTimersAlone, ()) {
    Transition got = begin(random_row(), node);
    TimePoint now = t0;
    int looks = 0;
    while (got.next.status == Status::in_progress) {
        RC_ASSERT(got.next.due.has_value());
        now = std::max(now, *got.next.due);
        const Request before = got.next;
        got = step(before, TimerDue{}, node, now);
        RC_ASSERT(got.next != before);  // a timer that changes nothing would spin
        RC_ASSERT(++looks < 40);
    }
    RC_ASSERT(got.next.status == Status::expired);
}

RC_GTEST_PROP(MachineProperty, RepeatingAnInputAtOnceChangesNothingMore, ()) {
    Transition got = begin(random_row(), node);
    Outcome outcome;
    outcome.attempt = 1;
    outcome.handover = static_cast<Handover>(*rc::gen::inRange(0, 4));
    outcome.at = t0;
    outcome.route = "r";
    outcome.another_route = *rc::gen::arbitrary<bool>();
    const Transition once = step(got.next, outcome, node, t0);
    const Transition twice = step(once.next, outcome, node, t0);
    RC_ASSERT(twice.verdict == Verdict::ignored);
    RC_ASSERT(twice.next == once.next);
}

}  // namespace
}  // namespace roger::verification
