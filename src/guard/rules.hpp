// Which rules there are, and how far each goes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace roger::guard {

enum class Mode : std::uint8_t { off, observe, enforce };
[[nodiscard]] std::optional<Mode> parse_mode(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_string(Mode mode) noexcept;

enum class RuleId : std::uint8_t {
    number_window,       ///< starts of a number, over all accounts
    wrong_codes,         ///< wrong codes of a number in one account
    number_wrong_codes,  ///< and over all accounts
    psd2_wrong_codes,    ///< wrong codes in a row, of accounts with the policy psd2
    one_success,         ///< of accounts that want a number to succeed once in a while only
    end_user_ip,         ///< starts for one address of an end user
};
constexpr std::size_t rules_count = 6;
/// As the configuration and the admin's calls name it ("number_window"); a Reason has '-' for '_'.
[[nodiscard]] std::string_view name_of(RuleId rule) noexcept;
[[nodiscard]] std::optional<RuleId> find_rule(std::string_view name) noexcept;
[[nodiscard]] std::array<RuleId, rules_count> all_rules() noexcept;

/// Immutable once it is in use.
class Modes {
public:
    /// Every rule off: what the house runs with stands in its configuration.
    Modes() { modes_.fill(Mode::off); }
    [[nodiscard]] static Modes all(Mode mode) {
        Modes modes;
        modes.modes_.fill(mode);
        return modes;
    }
    [[nodiscard]] Mode of(RuleId rule) const noexcept { return modes_[static_cast<std::size_t>(rule)]; }
    void set(RuleId rule, Mode mode) noexcept { modes_[static_cast<std::size_t>(rule)] = mode; }
    /// With no rule going further than that: what a sandbox runs with.
    [[nodiscard]] Modes at_most(Mode mode) const noexcept;
    friend bool operator==(const Modes&, const Modes&) = default;

private:
    std::array<Mode, rules_count> modes_{};
};

}  // namespace roger::guard
