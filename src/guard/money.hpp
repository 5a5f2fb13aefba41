// What an account may still spend. Before a request starts, the most that it can cost is set aside (reserved); what its
// messages and its success do cost is settled, and what can no longer be needed is released, each in the transaction in
// which the request's row says so. So the sum of what is spent and what is reserved never exceeds a balance or a cap.
//
//   balance  = top-ups − settled                     the ledger has a row for each of these four
//   reserved = reserved − settled − released         = the sum of reserve_of(row) over the account's requests
//
// Pure; amounts are micro-units of the account's currency.
#pragma once
#include <array>
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "account/account.hpp"
#include "guard/reason.hpp"
#include "verification/request.hpp"

namespace roger::guard {

/// What a request has cost so far: its messages, and its success.
[[nodiscard]] Micros spent_by(const verification::Request& row);
/// The most that it can still cost: every handover that may follow or whose outcome is not known, at the dearest route
/// and the longest text that were known at its start (Request::meter), and its success. 0 for a request without meter.
[[nodiscard]] Micros reserve_of(const verification::Request& row);

/// A period of a scope: both count from 1970.
struct SpendKey {
    account::Period period = account::Period::day;
    std::int32_t number = 0;
    std::string scope;  ///< as SpendCap's
    friend auto operator<=>(const SpendKey&, const SpendKey&) = default;
};
struct Spend {
    Micros settled;
    Micros reserved;
    friend bool operator==(const Spend&, const Spend&) = default;
};
[[nodiscard]] std::int32_t period_at(account::Period period, TimePoint now);
[[nodiscard]] TimePoint end_of(account::Period period, std::int32_t number);
/// All that a request counts for, by when it was submitted: day and month; in all, its country, its network.
[[nodiscard]] std::vector<SpendKey> keys_of(const verification::Request& row);

struct Fund {
    Micros balance;   ///< not yet spent; of accounts without one below 0
    Micros reserved;  ///< of it
    Micros full;      ///< the balance after the last top-up: what 80 % is measured by
    std::map<SpendKey, Spend> spends;
    friend bool operator==(const Fund&, const Fund&) = default;
};

struct LedgerEntry {
    /// Stored by value: never renumber.
    enum class Kind : std::uint8_t { reserve = 0, settle = 1, release = 2, topup = 3 } kind = Kind::reserve;
    std::string account;
    TimePoint at{};        ///< service time
    Micros amount;         ///< above 0, but of a top-up that takes away
    std::int64_t key = 0;  ///< of the request's row; 0: of none
    friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};
[[nodiscard]] std::string_view to_string(LedgerEntry::Kind kind) noexcept;

/// Moves what a change of a row costs or sets free, and writes it down.
/// @param before  nullptr: the request starts
/// @pre           after.meter is set, and was from the start
void move(Fund& fund,
          const verification::Request* before,
          const verification::Request& after,
          TimePoint now,
          std::vector<LedgerEntry>& ledger);
void top_up(Fund& fund, const std::string& account, Micros amount, TimePoint now, std::vector<LedgerEntry>& ledger);
/// What is reserved for requests that nobody will report of any more (the process that held them has ended) is
/// released: afterwards exactly `live` is reserved.
/// @param live  what the account's rows reserve, by key
void release_lost(Fund& fund,
                  const std::string& account,
                  const std::map<SpendKey, Micros>& live,
                  Micros live_in_all,
                  TimePoint now,
                  std::vector<LedgerEntry>& ledger);

/// Whether a request that may cost so much can start.
/// @return rule "balance" or "spend-cap"; seen and limit are micro-units
[[nodiscard]] std::optional<Reason> judge_spend(const account::Account& account,
                                                const Fund& fund,
                                                const verification::Request& draft,
                                                TimePoint now);

/// A balance or a cap is nearly, or quite, used up.
struct SpendWarning {
    std::string account;
    std::string what;      ///< "balance", or a cap: "day", "month country:GB"
    unsigned percent = 0;  ///< 80 or 100
    Micros used;
    Micros limit;
    std::string currency;
    friend bool operator==(const SpendWarning&, const SpendWarning&) = default;
};
constexpr unsigned warn_percent = 80;
/// Of a start that judge_spend() refused.
[[nodiscard]] SpendWarning used_up(const account::Account& account, const Reason& reason);
/// What is passed by what was settled between the two.
[[nodiscard]] std::vector<SpendWarning> warnings(const account::Account& account,
                                                 const Fund& before,
                                                 const Fund& after,
                                                 TimePoint now);

}  // namespace roger::guard
