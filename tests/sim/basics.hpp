// What a simulated run is made of: dice, clocks, a time line and a trace. Same seed, same run, to the last line.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/random.hpp"
#include "base/time.hpp"

namespace roger::sim {

/// The only source of chance (SplitMix64: any seed is a good one).
class Dice final : public Random {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }
    /// 0 … limit-1; @pre limit > 0
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    /// @param permille  0 never (and then no die is cast), 1000 always
    bool chance(unsigned permille) { return permille > 0 && below(1000) < permille; }
    milliseconds between(milliseconds from, milliseconds to) {
        return from +
               milliseconds(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((to - from).count()) + 1)));
    }
    template <class List>
    auto& pick(List& list) {
        return list[below(list.size())];
    }
    void fill(std::span<std::byte> out) override {
        for (std::byte& byte : out) byte = static_cast<std::byte>(next() & 0xffU);
    }

private:
    std::uint64_t state_;
};

/// Steady time runs on over crashes. Service time is the wall's at the process's start, then steady, plus the sandbox's
/// steps: as in production.
class SimClock final : public Clock {
public:
    void advance(milliseconds by) { steady_ += by; }
    void step_wall(milliseconds by) { wall_offset_ += by; }
    void step_service(milliseconds by) { service_offset_ += by; }
    void process_starts() { service_base_ = wall_offset_; }
    [[nodiscard]] TimePoint service_now() const override { return epoch + steady_ + service_base_ + service_offset_; }
    [[nodiscard]] TimePoint wall_now() const override { return epoch + steady_ + wall_offset_; }
    [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{steady_}; }

private:
    static constexpr TimePoint epoch{seconds(1'800'000'000)};
    milliseconds steady_{1'000'000};
    milliseconds wall_offset_{0};
    milliseconds service_base_{0};
    milliseconds service_offset_{0};
};

/// What is to happen at a later time; of equal times the first that was asked for.
class TimeLine {
public:
    using Deed = std::function<void()>;
    void at(SteadyTime time, Deed deed) { deeds_.emplace(time, std::move(deed)); }
    [[nodiscard]] bool empty() const { return deeds_.empty(); }
    [[nodiscard]] SteadyTime next() const { return deeds_.begin()->first; }
    Deed take() {
        Deed deed = std::move(deeds_.begin()->second);
        deeds_.erase(deeds_.begin());
        return deed;
    }
    void clear() { deeds_.clear(); }

private:
    std::multimap<SteadyTime, Deed> deeds_;
};

/// What happened, line by line: hashed whole, kept (or printed) as far as wanted.
class Trace {
public:
    explicit Trace(const SimClock& clock, bool print) : clock_(clock), print_(print) {}
    template <class... Args>
    void operator()(fmt::format_string<Args...> format, const Args&... args) {
        std::string line =
            fmt::format("{:>10} ", (clock_.steady_now().time_since_epoch().count() / 1'000'000) - 1'000'000);
        fmt::vformat_to(std::back_inserter(line), fmt::string_view(format), fmt::make_format_args(args...));
        add(std::move(line));
    }
    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    [[nodiscard]] const std::deque<std::string>& tail() const { return tail_; }

private:
    void add(std::string line) {
        for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;  // FNV-1a
        if (print_) fmt::print("{}\n", line);
        tail_.push_back(std::move(line));
        if (tail_.size() > tail_max) tail_.pop_front();
    }
    static constexpr std::size_t tail_max = 60;
    const SimClock& clock_;
    bool print_;
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
    std::deque<std::string> tail_;
};

/// How unkind a run is. Everything in permille of the occasions.
struct Weather {
    std::string_view name;
    bool calm = true;    ///< nothing goes wrong: timers are exact, and each event is handed over just once
    bool prompt = true;  ///< no crash, no lag, no clock step: timers are at most 1 s late
    unsigned refused = 0;
    unsigned unavailable = 0;
    unsigned throttled = 0;
    unsigned lost = 0;         ///< no answer in time; half of them were taken
    unsigned receipt_odd = 0;  ///< failed, doubled, early, or hours late
    unsigned crash = 0;        ///< at a step
    unsigned store_down = 0;
    unsigned in_doubt = 0;
    unsigned lag = 0;  ///< the process stands still for up to 1.5 s
    unsigned clock_step = 0;
};

}  // namespace roger::sim
