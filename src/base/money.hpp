// Money is an integer of micro-units with its currency, never a floating-point number.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roger {

/// An amount of 1/1 000 000 units of an account's currency; range ± 9.2 · 10¹² units.
struct Micros {
    std::int64_t value = 0;
    friend auto operator<=>(const Micros&, const Micros&) = default;
    Micros& operator+=(Micros other) {
        value += other.value;
        return *this;
    }
};

/// "0.10000000": 8 decimals, the form of Verify v1's prices.
[[nodiscard]] std::string to_price(Micros amount);
/// Reads "0.035", "12": digits, at most 6 decimals, at most 1 000 000 units. @return nullopt for anything else
[[nodiscard]] std::optional<Micros> parse_price(std::string_view text);

}  // namespace roger
