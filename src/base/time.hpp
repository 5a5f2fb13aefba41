// Three clocks. Service time (wall time plus the sandbox's offset) for requests, PINs, budgets, retention and dates in
// answers. Wall time for credentials, ids, keys, logs. Steady time for deadlines inside the process.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace roger {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Wall or service time, UTC, whole milliseconds since 1970: what is stored.
using TimePoint = std::chrono::sys_time<milliseconds>;
/// For deadlines inside the process; never stored.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Safe to call from every thread. The only implementations live in app/ and in tests.
class Clock {
public:
    virtual ~Clock() = default;
    /// Never goes backwards while the process lives; the sandbox may move it forward.
    [[nodiscard]] virtual TimePoint service_now() const = 0;
    [[nodiscard]] virtual TimePoint wall_now() const = 0;
    [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

/// "2026-01-02T03:04:05.678Z" (RFC 3339, always milliseconds).
[[nodiscard]] std::string to_rfc3339(TimePoint time);
/// "2026-01-02 03:04:05": the form of Verify v1's dates.
[[nodiscard]] std::string to_v1_date(TimePoint time);
/// Reads exactly what to_rfc3339 writes; nullopt for anything else.
[[nodiscard]] std::optional<TimePoint> parse_rfc3339(std::string_view text);

}  // namespace roger
