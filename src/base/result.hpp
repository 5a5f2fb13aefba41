// What can happen is a value: every operation that the outside world can make fail returns a Result.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace roger {

/// Names what the caller may do, not where it broke.
enum class Errc : std::uint8_t {
    invalid_argument,  ///< the caller must change the request
    not_found,
    conflict,      ///< lost a race (stale version, duplicate key); load again and decide again
    rate_limited,  ///< the same call may succeed later
    blocked,       ///< a rule or a peer said no; do not retry
    unavailable,   ///< store or peer down, nothing was done; retrying is safe
    timed_out,     ///< outcome unknown; retrying may repeat the effect
};

struct Error {
    Errc code;
    std::string detail;  ///< for logs and operators: no PIN, no full number, no credentials
};

template <class T>
using Result = tl::expected<T, Error>;

/// The one way to return an error: `return fail(Errc::not_found, "no such account")`.
[[nodiscard]] tl::unexpected<Error> fail(Errc code, std::string detail);

[[nodiscard]] std::string_view to_string(Errc code) noexcept;

}  // namespace roger
