// Numbering plans as a table: what libphonenumber says of an international number, for a hundredth of the time.
//
// The table is made at start from the metadata inside libphonenumber, so that the two cannot drift apart. It answers
// only where nothing but that metadata's patterns decides; the library stays the authority, for the rest and in the
// tests.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "numbering/digit_patterns.hpp"
#include "numbering/number.hpp"

namespace roger::numbering {

class Plans {
public:
    /// Immutable; made at the first call, which takes 50 ms. Thread-safe.
    static const Plans& get();

    struct Finding {
        std::string_view country;  ///< as in NumberFacts; lives as long as the process
        NumberType type = NumberType::unknown;
    };
    /// @param digits  of an international number, with its calling code and without '+'; ASCII
    /// @return nullopt: ask libphonenumber, which may refuse the number or read it as another one. Otherwise it is
    ///         possible and has one spelling, these digits
    [[nodiscard]] std::optional<Finding> find(std::string_view digits) const noexcept;

private:
    class Builder;
    /// One kind of number in one region.
    struct Kind {
        DigitPatterns::Id pattern = DigitPatterns::nothing;
        std::uint32_t lengths = 0;  ///< bit n: numbers of n digits
    };
    struct Region {
        std::string country;
        std::optional<DigitPatterns::Id> leading_digits;  ///< where given, these alone make a number the region's
        Kind general;                                     ///< every valid number
        std::array<Kind, 8> special;                      ///< in the order of special_types
        Kind fixed_line;
        Kind mobile;
        bool same_mobile_and_fixed_line = false;
    };
    /// One calling code.
    struct Plan {
        std::vector<Region> regions;  ///< the main one first
        std::uint32_t lengths = 0;    ///< bit n: n digits are possible, be it only within a town
        DigitPatterns::Id national_prefix = DigitPatterns::nothing;
        bool readable = true;  ///< else always ask: a pattern has something that DigitPatterns does not know
    };

    Plans() = default;
    [[nodiscard]] bool is(const Kind& kind, std::string_view national) const noexcept;
    [[nodiscard]] NumberType type_in(const Region& region, std::string_view national) const noexcept;

    DigitPatterns patterns_;
    std::array<Plan, 1000> plans_;  ///< by calling code
};

}  // namespace roger::numbering
