// Clock and randomness that a test holds in its hand.
#pragma once
#include <atomic>
#include <random>

#include "base/random.hpp"
#include "base/time.hpp"

namespace roger::testing_support {

/// Stands still until it is moved. Safe to read from other threads.
class FakeClock final : public Clock {
public:
    explicit FakeClock(TimePoint now = TimePoint{seconds(1'800'000'000)}) : now_(now.time_since_epoch().count()) {}
    void advance(milliseconds by) { now_ += by.count(); }
    /// A sandbox is moved on: steady time does not follow.
    void skip(milliseconds by) { ahead_ += by.count(); }
    void set(TimePoint now) { now_ = now.time_since_epoch().count(); }
    [[nodiscard]] TimePoint service_now() const override {
        return TimePoint{milliseconds(now_.load() + ahead_.load())};
    }
    [[nodiscard]] TimePoint wall_now() const override { return TimePoint{milliseconds(now_.load())}; }
    [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{milliseconds(now_.load())}; }

private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> ahead_{0};
};

/// Repeats itself from its seed.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(std::span<std::byte> out) override {
        for (std::byte& byte : out) byte = static_cast<std::byte>(engine_() & 0xffU);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace roger::testing_support
