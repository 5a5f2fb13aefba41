// Rows and outcomes for the tests of the machine.
#pragma once
#include "verification/machine.hpp"

namespace roger::verification::machine_fixture {

inline constexpr TimePoint t0{seconds(1'800'000'000)};
inline constexpr std::uint16_t node = 3;

inline Request new_row(Plan plan = make_plan(1, {}, {})) {
    Request row;
    row.key = RowKey{1};
    row.account = "acme";
    row.number = "447700900123";
    row.plan = plan;
    row.submitted = t0;
    return row;
}

inline Outcome accepted(const Claim& claim, TimePoint at, const char* route = "a") {
    Outcome outcome;
    outcome.event = claim.event;
    outcome.attempt = claim.attempt;
    outcome.handover = Handover::accepted;
    outcome.at = at;
    outcome.route = route;
    outcome.segments = 1;
    outcome.price = Micros{35'000};
    return outcome;
}

inline Outcome other(const Claim& claim, Handover handover, bool another_route, const char* route = "a") {
    Outcome outcome = accepted(claim, t0, route);
    outcome.handover = handover;
    outcome.another_route = another_route;
    outcome.price = Micros{0};
    outcome.reason = "no";
    return outcome;
}

/// A row whose first event was accepted at t0.
inline Request started(Plan plan = make_plan(1, {}, {})) {
    Transition got = begin(new_row(plan), node);
    return step(got.next, accepted(*got.send, t0), node, t0).next;
}

}  // namespace roger::verification::machine_fixture
