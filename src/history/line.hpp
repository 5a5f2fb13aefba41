// What the index keeps of one request: enough to find it and to count it, and no number.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "verification/request.hpp"

namespace roger::history {

/// Of one event.
struct EventLine {
    message::Channel channel = message::Channel::sms;
    verification::EventState state = verification::EventState::sending;
    bool handed_over = false;
    std::string route;

    friend bool operator==(const EventLine&, const EventLine&) = default;
};

struct Line {
    std::string account;
    std::string country;
    std::string network;
    verification::Status status = verification::Status::in_progress;
    TimePoint submitted{};
    std::optional<milliseconds> time_to_verify;  ///< of a success
    bool checked = false;                        ///< at least one code was tried
    bool blank = false;                          ///< the row has no number any more
    std::vector<EventLine> events;

    friend bool operator==(const Line&, const Line&) = default;
    [[nodiscard]] std::string route() const { return events.empty() ? std::string() : events.back().route; }
};

[[nodiscard]] Line line_of(const verification::Request& row);
/// The events as the index keeps them: three letters and the route of each, with line feeds between.
[[nodiscard]] std::string encode_events(const std::vector<EventLine>& events);
/// Safe for any text. What cannot be read is left out.
[[nodiscard]] std::vector<EventLine> decode_events(std::string_view text);

/// What is counted, by hour. Upper edges of the buckets of the time to verify, in seconds; the last has none.
constexpr std::array<int, 15> bucket_seconds = {2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800};
struct Counts {
    std::int64_t started = 0;
    std::int64_t handed_over = 0;
    std::int64_t delivered = 0;
    std::int64_t checked = 0;
    std::int64_t converted = 0;
    std::int64_t failed = 0;
    std::int64_t expired = 0;
    std::int64_t cancelled = 0;
    std::array<std::int64_t, bucket_seconds.size() + 1> buckets{};

    static constexpr std::size_t size = 8 + bucket_seconds.size() + 1;
    /// All of them in this order: as columns of a table.
    [[nodiscard]] std::array<std::int64_t, size> all() const;
    [[nodiscard]] static Counts from(const std::array<std::int64_t, size>& all);
    /// The upper edge of the bucket that the share falls in, in seconds; nullopt when nothing was counted. The last
    /// bucket says the edge of the one before.
    [[nodiscard]] std::optional<double> percentile(double share) const;

    void add(const Counts& other, std::int64_t times = 1);
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// Where a line is counted. Of requests channel and route are "".
struct Place {
    std::int64_t hour = 0;  ///< since 1970
    std::string account;
    std::string country;
    std::string network;
    std::string channel;
    std::string route;
    friend auto operator<=>(const Place&, const Place&) = default;
};
using Ledger = std::map<Place, Counts>;

/// Counts a line, the request and each of its events; `times` -1 takes it back.
void count(const Line& line, std::int64_t times, Ledger& requests, Ledger& events);

}  // namespace roger::history
