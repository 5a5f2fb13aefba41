// Numbers as libphonenumber reads them. Inside numbering/ only, its tests and its fuzzer: others ask parse_number().
#pragma once
#include <string>
#include <string_view>

#include "numbering/number.hpp"

namespace roger::numbering {

/// What a person wrote, reduced to what it means.
struct Written {
    bool plus = false;   ///< a '+' before the first digit: the country code follows
    std::string digits;  ///< ASCII, at least one
};

/// @param region  ISO 3166-1 alpha-2, upper case
[[nodiscard]] bool is_known_country(const std::string& region);

/// What parse_number() says of a number that Plans cannot judge. Thread-safe; 15–60 µs.
/// @param region  "" or a known country
/// @return invalid_argument, with the detail "number"
[[nodiscard]] Result<NumberFacts> parse_by_library(const Written& written, const std::string& region);

/// Loads the metadata and compiles the patterns of the common countries.
void warm_up_library();

}  // namespace roger::numbering
