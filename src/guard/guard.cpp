#include "guard/guard.hpp"

#include <algorithm>
#include <array>

namespace roger::guard {
namespace {

constexpr TimePoint never{};

std::string reason_name(RuleId rule) {
    std::string name(name_of(rule));
    std::ranges::replace(name, '_', '-');
    return name;
}

/// The times of wrong codes that count, oldest first.
struct Wrong {
    std::vector<TimePoint> at;
    bool all_long = true;

    [[nodiscard]] std::uint64_t since(TimePoint from) const {
        return static_cast<std::uint64_t>(at.end() - std::ranges::upper_bound(at, from));
    }
    /// When fewer than `limit` are left within `span`. @pre that many are
    [[nodiscard]] TimePoint fewer_than(std::uint64_t limit, milliseconds span) const {
        return at[at.size() - limit] + span;
    }
};

/// @param account  nullopt: of all accounts
/// @param after    those until then do not count
Wrong wrong_of(const Facts& facts, std::optional<std::string_view> account, TimePoint after) {
    after = std::max(after, lifted_at(facts.marks, account.value_or("")));
    Wrong wrong;
    for (const Mark& mark : facts.marks) {
        if (mark.kind == Mark::Kind::lifted || mark.at <= after || (account && mark.account != *account)) continue;
        wrong.at.push_back(mark.at);
        wrong.all_long = wrong.all_long && mark.kind == Mark::Kind::wrong_long_code;
    }
    return wrong;
}

class NumberWindow final : public Rule {
public:
    [[nodiscard]] RuleId id() const override { return RuleId::number_window; }
    void needs(const account::Account& /*account*/, Needs& needs) const override { needs.starts = needs.marks = true; }
    [[nodiscard]] std::optional<Reason> judge(const Asked& start, const Facts& facts) const override {
        if (start.on_allow_list) return std::nullopt;
        const TimePoint lifted = lifted_at(facts.marks, "");
        const auto from = std::ranges::upper_bound(facts.starts, lifted);
        return judge_windows({from, facts.starts.end()}, start.now);
    }
};

class WrongCodes final : public Rule {
public:
    [[nodiscard]] RuleId id() const override { return RuleId::wrong_codes; }
    void needs(const account::Account& /*account*/, Needs& needs) const override { needs.marks = true; }
    [[nodiscard]] std::optional<Reason> judge(const Asked& start, const Facts& facts) const override {
        return judge(start, facts, true, 0);
    }
    [[nodiscard]] std::optional<Reason> judge_wrong(const Asked& check, const Facts& facts) const override {
        return judge(check, facts, check.code_length >= 6, 1);
    }

private:
    /// @param more  wrong codes that are not among the facts yet, at `asked.now`
    [[nodiscard]] static std::optional<Reason> judge(const Asked& asked,
                                                     const Facts& facts,
                                                     bool more_long,
                                                     std::uint64_t more) {
        const bool forgiven = facts.verified && facts.verified->last + forgiven_after <= asked.now;
        Wrong wrong = wrong_of(facts, asked.account.key, forgiven ? facts.verified->last : never);
        wrong.at.insert(wrong.at.end(), more, asked.now);
        const std::uint64_t monthly = wrong.all_long && more_long ? wrong_long_codes_a_month : wrong_codes_a_month;
        std::optional<Reason> reason;
        const auto judge_one = [&](milliseconds span, std::uint64_t limit) {
            const std::uint64_t seen = wrong.since(asked.now - span);
            if (seen < limit) return;
            const TimePoint until = wrong.fewer_than(limit, span);
            if (reason && *reason->until >= until) return;
            reason = Reason{.rule = reason_name(RuleId::wrong_codes),
                            .scope = "number",
                            .seen = seen,
                            .limit = limit,
                            .until = until};
        };
        judge_one(std::chrono::hours(24), wrong_codes_a_day);
        judge_one(marks_kept, monthly);
        return reason;
    }
};

class NumberWrongCodes final : public Rule {
public:
    [[nodiscard]] RuleId id() const override { return RuleId::number_wrong_codes; }
    void needs(const account::Account& /*account*/, Needs& needs) const override { needs.marks = true; }
    [[nodiscard]] std::optional<Reason> judge(const Asked& start, const Facts& facts) const override {
        constexpr std::chrono::hours span{24};
        const Wrong wrong = wrong_of(facts, std::nullopt, never);
        const std::uint64_t seen = wrong.since(start.now - span);
        if (seen < wrong_codes_a_day_all_accounts) return std::nullopt;
        return Reason{.rule = reason_name(id()),
                      .scope = "number",
                      .seen = seen,
                      .limit = wrong_codes_a_day_all_accounts,
                      .until = wrong.fewer_than(wrong_codes_a_day_all_accounts, span),
                      .over_all_accounts = true};
    }
};

class Psd2WrongCodes final : public Rule {
public:
    [[nodiscard]] RuleId id() const override { return RuleId::psd2_wrong_codes; }
    void needs(const account::Account& account, Needs& needs) const override {
        if (account.policy == account::Policy::psd2) needs.marks = true;
    }
    [[nodiscard]] std::optional<Reason> judge(const Asked& start, const Facts& facts) const override {
        return judge(start, facts, 0);
    }
    [[nodiscard]] std::optional<Reason> judge_wrong(const Asked& check, const Facts& facts) const override {
        return judge(check, facts, 1);
    }

private:
    [[nodiscard]] std::optional<Reason> judge(const Asked& asked, const Facts& facts, std::uint64_t more) const {
        if (asked.account.policy != account::Policy::psd2) return std::nullopt;
        Wrong wrong = wrong_of(facts, asked.account.key, facts.verified ? facts.verified->last : never);
        wrong.at.insert(wrong.at.end(), more, asked.now);
        const std::uint64_t in_a_row = wrong.at.size();
        if (in_a_row == 0 || in_a_row % psd2_wrong_codes_in_a_row != 0) return std::nullopt;
        milliseconds block = psd2_block_first;
        for (std::uint64_t i = psd2_wrong_codes_in_a_row; i < in_a_row && block < psd2_block_max;
             i += psd2_wrong_codes_in_a_row) {
            block *= 2;
        }
        const TimePoint until = wrong.at.back() + std::min<milliseconds>(block, psd2_block_max);
        if (asked.now >= until) return std::nullopt;
        return Reason{.rule = reason_name(id()),
                      .scope = "number",
                      .seen = in_a_row,
                      .limit = psd2_wrong_codes_in_a_row,
                      .until = until};
    }
};

class OneSuccess final : public Rule {
public:
    [[nodiscard]] RuleId id() const override { return RuleId::one_success; }
    void needs(const account::Account& account, Needs& needs) const override {
        if (account.one_success_within.count() > 0) needs.verified = true;
    }
    [[nodiscard]] std::optional<Reason> judge(const Asked& start, const Facts& facts) const override {
        const auto within = start.account.one_success_within;
        if (within.count() == 0 || !facts.verified || facts.verified->last + within <= start.now) return std::nullopt;
        return Reason{.rule = reason_name(id()),
                      .scope = "number",
                      .seen = facts.verified->count,
                      .limit = 1,
                      .until = facts.verified->last + within};
    }
};

template <class Ask>
Needs gather(const Modes& modes, const account::Account& account, const Ask& ask) {
    Needs all;
    for (const Rule* rule : rules()) {
        if (modes.of(rule->id()) != Mode::off && ask(*rule)) rule->needs(account, all);
    }
    return all;
}

template <class Ask>
Judgement judge_all(const Modes& modes, const Ask& ask) {
    Judgement judgement;
    for (const Rule* rule : rules()) {
        const Mode mode = modes.of(rule->id());
        if (mode == Mode::off) continue;
        auto reason = ask(*rule);
        if (!reason) continue;
        if (mode == Mode::enforce) {
            judgement.refused = std::move(reason);
            return judgement;
        }
        if (!judgement.observed) judgement.observed = std::move(reason);
    }
    return judgement;
}

}  // namespace

std::span<const Rule* const> rules() {
    static const NumberWindow number_window;
    static const WrongCodes wrong_codes;
    static const NumberWrongCodes number_wrong_codes;
    static const Psd2WrongCodes psd2_wrong_codes;
    static const OneSuccess one_success;
    static const std::array<const Rule*, 5> all{&number_window, &wrong_codes, &number_wrong_codes, &psd2_wrong_codes,
                                                &one_success};
    return all;
}

Needs needs(const Modes& modes, const account::Account& account) {
    return gather(modes, account, [](const Rule&) { return true; });
}

Judgement judge(const Modes& modes, const Asked& start, const Facts& facts) {
    return judge_all(modes, [&](const Rule& rule) { return rule.judge(start, facts); });
}

Needs needs_of_wrong(const Modes& modes, const account::Account& account) {
    Needs all = needs(modes, account);
    all.starts = false;
    return all;
}

Judgement judge_wrong(const Modes& modes, const Asked& check, const Facts& facts) {
    return judge_all(modes, [&](const Rule& rule) { return rule.judge_wrong(check, facts); });
}

bool learns_wrong(const Modes& modes) {
    return modes.of(RuleId::wrong_codes) != Mode::off || modes.of(RuleId::number_wrong_codes) != Mode::off ||
           modes.of(RuleId::psd2_wrong_codes) != Mode::off;
}

std::optional<Reason> judge_windows(std::span<const TimePoint> starts, TimePoint now) {
    std::optional<Reason> reason;
    for (const Window& window : start_windows) {
        const auto within = std::ranges::upper_bound(starts, now - window.within);
        const auto seen = static_cast<std::uint64_t>(starts.end() - within);
        if (seen < window.starts) continue;
        const TimePoint until = starts[starts.size() - window.starts] + window.within;
        if (reason && *reason->until >= until) continue;
        reason = Reason{.rule = reason_name(RuleId::number_window),
                        .scope = "number",
                        .seen = seen,
                        .limit = window.starts,
                        .until = until,
                        .over_all_accounts = true};
    }
    return reason;
}

TimePoint lifted_at(std::span<const Mark> marks, std::string_view account) {
    TimePoint latest = never;
    for (const Mark& mark : marks) {
        const bool meant = mark.kind == Mark::Kind::lifted && (mark.account.empty() || mark.account == account);
        if (meant) latest = std::max(latest, mark.at);
    }
    return latest;
}

}  // namespace roger::guard
