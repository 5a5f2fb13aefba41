// A store that fails as the run's weather wants: unavailable for a while, or a COMMIT that nobody knows the end of.
#pragma once
#include "store/memory.hpp"
#include "tests/sim/basics.hpp"

namespace roger::sim {

class FaultyStore final : public store::Store {
public:
    struct Parts {
        std::shared_ptr<store::MemoryDisk> disk;
        Dice& dice;
        const SimClock& clock;
        Trace& trace;
        const Weather& weather;
        std::function<void(milliseconds)> on_down;  ///< from now on it cannot be written for so long
        std::function<void()> on_refused;           ///< nothing was done; the engine tries again in a second
    };
    explicit FaultyStore(Parts parts) : parts_(std::move(parts)), store_(store::make_memory_store(parts_.disk)) {}

    Result<void> transact(const store::Wanted& wanted,
                          FunctionRef<store::Changes(const store::Loaded&)> decide) override {
        store::set_fault(*parts_.disk, next_fault());
        auto result = store_->transact(wanted, decide);
        store::set_fault(*parts_.disk, store::MemoryFault::none);
        parts_.trace("commit: {}", result ? "ok" : result.error().code == Errc::timed_out ? "in doubt" : "refused");
        if (!result) parts_.on_refused();
        return result;
    }
    Result<store::Page> page(const store::Query& query) const override { return store_->page(query); }
    Result<std::vector<store::AuditEntry>> audit(const store::AuditQuery& query) const override {
        return store_->audit(query);
    }
    std::optional<TimePoint> next_due() const override { return store_->next_due(); }
    std::size_t live() const override { return store_->live(); }
    const store::Opened& opened() const override { return store_->opened(); }

private:
    store::MemoryFault next_fault() {
        if (parts_.clock.steady_now() < down_until_) return store::MemoryFault::unavailable;
        if (parts_.dice.chance(parts_.weather.store_down)) {
            const auto down = parts_.dice.between(milliseconds(1), seconds(40));
            down_until_ = parts_.clock.steady_now() + down;
            parts_.on_down(down);
            return store::MemoryFault::unavailable;
        }
        if (!parts_.dice.chance(parts_.weather.in_doubt)) return store::MemoryFault::none;
        return parts_.dice.chance(500) ? store::MemoryFault::timed_out_kept : store::MemoryFault::timed_out_lost;
    }

    Parts parts_;
    std::unique_ptr<store::Store> store_;
    SteadyTime down_until_{};
};

}  // namespace roger::sim
