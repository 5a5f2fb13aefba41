// Whether a peer that has failed again and again is asked once more: a circuit breaker. Pure.
//
//   closed ──5 failures in a row──▶ open ──1 s, doubling to 30 s──▶ half open ──one attempt──▶ closed, or open again
#pragma once
#include "base/time.hpp"

namespace roger::channel {

class Circuit {
public:
    static constexpr unsigned failures_max = 5;
    static constexpr seconds pause_first{1};
    static constexpr seconds pause_max{30};

    [[nodiscard]] bool admits(SteadyTime now) const { return !half_open_ || (now >= open_until_ && !trying_); }
    /// An attempt that was admitted begins; each ends in succeeded(), failed() or abandoned().
    void begin() { trying_ = half_open_; }
    void succeeded() { *this = Circuit(); }
    void failed(SteadyTime now);
    /// We gave the attempt up ourselves: nothing was learned of the peer.
    void abandoned() { trying_ = false; }

private:
    bool half_open_ = false;  ///< or open, until open_until_
    bool trying_ = false;     ///< the one attempt is under way
    unsigned failures_ = 0;
    SteadyTime open_until_{};
    milliseconds pause_ = pause_first;
};

}  // namespace roger::channel
