// What the stores that keep live rows in memory do alike with a batch, before and after it is made durable.
#pragma once
#include <vector>

#include "base/hex.hpp"
#include "base/result.hpp"
#include "store/live_rows.hpp"
#include "store/row_codec.hpp"
#include "store/store.hpp"

namespace roger::store {

/// Query::limit counts up to here.
constexpr std::size_t query_limit_max = 200;
constexpr std::size_t audit_limit_max = 1000;  ///< AuditQuery::limit likewise

/// @return invalid_argument for a key beside filters
[[nodiscard]] Result<void> check_query(const Query& query);
/// Whether a row passes the query's filters.
[[nodiscard]] bool passes(const RowHead& head, const Query& query);

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

}  // namespace roger::store
