#include "numbering/network.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace roger::numbering {
namespace {

#include "numbering/network_table.inc"
static_assert(std::size(prefixes) == std::size(prefix_codes), "a code for each prefix");

constexpr std::size_t prefix_digits_max = 9;

}  // namespace

std::string_view network_of(const Msisdn& number) noexcept {
    std::uint32_t prefix = 0;
    for (const char digit : std::string_view(number.digits()).substr(0, prefix_digits_max)) {
        prefix = prefix * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    // A shorter prefix is a smaller number, so the search never looks back to where it was.
    const auto* end = std::end(prefixes);
    for (; prefix != 0; prefix /= 10) {
        const auto* found = std::lower_bound(std::begin(prefixes), end, prefix);
        if (found != end && *found == prefix) return network_codes[prefix_codes[found - std::begin(prefixes)]];
        end = found;
    }
    return {};
}

}  // namespace roger::numbering
