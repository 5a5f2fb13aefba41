#include "account/limits.hpp"

#include <algorithm>
#include <array>

namespace roger::account {
namespace {

constexpr std::array<std::string_view, 3> policies{"standard", "psd2", "strict"};

}  // namespace

std::optional<Policy> parse_policy(std::string_view text) noexcept {
    const auto found = std::ranges::find(policies, text);
    if (found == policies.end()) return std::nullopt;
    return static_cast<Policy>(found - policies.begin());
}

std::string_view to_string(Policy policy) noexcept { return policies[static_cast<std::size_t>(policy)]; }

std::string_view to_string(Period period) noexcept { return period == Period::day ? "day" : "month"; }

bool is_cap_scope(std::string_view scope) noexcept {
    constexpr std::string_view country = "country:";
    constexpr std::string_view network = "network:";
    if (scope.empty()) return true;
    if (scope.starts_with(country)) {
        scope.remove_prefix(country.size());
        return scope.size() == 2 && std::ranges::all_of(scope, [](char c) { return c >= 'A' && c <= 'Z'; });
    }
    if (!scope.starts_with(network)) return false;
    scope.remove_prefix(network.size());
    return (scope.size() == 5 || scope.size() == 6) &&
           std::ranges::all_of(scope, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace roger::account
