#include "guard/rules.hpp"

#include <algorithm>

namespace roger::guard {
namespace {

constexpr std::array<std::string_view, 3> mode_names{"off", "observe", "enforce"};
constexpr std::array<std::string_view, rules_count> rule_names{"number_window",    "wrong_codes", "number_wrong_codes",
                                                               "psd2_wrong_codes", "one_success", "end_user_ip"};

}  // namespace

std::optional<Mode> parse_mode(std::string_view text) noexcept {
    const auto found = std::ranges::find(mode_names, text);
    if (found == mode_names.end()) return std::nullopt;
    return static_cast<Mode>(found - mode_names.begin());
}

std::string_view to_string(Mode mode) noexcept { return mode_names[static_cast<std::size_t>(mode)]; }

std::string_view name_of(RuleId rule) noexcept { return rule_names[static_cast<std::size_t>(rule)]; }

std::optional<RuleId> find_rule(std::string_view name) noexcept {
    const auto found = std::ranges::find(rule_names, name);
    if (found == rule_names.end()) return std::nullopt;
    return static_cast<RuleId>(found - rule_names.begin());
}

std::array<RuleId, rules_count> all_rules() noexcept {
    std::array<RuleId, rules_count> all{};
    for (std::size_t i = 0; i < rules_count; ++i) all[i] = static_cast<RuleId>(i);
    return all;
}

Modes Modes::at_most(Mode mode) const noexcept {
    Modes limited = *this;
    for (Mode& each : limited.modes_) each = std::min(each, mode);
    return limited;
}

}  // namespace roger::guard
