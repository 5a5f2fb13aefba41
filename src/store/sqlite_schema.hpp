// The tables of the SQLite store, and how a database of an older version becomes one of ours.
//
//   meta(name, value)      schema_version, oldest_live, and each setting as "setting.NAME"
//   account(key, body)     one JSON object each (account_codec.hpp)
//   verification(key, row) one encoded request each (row_codec.hpp); key is the rowid, and there is no other index
//   receipt_key(…)         what peers' receipts are known by (sqlite_receipts.hpp)
//   number_mark, verified  what is remembered of numbers (sqlite_numbers.hpp)
//   fund, spend, ledger    accounts' money (sqlite_money.hpp)
#pragma once
#include <string>
#include <vector>

#include "store/sqlite_connection.hpp"
#include "store/sqlite_scan.hpp"
#include "store/store.hpp"

namespace roger::store {

/// Makes the tables in an empty database, or brings older ones up to date, one transaction a step.
/// @return blocked with a sentence for a database of a newer program, of another program, or a damaged one;
///         unavailable when it cannot be written
[[nodiscard]] Result<void> migrate(Connection& connection, const std::string& path);

/// The sentence for an operator when a database cannot be used, from what SQLite said.
[[nodiscard]] Error explain(const Error& error, const std::string& path);

struct Content {
    Opened opened;
    RowKey oldest_live;  ///< as stored: no row before it is in progress
};

/// Reads what must be known at start and hands over each row that is in progress; `live_row` says false when it cannot
/// be one, for its subscriber has another; and what began so lately that a window of starts may count it.
/// @return blocked with a sentence when a row is damaged
[[nodiscard]] Result<Content> read_content(Connection& connection,
                                           const std::string& path,
                                           FunctionRef<bool(RowKey, std::span<const std::byte>)> live_row,
                                           FunctionRef<void(const StartedRow&)> started);

}  // namespace roger::store
