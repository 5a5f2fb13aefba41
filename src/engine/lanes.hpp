// Where commands wait for the commit thread. Two bounded lanes, so that a flood of starts cannot hold up the checks of
// those who already have their PIN. Thread-safe.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "engine/command.hpp"

namespace roger::engine {

struct Waiting {
    Command command;
    SteadyTime since;
};

class Lanes {
public:
    static constexpr std::size_t batch_max = 512;  ///< bounds how long a batch keeps its clients waiting
    static constexpr std::size_t lane_max =
        4096;  ///< about 0.3 s of work at 12 000 commands/s: longer waits are refused anyway

    /// @return false, with the command untouched, when its lane is full. Reports, ticks and settings always find room
    [[nodiscard]] bool push(Command& command, SteadyTime now);
    /// Puts commands back at the front of the first lane, in order: their batch could not be saved.
    void put_back(std::vector<Waiting> commands);
    /// At most batch_max: the first lane first, but at least a quarter of starts when they wait.
    [[nodiscard]] std::vector<Waiting> take();
    /// Blocks until something waits, wake() is called, or the deadline has come (nullopt: none).
    void wait(std::optional<SteadyTime> deadline);
    void wake();

    struct Depth {
        std::size_t control = 0;
        std::size_t starts = 0;
    };
    [[nodiscard]] Depth depth() const;

private:
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<Waiting> control_;  ///< everything but starts
    std::deque<Waiting> starts_;
    bool woken_ = false;
};

}  // namespace roger::engine
