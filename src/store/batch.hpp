// What the stores that keep live rows in memory do alike with a batch, before and after it is made durable.
#pragma once
#include <unordered_set>
#include <vector>

#include "base/hex.hpp"
#include "base/result.hpp"
#include "store/live_rows.hpp"
#include "store/row_codec.hpp"
#include "store/start_times.hpp"
#include "store/store.hpp"

namespace roger::store {

/// Query::limit counts up to here.
constexpr std::size_t query_limit_max = 200;
constexpr std::size_t audit_limit_max = 1000;  ///< AuditQuery::limit likewise

/// @return invalid_argument for a key beside filters
[[nodiscard]] Result<void> check_query(const Query& query);
/// Whether a row passes the query's filters.
[[nodiscard]] bool passes(const RowHead& head, const Query& query);

/// Periods of spending before the last one that are kept in memory: a receipt may come three days later.
constexpr std::int32_t spend_periods_kept = 4;

struct EncodedRow {
    RowKey key;
    bool live = false;
    Bytes bytes;
};

/// Receipt keys go by half-days of their expiry, rounded up; the last one whose keys have all expired.
[[nodiscard]] std::int64_t expiry_step(TimePoint expires) noexcept;
[[nodiscard]] std::int64_t expired_step(TimePoint now) noexcept;
/// How many expired receipt keys a batch removes: more than it adds, so that they never pile up.
[[nodiscard]] std::size_t forget_max(const Changes& changes) noexcept;
/// Of the segments from `first` on: the newest rows, newest first.
void keep_newest(std::vector<Segment>& found, std::size_t first);

/// Every live row, decoded.
void each_live_row(const LiveRows& live, FunctionRef<void(const Request&)> look);

/// Adds the row when it is live and not there yet.
void add_live(const LiveRows& live, RowKey key, Loaded& loaded);
/// Everything that is wanted and live. Receipts, and rows of wanted.any that are not live, are the caller's to add.
[[nodiscard]] Loaded load_live(const LiveRows& live, const Wanted& wanted);

/// Encodes what a batch changes.
/// @return invalid_argument for a key below 1 or given twice, a row that is too large or changes its
///         subscriber, or an account without a key; conflict when a subscriber would have two live rows
[[nodiscard]] Result<std::vector<EncodedRow>> check_batch(const LiveRows& live, const Changes& changes);

/// Once the batch is durable: puts live rows in and takes ended ones out.
void apply_batch(LiveRows& live, const std::vector<EncodedRow>& rows);

/// What both stores keep in memory beside the live rows, and change only once a batch is durable.
struct Memory {
    StartTimes starts;
    std::map<std::string, guard::Fund> funds;
    std::unordered_set<std::int64_t> marked;  ///< numbers that may have marks
    RowKey last_key;                          ///< rows with greater ones are new: each is a start

    void apply(const Changes& changes);
    /// When the store is opened: a row of one of the keys that can still count. @pre keys rise
    void add_start(RowKey key, std::uint64_t number, TimePoint submitted);
};
/// No row with a lesser key counts for a window of starts: service time passes at least as fast as real time.
[[nodiscard]] RowKey first_start_key(RowKey last_key);

}  // namespace roger::store
