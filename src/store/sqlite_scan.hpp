// Reading the rows at start, on two threads: one goes through the table and looks at each row, the calling one takes
// those in progress meanwhile. Either does about half of the work.
#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "base/function_ref.hpp"
#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::store {

struct LiveRow {
    RowKey key;
    bool sending = false;              ///< an event is in state `sending`
    std::span<const std::byte> bytes;  ///< good during the call
};

struct StartedRow {
    RowKey key;
    std::uint64_t number = 0;  ///< StartTimes::key_of
    TimePoint submitted{};
};

struct ScannedKeys {
    RowKey live_from;     ///< no row before it is in progress
    RowKey started_from;  ///< no row before it counts as a start
};

/// Every row that may be in progress, and every start that counts; no transaction is open, and nobody else uses the
/// connection meanwhile.
/// @param live_row  called for each row in progress, by rising keys, on the calling thread; false when it cannot be
/// one,
///                  for its subscriber has another: the scan ends there
/// @param started   likewise for each row from started_from on
/// @return blocked with a sentence when a row that may be in progress is damaged or was refused; else what SQLite said
[[nodiscard]] Result<void> scan_rows(Connection& connection,
                                     const ScannedKeys& keys,
                                     const std::string& path,
                                     FunctionRef<bool(const LiveRow&)> live_row,
                                     FunctionRef<void(const StartedRow&)> started);

}  // namespace roger::store
