// Rows as a day's traffic leaves them, for benchmarks.
#pragma once
#include <string>

#include "verification/request.hpp"

namespace roger::bench {

/// Delivered to the handset, not checked yet.
inline verification::Request live_row(verification::RowKey key, std::string number, TimePoint submitted) {
    verification::Request row;
    row.key = key;
    row.random = static_cast<std::uint64_t>(key.value) * 0x9e3779b97f4a7c15ULL;
    row.account = "bench";
    row.number = std::move(number);
    row.country = "GB";
    row.number_type = numbering::NumberType::mobile;
    row.brand = "Acme";
    row.locale = "en-gb";
    row.kid = 1;
    row.plan = verification::make_plan(1, std::nullopt, std::nullopt);
    row.submitted = row.pin_made = submitted;
    row.due = submitted + seconds(125);
    verification::Event event;
    event.state = verification::EventState::delivered;
    event.pin_minutes = 5;
    event.begun = event.claimed = submitted;
    event.lease_until = submitted + seconds(10);
    event.handed_over = submitted + milliseconds(2);
    event.receipted = submitted + milliseconds(3);
    event.segments = 1;
    event.route = "handset";
    event.peer_ids = {"5f3a9c01"};
    row.events.push_back(std::move(event));
    return row;
}

/// The same, checked right.
inline verification::Request ended_row(verification::RowKey key, std::string number, TimePoint submitted) {
    verification::Request row = live_row(key, std::move(number), submitted);
    row.checks.push_back({.at = submitted + seconds(20), .sealed_code = Bytes(44), .valid = true});
    row.status = verification::Status::success;
    row.finalized = submitted + seconds(20);
    row.due.reset();
    return row;
}

}  // namespace roger::bench
