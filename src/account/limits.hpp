// What limits an account: its policy, what it may spend, which numbers it may verify.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.hpp"

namespace roger::account {

enum class Policy : std::uint8_t {
    standard,
    psd2,    ///< at most five wrong codes in a row, then a block that grows (guard/guard.hpp)
    strict,  ///< six digits, no VoIP numbers, PINs of at most 600 s
};
[[nodiscard]] std::optional<Policy> parse_policy(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_string(Policy policy) noexcept;

enum class Period : std::uint8_t { day, month };  ///< of service time, UTC
[[nodiscard]] std::string_view to_string(Period period) noexcept;

/// The most that may be spent in a period, at all or on one country's or network's numbers.
struct SpendCap {
    Period period = Period::day;
    std::string scope;  ///< "", "country:GB" or "network:23415"
    Micros amount;
    friend bool operator==(const SpendCap&, const SpendCap&) = default;
};
constexpr std::size_t caps_max = 100;

[[nodiscard]] bool is_cap_scope(std::string_view scope) noexcept;

/// Beside the server's own number policy (guard/number_policy.hpp): empty lists add nothing to it.
struct NumberRules {
    std::vector<std::string> deny;       ///< numbers or prefixes, E.164 digits, sorted
    std::vector<std::string> allow;      ///< these are served whatever the lists of either policy say
    std::vector<std::string> countries;  ///< only these: ISO 3166-1 alpha-2
    std::vector<std::string> types;      ///< only these: numbering::to_string
    friend bool operator==(const NumberRules&, const NumberRules&) = default;
};
constexpr std::size_t number_rules_max = 1000;  ///< in each of the lists
constexpr std::size_t networks_max = 64;        ///< that an account may be used from

}  // namespace roger::account
