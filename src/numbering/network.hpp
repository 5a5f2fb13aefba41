// The mobile network that a number belongs to, by its prefix.
#pragma once
#include <string_view>

#include "numbering/number.hpp"

namespace roger::numbering {

/// The network that the number's range was assigned to, by the longest prefix in a table that script/networks makes
/// (docs/decisions/0011). Where numbers can be ported the subscriber may have taken the number to another network
/// since: good enough to learn from and to choose a route by, no proof of where the phone is. An operator with several
/// codes has one here, that of its main network; virtual operators have their own where they hold ranges and a code.
/// @return MCC and MNC (ITU-T E.212) in 5 or 6 digits, "23415", static; "" when it is not known: in all of +1, for
///         numbers that are not mobile, and for carriers that the sources do not tie to one code. Thread-safe; under 1
///         µs.
[[nodiscard]] std::string_view network_of(const Msisdn& number) noexcept;

}  // namespace roger::numbering
