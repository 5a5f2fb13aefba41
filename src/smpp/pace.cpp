#include "smpp/pace.hpp"

#include <algorithm>

namespace roger::smpp {
namespace {

constexpr double recovery_seconds = 20;
constexpr double rate_floor = 1;
constexpr milliseconds burst{100};

}  // namespace

SteadyTime Pace::ready_at() const noexcept { return std::max(paused_until_, earliest_ - burst); }

void Pace::take(SteadyTime now) noexcept {
    if (full_ == 0) return;
    if (rate_ < full_) {
        const std::chrono::duration<double> passed = now - grown_at_;
        rate_ = std::min(full_, rate_ + full_ / recovery_seconds * passed.count());
        grown_at_ = now;
    }
    const auto interval = std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(1 / rate_));
    earliest_ = std::max(earliest_, now) + interval;
}

void Pace::throttled(SteadyTime now) noexcept {
    if (now < paused_until_) return;
    pause_ = pause_ == milliseconds(0) ? pauses_.min : std::min(pauses_.max, pause_ * 2);
    paused_until_ = now + pause_;
    if (full_ == 0) return;
    rate_ = std::max(rate_floor, rate_ / 2);
    grown_at_ = paused_until_;
}

}  // namespace roger::smpp
