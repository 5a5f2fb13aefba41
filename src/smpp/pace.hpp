// How fast a bind may send: a token bucket in segments, which the peer's "throttled" slows down.
// After "throttled" the bind pauses (0.5 s, doubling to 2 s while nothing is accepted in between) and its rate is
// halved; it grows back by a twentieth of the configured rate a second. Pure: the time comes in.
#pragma once
#include <cstdint>

#include "base/time.hpp"

namespace roger::smpp {

class Pace {
public:
    struct Pauses {
        milliseconds min{500};
        milliseconds max{2'000};
    };
    /// @param segments_per_second  at least 1; 0: no limit but the pauses
    Pace(std::uint32_t segments_per_second, Pauses pauses)
        : full_(segments_per_second), rate_(full_), pauses_(pauses) {}

    /// When the next segment may go: now or earlier means at once. A tenth of a second's worth may go in one burst.
    [[nodiscard]] SteadyTime ready_at() const noexcept;
    /// One segment goes now. @pre ready_at() <= now
    void take(SteadyTime now) noexcept;
    /// The peer said "throttled". What comes while the bind pauses already belongs to the same event and changes
    /// nothing.
    void throttled(SteadyTime now) noexcept;
    /// The peer accepted a segment.
    void accepted() noexcept { pause_ = milliseconds(0); }

    [[nodiscard]] double rate() const noexcept { return rate_; }  ///< segments a second

private:
    double full_;
    double rate_;
    Pauses pauses_;
    milliseconds pause_{0};  ///< the last pause; 0 after a success
    SteadyTime paused_until_{};
    SteadyTime earliest_{};  ///< when the next would be due if they went evenly (GCRA's theoretical arrival time)
    SteadyTime grown_at_{};
};

}  // namespace roger::smpp
