// Keeps messages from a peer that fails one after the other. Pure; one thread.
//
//   closed ──failures_max in a row──▶ open ──open_for──▶ closed for the next one: if that fails, too, open again
#pragma once
#include "base/time.hpp"

namespace roger::channel {

class Breaker {
public:
    static constexpr unsigned failures_max = 5;
    static constexpr seconds open_for{30};

    /// Whether the peer may be tried.
    [[nodiscard]] bool closed(SteadyTime now) const noexcept { return now >= open_until_; }
    void worked() noexcept;
    /// @return whether it has opened now
    bool failed(SteadyTime now) noexcept;

private:
    unsigned failures_ = 0;  ///< in a row
    SteadyTime open_until_{};
};

}  // namespace roger::channel
