// What refuses a start for what happened to its number before: needs → judge → learn.
//
//   needs()   which facts the rules want of the store, for this account
//   judge()   whether a start may go on; or, for wrong codes, whether one more is the last
//   learn()   what a check leaves behind for later starts
//
// Each rule is a Rule; a new one joins the list in guard.cpp and everything else follows. All of it is pure: the facts
// are those of the batch's transaction, so that what is judged here is exact, whoever else starts at the same time.
#pragma once
#include <memory>
#include <span>

#include "account/account.hpp"
#include "guard/number_mark.hpp"
#include "guard/reason.hpp"
#include "guard/rules.hpp"

namespace roger::guard {

/// So many starts of a number, over all accounts, within so long.
struct Window {
    std::uint64_t starts;
    seconds within;
};
constexpr std::array<Window, 3> start_windows{
    {{2, seconds(30)}, {5, std::chrono::hours(1)}, {10, std::chrono::hours(24)}}};
/// No window is longer, and so many starts within it decide.
constexpr seconds starts_kept = start_windows.back().within;
constexpr std::uint64_t starts_max = start_windows.back().starts;

// Wrong codes of one account's number; of codes that all have 6 digits or more, more in the longer time.
constexpr std::uint64_t wrong_codes_a_day = 9;
constexpr std::uint64_t wrong_codes_a_month = 30;
constexpr std::uint64_t wrong_long_codes_a_month = 100;
constexpr std::uint64_t wrong_codes_a_day_all_accounts = 27;
/// In the longer time, those before a success no longer count so long after it.
constexpr std::chrono::hours forgiven_after{24};
/// PSD2 RTS Art. 4(3)(b): at most five failures in a row.
constexpr std::uint64_t psd2_wrong_codes_in_a_row = 5;
constexpr std::chrono::minutes psd2_block_first{15};
constexpr std::chrono::hours psd2_block_max{24};

/// A start, or a check of one, as the rules see it.
struct Asked {
    const account::Account& account;
    std::string_view number;
    TimePoint now{};               ///< service time
    bool on_allow_list = false;    ///< an operator's word: no window counts its starts
    std::uint8_t code_length = 4;  ///< of the code that was typed; checks only
};

struct Needs {
    bool starts = false;    ///< the times of the number's starts, over all accounts
    bool marks = false;     ///< its marks, over all accounts
    bool verified = false;  ///< the account's successes with it; where there are marks they are always told
    friend bool operator==(const Needs&, const Needs&) = default;
};

/// As asked for by Needs; the rest may be empty.
struct Facts {
    std::span<const TimePoint> starts;  ///< within starts_kept, oldest first, without the one that is judged
    std::span<const Mark> marks;        ///< within marks_kept, oldest first
    std::optional<Verified> verified;
};

class Rule {
public:
    virtual ~Rule() = default;
    [[nodiscard]] virtual RuleId id() const = 0;
    virtual void needs(const account::Account& account, Needs& needs) const = 0;
    /// @return why this start is refused, if the rule is enforced
    [[nodiscard]] virtual std::optional<Reason> judge(const Asked& start, const Facts& facts) const = 0;
    /// @return why a code that is wrong is the last of its request, whatever the request's own count says
    [[nodiscard]] virtual std::optional<Reason> judge_wrong(const Asked& /*check*/, const Facts& /*facts*/) const {
        return std::nullopt;
    }
};

/// The rules, in the order in which they are judged.
[[nodiscard]] std::span<const Rule* const> rules();

struct Judgement {
    std::optional<Reason> refused;   ///< by the first rule that is enforced
    std::optional<Reason> observed;  ///< else what the first rule that only observes would have refused
};

/// Of a start; rules that are off want nothing.
[[nodiscard]] Needs needs(const Modes& modes, const account::Account& account);
[[nodiscard]] Judgement judge(const Modes& modes, const Asked& start, const Facts& facts);
/// Of a check whose code is wrong.
[[nodiscard]] Needs needs_of_wrong(const Modes& modes, const account::Account& account);
[[nodiscard]] Judgement judge_wrong(const Modes& modes, const Asked& check, const Facts& facts);
/// Whether wrong codes are to be remembered at all.
[[nodiscard]] bool learns_wrong(const Modes& modes);

/// When a number may be started again, by its windows alone. @return nullopt: now
[[nodiscard]] std::optional<Reason> judge_windows(std::span<const TimePoint> starts, TimePoint now);
/// The number's starts that count: those after an operator lifted its blocks.
[[nodiscard]] TimePoint lifted_at(std::span<const Mark> marks, std::string_view account);

}  // namespace roger::guard
