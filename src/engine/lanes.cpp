#include "engine/lanes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace roger::engine {
namespace {

constexpr std::size_t starts_min = Lanes::batch_max / 4;
/// What a batch still counts for after the next. Batches take turns between starts and reports, so a few must count.
constexpr double kept_of_older = 0.8;

/// What a client or a peer sends can be sent again; what the house itself reports cannot.
bool may_be_refused(const Command& command) {
    return std::holds_alternative<Start>(command) || std::holds_alternative<Check>(command) ||
           std::holds_alternative<Control>(command) || std::holds_alternative<PeerReceipt>(command);
}

bool is_urgent(const Command& command) { return !std::holds_alternative<Report>(command); }

}  // namespace

Lanes::Pushed Lanes::push(std::unique_ptr<Command>& command, SteadyTime now) {
    const bool urgent = is_urgent(*command);
    bool nap_is_shorter = false;
    bool sleeps = false;
    {
        const std::lock_guard lock(mutex_);
        const bool start = std::holds_alternative<Start>(*command);
        auto& lane = start ? starts_ : control_;
        if (may_be_refused(*command) && lane.size() >= (start ? starts_max_ : lane_max)) return Pushed::full;
        lane.push_back(Waiting{std::move(command), now});
        if (urgent) {
            ++urgent_;
            sleeps = std::exchange(asleep_, false);
        } else if (!patience_) {
            patience_ = now + report_patience;
            nap_is_shorter = asleep_;
        }
    }
    if (nap_is_shorter) ready_.notify_one();
    return sleeps ? Pushed::asleep : Pushed::waiting;
}

bool Lanes::starts_full() const {
    const std::lock_guard lock(mutex_);
    return starts_.size() >= starts_max_;
}

void Lanes::committed(std::size_t commands, std::size_t starts, SteadyTime::duration took) {
    if (commands < batch_max || starts < starts_min) return;
    const std::lock_guard lock(mutex_);
    recent_starts_ = recent_starts_ * kept_of_older + static_cast<double>(starts);
    recent_time_ = recent_time_ * kept_of_older + took;
    const double in_time = recent_starts_ * (std::chrono::duration<double>(starts_wait_aim) / recent_time_);
    starts_max_ =
        static_cast<std::size_t>(std::clamp(in_time, static_cast<double>(batch_max), static_cast<double>(lane_max)));
}

std::vector<Waiting> Lanes::take() {
    const std::lock_guard lock(mutex_);
    const std::size_t reserved = std::min(starts_.size(), starts_min);
    const std::size_t control = std::min(control_.size(), batch_max - reserved);
    const std::size_t starts = std::min(starts_.size(), batch_max - control);
    std::vector<Waiting> batch;
    batch.reserve(control + starts);
    const auto move_from = [&batch](std::deque<Waiting>& lane, std::size_t count) {
        const auto end = lane.begin() + static_cast<std::ptrdiff_t>(count);
        std::move(lane.begin(), end, std::back_inserter(batch));
        lane.erase(lane.begin(), end);
    };
    move_from(control_, control);
    move_from(starts_, starts);
    urgent_ -= static_cast<std::size_t>(
        std::ranges::count_if(batch, [](const Waiting& one) { return is_urgent(*one.command); }));
    if (control_.size() + starts_.size() == urgent_) patience_.reset();
    return batch;
}

void Lanes::wait(std::optional<SteadyTime> deadline) {
    std::unique_lock lock(mutex_);
    asleep_ = true;
    while (!woken_ && urgent_ == 0) {
        const auto until = !deadline || (patience_ && *patience_ < *deadline) ? patience_ : deadline;
        if (!until) {
            ready_.wait(lock);
        } else if (ready_.wait_until(lock, *until) == std::cv_status::timeout) {
            break;
        }
    }
    asleep_ = false;
    woken_ = false;
}

void Lanes::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    ready_.notify_one();
}

Lanes::Depth Lanes::depth() const {
    const std::lock_guard lock(mutex_);
    return {control_.size(), starts_.size()};
}

}  // namespace roger::engine
