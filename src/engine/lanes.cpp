#include "engine/lanes.hpp"

#include <algorithm>
#include <iterator>

namespace roger::engine {
namespace {

constexpr std::size_t starts_min = Lanes::batch_max / 4;

/// What a client or a peer sends can be sent again; what the house itself reports cannot.
bool may_be_refused(const Command& command) {
    return std::holds_alternative<Start>(command) || std::holds_alternative<Check>(command) ||
           std::holds_alternative<Control>(command) || std::holds_alternative<PeerReceipt>(command);
}

}  // namespace

bool Lanes::push(Command& command, SteadyTime now) {
    {
        const std::lock_guard lock(mutex_);
        auto& lane = std::holds_alternative<Start>(command) ? starts_ : control_;
        if (may_be_refused(command) && lane.size() >= lane_max) return false;
        lane.push_back(Waiting{std::move(command), now});
    }
    ready_.notify_one();
    return true;
}

void Lanes::put_back(std::vector<Waiting> commands) {
    const std::lock_guard lock(mutex_);
    control_.insert(control_.begin(), std::make_move_iterator(commands.begin()),
                    std::make_move_iterator(commands.end()));
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
    return batch;
}

void Lanes::wait(std::optional<SteadyTime> deadline) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return woken_ || !control_.empty() || !starts_.empty(); };
    if (deadline) {
        ready_.wait_until(lock, *deadline, ready);
    } else {
        ready_.wait(lock, ready);
    }
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
