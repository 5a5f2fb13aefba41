#include "store/start_times.hpp"

#include <algorithm>
#include <charconv>

#include "guard/guard.hpp"

namespace roger::store {

std::uint64_t StartTimes::key_of(std::string_view number) noexcept {
    constexpr std::uint64_t no_number = 1ULL << 63U;
    std::uint64_t digits = 0;
    const auto [end, ec] = std::from_chars(number.data(), number.data() + number.size(), digits);
    if (ec == std::errc{} && end == number.data() + number.size() && number.size() <= 15) return digits;
    return std::hash<std::string_view>{}(number) | no_number;
}

void StartTimes::add(std::uint64_t number, TimePoint at) {
    while (!starts_.empty() && (starts_.front().at <= at - guard::starts_kept || starts_.size() >= kept_max)) {
        forget_oldest();
    }
    std::uint64_t& newest = newest_[number];
    starts_.push_back({number, at, newest >= first_ ? newest : 0});
    newest = first_ + starts_.size() - 1;
    if (starts_.back().previous != 0) note_blocked(number, at);
}

void StartTimes::forget_oldest() {
    const auto newest = newest_.find(starts_.front().number);
    if (newest->second == first_) newest_.erase(newest);
    starts_.pop_front();
    ++first_;
}

std::vector<TimePoint> StartTimes::of(std::string_view number) const { return times_of(key_of(number)); }

std::vector<TimePoint> StartTimes::times_of(std::uint64_t number) const {
    std::vector<TimePoint> times;
    const auto newest = newest_.find(number);
    if (newest == newest_.end()) return times;
    for (std::uint64_t at = newest->second; at >= first_ && times.size() < guard::starts_max;) {
        const Start& start = starts_[at - first_];
        times.push_back(start.at);
        at = start.previous;
    }
    std::ranges::sort(times);
    return times;
}

void StartTimes::note_blocked(std::uint64_t number, TimePoint at) {
    const auto refused = guard::judge_windows(times_of(number), at);
    if (!refused || *refused->until - at <= guard::start_windows.front().within) return;
    if (blocked_.size() % 1024 == 1023) std::erase_if(blocked_, [at](const auto& one) { return one.second <= at; });
    blocked_[number] = *refused->until;
}

std::vector<std::string> StartTimes::blocked(TimePoint now) const {
    std::vector<std::string> numbers;
    for (const auto& [number, until] : blocked_) {
        if (until > now) numbers.push_back(std::to_string(number));
    }
    return numbers;
}

}  // namespace roger::store
