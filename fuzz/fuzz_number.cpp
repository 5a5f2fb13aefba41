// Numbers as people write them. The first byte picks the country that the client named.
#include <array>
#include <cstdint>

#include "base/assert.hpp"
#include "numbering/network.hpp"
#include "numbering/number.hpp"

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
    (void)satisfies(text, NumberType::mobile);
    (void)Msisdn::from_digits(text);
    return 0;
}
