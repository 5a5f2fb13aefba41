#include "history/line.hpp"

#include <algorithm>
#include <cmath>

namespace roger::history {
namespace {

using verification::EventState;
using verification::Status;

constexpr std::string_view channel_letters = "st";
constexpr std::string_view state_letters = "sudf";

std::size_t bucket_of(milliseconds time) {
    const auto at = std::ranges::find_if(bucket_seconds, [time](int edge) { return time <= seconds(edge); });
    return static_cast<std::size_t>(at - bucket_seconds.begin());
}

}  // namespace

Line line_of(const verification::Request& row) {
    Line line{.account = row.account,
              .country = row.country,
              .network = row.network,
              .status = row.status,
              .submitted = row.submitted,
              .checked = !row.checks.empty(),
              .blank = row.number.empty()};
    if (row.status == Status::success && row.finalized) line.time_to_verify = *row.finalized - row.submitted;
    for (const verification::Event& event : row.events) {
        line.events.push_back({event.channel, event.state, event.handed_over.has_value(), event.route});
    }
    return line;
}

std::string encode_events(const std::vector<EventLine>& events) {
    std::string text;
    for (const EventLine& event : events) {
        if (!text.empty()) text += '\n';
        text += channel_letters[static_cast<std::size_t>(event.channel)];
        text += state_letters[static_cast<std::size_t>(event.state)];
        text += event.handed_over ? 'h' : '-';
        text += event.route;
    }
    return text;
}

std::vector<EventLine> decode_events(std::string_view text) {
    std::vector<EventLine> events;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        if (one.size() < 3) continue;
        const std::size_t channel = channel_letters.find(one[0]);
        const std::size_t state = state_letters.find(one[1]);
        if (channel == std::string_view::npos || state == std::string_view::npos) continue;
        events.push_back({static_cast<message::Channel>(channel), static_cast<EventState>(state), one[2] == 'h',
                          std::string(one.substr(3))});
    }
    return events;
}

std::array<std::int64_t, Counts::size> Counts::all() const {
    std::array<std::int64_t, size> values{started,   handed_over, delivered, checked,
                                          converted, failed,      expired,   cancelled};
    std::ranges::copy(buckets, values.begin() + 8);
    return values;
}

Counts Counts::from(const std::array<std::int64_t, size>& all) {
    Counts counts{all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], {}};
    std::copy(all.begin() + 8, all.end(), counts.buckets.begin());
    return counts;
}

std::optional<double> Counts::percentile(double share) const {
    std::int64_t sum = 0;
    for (const std::int64_t bucket : buckets) sum += bucket;
    if (sum <= 0) return std::nullopt;
    const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(sum)));
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < bucket_seconds.size(); ++i) {
        seen += buckets[i];
        if (seen >= wanted) return bucket_seconds[i];
    }
    return bucket_seconds.back();
}

void Counts::add(const Counts& other, std::int64_t times) {
    auto mine = all();
    const auto others = other.all();
    for (std::size_t i = 0; i < size; ++i) mine[i] += times * others[i];
    *this = from(mine);
}

void count(const Line& line, std::int64_t times, Ledger& requests, Ledger& events) {
    Place place{.hour = std::chrono::floor<std::chrono::hours>(line.submitted.time_since_epoch()).count(),
                .account = line.account,
                .country = line.country,
                .network = line.network};
    Counts whole{.started = 1};
    whole.checked = line.checked ? 1 : 0;
    whole.converted = line.status == Status::success ? 1 : 0;
    whole.failed = line.status == Status::failed ? 1 : 0;
    whole.expired = line.status == Status::expired ? 1 : 0;
    whole.cancelled = line.status == Status::cancelled ? 1 : 0;
    if (line.time_to_verify) whole.buckets[bucket_of(*line.time_to_verify)] = 1;
    whole.handed_over = std::ranges::any_of(line.events, &EventLine::handed_over) ? 1 : 0;
    const auto delivered = [](const EventLine& event) { return event.state == EventState::delivered; };
    whole.delivered = std::ranges::any_of(line.events, delivered) ? 1 : 0;
    requests[place].add(whole, times);
    for (std::size_t i = 0; i < line.events.size(); ++i) {
        const EventLine& event = line.events[i];
        const bool last = i + 1 == line.events.size();
        Counts one{.started = 1};
        one.handed_over = event.handed_over ? 1 : 0;
        one.delivered = delivered(event) ? 1 : 0;
        one.failed = event.state == EventState::failed ? 1 : 0;
        if (last) {
            one.converted = whole.converted;
            one.buckets = whole.buckets;
        }
        place.channel = message::to_string(event.channel);
        place.route = event.route;
        events[place].add(one, times);
    }
}

}  // namespace roger::history
