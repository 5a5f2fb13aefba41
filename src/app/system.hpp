// The real world: clocks, randomness and what the system allows. Nothing outside app/ knows these.
#pragma once
#include <atomic>

#include "base/random.hpp"
#include "base/time.hpp"

namespace roger::app {

/// Service time runs with the steady clock from the wall time at start, so that a step of the wall clock moves no
/// timer; the sandbox moves it forward, or holds it still while it goes from one due time to the next.
class SystemClock final : public Clock {
public:
    SystemClock();
    [[nodiscard]] TimePoint service_now() const override;
    [[nodiscard]] TimePoint wall_now() const override;
    [[nodiscard]] SteadyTime steady_now() const override;

    /// What must be added to wall time to get `time` now: stored, so that service time never goes back over a restart.
    [[nodiscard]] milliseconds offset_for(TimePoint time) const;
    void set_offset(milliseconds offset);
    /// Holds service time at a point until set_offset().
    void freeze(TimePoint time);

private:
    TimePoint anchor_wall_;
    SteadyTime anchor_steady_;
    std::atomic<std::int64_t> offset_ms_ = 0;
    std::atomic<std::int64_t> frozen_ms_ = 0;  ///< 0: runs
};

/// The kernel's generator, drawn in blocks: a call for 8 bytes would cost a system call.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

/// Lets the process have as many files and connections as its user may: the usual soft limit, 1024, is far below what
/// the server takes (http::Limits::connections_max). @return how many that is
std::uint64_t raise_descriptor_limit();

}  // namespace roger::app
