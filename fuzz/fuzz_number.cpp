// Numbers as people write them. The first byte picks the country that the client named. What the table of numbering
// plans says of a number, libphonenumber must say too.
#include <array>
#include <cstdint>

#include "base/assert.hpp"
#include "numbering/library.hpp"
#include "numbering/network.hpp"
#include "numbering/number.hpp"
#include "numbering/plans.hpp"

namespace {

void compare_with_library(std::string_view digits) {
    using namespace roger::numbering;
    const auto found = Plans::get().find(digits);
    if (!found) return;
    const auto facts = parse_by_library({.plus = true, .digits = std::string(digits)}, "");
    if (!facts) {
        ROGER_ASSERT(!Msisdn::from_digits(digits), "only the length of a number is judged after the table");
        return;
    }
    ROGER_ASSERT(facts->number.digits() == digits, "the table knows numbers that are read as themselves");
    ROGER_ASSERT(facts->country == found->country, "the table and libphonenumber agree on the country");
    ROGER_ASSERT(facts->type == found->type, "the table and libphonenumber agree on the type");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger::numbering;
    static constexpr std::array<std::string_view, 16> countries{"",   "GB", "US", "DE", "AU", "BR", "MX",  "IT",
                                                                "IN", "AR", "ca", "JP", "KZ", "XX", "001", "ZZZ"};
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto facts = parse_number(text, countries[data[0] % countries.size()]);
    if (facts) {
        const std::string& digits = facts->number.digits();
        ROGER_ASSERT(text.size() <= 40, "longer texts are refused");
        ROGER_ASSERT(Msisdn::from_digits(digits).has_value(), "the rule of Msisdn holds whoever makes it");
        ROGER_ASSERT(facts->number.masked().find(digits) == std::string::npos, "a masked number is not the number");
        ROGER_ASSERT(facts->country.size() <= 3, "ISO 3166-1, or 001");
        const std::string_view network = network_of(facts->number);
        ROGER_ASSERT(network.empty() || network.size() == 5 || network.size() == 6, "MCC and MNC");
        ROGER_ASSERT(network.empty() || digits.front() != '1', "nothing is known in +1");
    }
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9') digits.push_back(c);
    }
    compare_with_library(digits);
    (void)satisfies(text, NumberType::mobile);
    (void)Msisdn::from_digits(text);
    return 0;
}
