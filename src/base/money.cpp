#include "base/money.hpp"

#include <fmt/format.h>

namespace roger {

std::string to_price(Micros amount) {
    const bool negative = amount.value < 0;
    const auto size =
        negative ? 0 - static_cast<std::uint64_t>(amount.value) : static_cast<std::uint64_t>(amount.value);
    return fmt::format("{}{}.{:06}00", negative ? "-" : "", size / 1'000'000, size % 1'000'000);
}

std::optional<Micros> parse_price(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
    if (whole.empty() || whole.size() > 7 || decimals.size() > 6) return std::nullopt;
    if (point != std::string_view::npos && decimals.empty()) return std::nullopt;
    decimals.resize(6, '0');
    std::int64_t value = 0;
    for (const char c : std::string(whole) + decimals) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    if (value > 1'000'000'000'000) return std::nullopt;
    return Micros{value};
}

}  // namespace roger
