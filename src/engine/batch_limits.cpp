#include "engine/batch_limits.hpp"

#include <algorithm>

namespace roger::engine {
namespace {

using verification::Request;

constexpr std::uint8_t index_of_operators = 255;  ///< no check has it

}  // namespace

const account::Account* BatchLimits::find_account(const std::string& key) const {
    const auto found = facts_.accounts.find(key);
    return found == facts_.accounts.end() ? nullptr : found->second.get();
}

std::vector<TimePoint> BatchLimits::starts_of(const std::string& number) const {
    std::vector<TimePoint> starts;
    if (known_ != nullptr) starts = known_->starts(number);
    if (const auto mine = starts_.find(number); mine != starts_.end()) {
        starts.insert(starts.end(), mine->second.begin(), mine->second.end());
    }
    std::erase_if(starts, [this](TimePoint at) { return at <= facts_.now - guard::starts_kept; });
    return starts;
}

const std::vector<guard::Mark>& BatchLimits::marks_of(guard::NumberHash number) {
    const auto [at, fresh] = marks_.try_emplace(number);
    if (fresh && known_ != nullptr) {
        at->second = known_->marks(number);
        std::erase_if(at->second, [this](const guard::Mark& one) { return one.at <= facts_.now - guard::marks_kept; });
    }
    return at->second;
}

const std::optional<guard::Verified>& BatchLimits::verified_of(guard::NumberHash subscriber) {
    const auto [at, fresh] = verified_.try_emplace(subscriber);
    if (fresh && known_ != nullptr) at->second = known_->verified(subscriber);
    return at->second;
}

guard::Facts BatchLimits::facts_of(const guard::Needs& needs, const std::string& account, const std::string& number) {
    guard::Facts facts;
    // Most houses have no marks at all, and then no number needs to be hashed.
    if (needs.marks && (!marks_.empty() || (known_ != nullptr && known_->has_marks()))) {
        facts.marks = marks_of({vault_.number_hash(number)});
    }
    if (needs.verified || !facts.marks.empty()) {
        facts.verified = verified_of({vault_.subscriber_hash(account, number)});
    }
    return facts;
}

guard::Judgement BatchLimits::judge_start(const Request& draft, bool on_allow_list) {
    const account::Account* account = find_account(draft.account);
    if (account == nullptr) return {};
    const guard::Needs needs = guard::needs(facts_.modes, *account);
    if (needs == guard::Needs{}) return {};
    guard::Facts facts = facts_of(needs, draft.account, draft.number);
    const auto starts = needs.starts ? starts_of(draft.number) : std::vector<TimePoint>{};
    facts.starts = starts;
    return guard::judge(
        facts_.modes, {.account = *account, .number = draft.number, .now = facts_.now, .on_allow_list = on_allow_list},
        facts);
}

std::optional<guard::Reason> BatchLimits::judge_spend(const Request& draft) {
    if (!draft.meter) return std::nullopt;
    const account::Account* account = find_account(draft.account);
    if (account == nullptr) return std::nullopt;
    auto reason = guard::judge_spend(*account, fund_of(draft.account).after, draft, facts_.now);
    if (reason) refused_.push_back(guard::used_up(*account, *reason));
    return reason;
}

void BatchLimits::started(const Request& row) {
    if (facts_.modes.of(guard::RuleId::number_window) != guard::Mode::off) starts_[row.number].push_back(row.submitted);
}

guard::Judgement BatchLimits::judge_wrong(const Request& row, std::size_t code_length) {
    const account::Account* account = find_account(row.account);
    if (account == nullptr || !guard::learns_wrong(facts_.modes)) return {};
    const guard::Facts facts = facts_of({.marks = true}, row.account, row.number);
    return guard::judge_wrong(facts_.modes,
                              {.account = *account,
                               .number = row.number,
                               .now = facts_.now,
                               .code_length = static_cast<std::uint8_t>(code_length)},
                              facts);
}

void BatchLimits::wrong(const Request& row, std::size_t code_length) {
    if (!guard::learns_wrong(facts_.modes)) return;
    using Kind = guard::Mark::Kind;
    add({.kind = code_length >= 6 ? Kind::wrong_long_code : Kind::wrong_code,
         .number = {vault_.number_hash(row.number)},
         .account = row.account,
         .at = facts_.now,
         .key = row.key.value,
         .index = static_cast<std::uint8_t>(row.checks.size())});
}

void BatchLimits::add(guard::Mark mark) {
    (void)marks_of(mark.number);
    marks_[mark.number].push_back(mark);
    new_marks_.push_back(std::move(mark));
}

std::string BatchLimits::right(const Request& row) {
    const guard::NumberHash subscriber{vault_.subscriber_hash(row.account, row.number)};
    const auto before = verified_of(subscriber);
    auto after = guard::verified_again(before, subscriber, row.account, row.network, facts_.now);
    verified_[subscriber] = after;
    new_verified_[subscriber] = std::move(after);
    return guard::to_history(before, row.network);
}

void BatchLimits::lift(const std::string& number, const std::string& account) {
    add({.kind = guard::Mark::Kind::lifted,
         .number = {vault_.number_hash(number)},
         .account = account,
         .at = facts_.now,
         .key = facts_.now.time_since_epoch().count(),
         .index = index_of_operators});
}

BatchLimits::Touched& BatchLimits::fund_of(const std::string& account) {
    const auto [at, fresh] = funds_.try_emplace(account);
    if (fresh && known_ != nullptr) {
        const auto known = known_->funds().find(account);
        if (known != known_->funds().end()) at->second.before = at->second.after = known->second;
    }
    return at->second;
}

void BatchLimits::moved(const Request* before, const Request& after) {
    Touched& fund = fund_of(after.account);
    const std::size_t entries = ledger_.size();
    guard::move(fund.after, before, after, facts_.now, ledger_);
    if (ledger_.size() == entries) return;
    for (guard::SpendKey& key : guard::keys_of(after)) {
        if (std::ranges::find(fund.changed, key) == fund.changed.end()) fund.changed.push_back(std::move(key));
    }
}

void BatchLimits::top_up(const std::string& account, std::optional<Micros> set, Micros add) {
    Touched& fund = fund_of(account);
    const Micros amount{set ? set->value - fund.after.balance.value + add.value : add.value};
    guard::top_up(fund.after, account, amount, facts_.now, ledger_);
}

std::map<std::string, guard::Fund> BatchLimits::funds() const {
    std::map<std::string, guard::Fund> all;
    if (known_ != nullptr) all = known_->funds();
    for (const auto& [account, fund] : funds_) all[account] = fund.after;
    return all;
}

std::vector<std::pair<std::string, std::vector<TimePoint>>> BatchLimits::blocked() const {
    std::vector<std::pair<std::string, std::vector<TimePoint>>> all;
    if (known_ == nullptr) return all;
    for (std::string& number : known_->blocked(facts_.now)) {
        auto starts = starts_of(number);
        all.emplace_back(std::move(number), std::move(starts));
    }
    return all;
}

void BatchLimits::finish(store::Changes& changes, std::vector<guard::SpendWarning>& warnings) {
    changes.marks = std::move(new_marks_);
    changes.verified.reserve(new_verified_.size());
    for (auto& [subscriber, verified] : new_verified_) changes.verified.push_back(std::move(verified));
    changes.ledger = std::move(ledger_);
    for (auto& [key, fund] : funds_) {
        if (fund.before == fund.after) continue;
        if (const account::Account* account = find_account(key)) {
            std::ranges::move(guard::warnings(*account, fund.before, fund.after, facts_.now),
                              std::back_inserter(warnings));
        }
        changes.funds.push_back({key, std::move(fund.after), std::move(fund.changed)});
    }
    std::ranges::move(refused_, std::back_inserter(warnings));
}

}  // namespace roger::engine
