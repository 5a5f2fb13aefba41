// When the tests of this room begin.
#pragma once
#include "base/time.hpp"

namespace roger::guard {

inline constexpr TimePoint t0{seconds(1'800'000'000)};  ///< 2027-01-15 08:00:00

}  // namespace roger::guard
