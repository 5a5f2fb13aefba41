// Where commands wait for the commit thread. Two bounded lanes, so that a flood of starts cannot hold up the checks of
// those who already have their PIN. Thread-safe.
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "engine/command.hpp"

namespace roger::engine {

/// On its way from lane to batch to answer a command stays where it is: a start is a kilobyte to move.
struct Waiting {
    std::unique_ptr<Command> command;
    SteadyTime since;
};

class Lanes {
public:
    static constexpr std::size_t batch_max = 512;  ///< bounds how long a batch keeps its clients waiting
    static constexpr std::size_t lane_max =
        4096;  ///< about 0.3 s of work at 12 000 commands/s: longer waits are refused anyway
    /// So many starts are let in as the store committed in this time, when last it had more to do than it could: a
    /// longer queue would not make it faster, only its clients older. Between batch_max and lane_max.
    static constexpr milliseconds starts_wait_aim{250};
    /// Nobody waits for a report. Under load the check of the same request comes within this time, and both are one
    /// change of one row.
    static constexpr milliseconds report_patience{2};

    enum class Pushed : std::uint8_t {
        full,     ///< come again later. Reports, ticks and settings always find room
        waiting,  ///< it is seen to without the caller
        asleep,   ///< it is seen to when the caller calls wake(), once: after all else that it has to push
    };
    /// @param command  not null; taken, unless its lane is full
    [[nodiscard]] Pushed push(std::unique_ptr<Command>& command, SteadyTime now);
    /// Whether push() would refuse a start: asked before one is read, so that a refusal costs little.
    [[nodiscard]] bool starts_full() const;
    /// How long a batch took. Only a full one with its quarter of starts says how many the store can do.
    void committed(std::size_t commands, std::size_t starts, SteadyTime::duration took);
    /// At most batch_max: the first lane first, but at least a quarter of starts when they wait.
    [[nodiscard]] std::vector<Waiting> take();
    /// Blocks until something waits (reports: for long enough), wake() is called, or the deadline has come (nullopt:
    /// none).
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
    std::size_t starts_max_ = lane_max;
    double recent_starts_ = 0;  ///< committed in full batches, the older the less
    std::chrono::duration<double> recent_time_{};
    std::size_t urgent_ = 0;              ///< in both lanes: all but reports
    std::optional<SteadyTime> patience_;  ///< until when the reports in the lanes may wait
    bool asleep_ = false;                 ///< and nobody has promised to call wake()
    bool woken_ = false;
};

}  // namespace roger::engine
