// What the rules and the accounts' money say in one batch: what its first commands did counts for the later ones. Lives
// as long as one decide().
#pragma once
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/decide.hpp"

namespace roger::engine {

class BatchLimits {
public:
    BatchLimits(const store::Loaded& loaded, const Facts& facts, verification::Vault& vault)
        : known_(loaded.known), facts_(facts), vault_(vault) {}

    /// Whether the rules let a request start; those of its account, if there is such an account.
    [[nodiscard]] guard::Judgement judge_start(const verification::Request& draft, bool on_allow_list);
    /// Whether its account can pay for it. A start that says no is remembered as a warning.
    [[nodiscard]] std::optional<guard::Reason> judge_spend(const verification::Request& draft);
    void started(const verification::Request& row);

    /// Whether a code that is wrong uses up a budget of its number.
    [[nodiscard]] guard::Judgement judge_wrong(const verification::Request& row, std::size_t code_length);
    /// Before its row has the check.
    void wrong(const verification::Request& row, std::size_t code_length);
    /// @return the header Roger-Number-History: what was known of the number before this success
    [[nodiscard]] std::string right(const verification::Request& row);

    /// A row changed: its account's money moves with it.
    /// @param before  nullptr: it starts
    /// @pre           after.meter is set
    void moved(const verification::Request* before, const verification::Request& after);
    /// @param set  the balance from now on; none: by how much it changes is `add`
    void top_up(const std::string& account, std::optional<Micros> set, Micros add);
    void lift(const std::string& number, const std::string& account);

    [[nodiscard]] std::map<std::string, guard::Fund> funds() const;
    [[nodiscard]] std::vector<std::pair<std::string, std::vector<TimePoint>>> blocked() const;

    void finish(store::Changes& changes, std::vector<guard::SpendWarning>& warnings);

private:
    struct Touched {
        guard::Fund before;
        guard::Fund after;
        std::vector<guard::SpendKey> changed;
    };
    [[nodiscard]] const account::Account* find_account(const std::string& key) const;
    [[nodiscard]] std::vector<TimePoint> starts_of(const std::string& number) const;
    [[nodiscard]] const std::vector<guard::Mark>& marks_of(guard::NumberHash number);
    [[nodiscard]] const std::optional<guard::Verified>& verified_of(guard::NumberHash subscriber);
    /// What `needs` asks for, but the starts. The marks are good until the next call.
    [[nodiscard]] guard::Facts facts_of(const guard::Needs& needs,
                                        const std::string& account,
                                        const std::string& number);
    void add(guard::Mark mark);
    [[nodiscard]] Touched& fund_of(const std::string& account);

    const store::Knowledge* known_;
    const Facts& facts_;
    verification::Vault& vault_;
    std::unordered_map<std::string, std::vector<TimePoint>> starts_;  ///< of this batch
    std::map<guard::NumberHash, std::vector<guard::Mark>> marks_;     ///< as they are now
    std::map<guard::NumberHash, std::optional<guard::Verified>> verified_;
    std::vector<guard::Mark> new_marks_;
    std::map<guard::NumberHash, guard::Verified> new_verified_;
    std::map<std::string, Touched> funds_;
    std::vector<guard::LedgerEntry> ledger_;
    std::vector<guard::SpendWarning> refused_;
};

}  // namespace roger::engine
