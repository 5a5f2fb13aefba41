// The ids by which peers' receipts are known, in SQLite:
//
//   receipt_key(expires, peer_group, id, key, event, attempt, part, parts)
//
// `expires` comes first in the only index, in steps of half a day: what is new goes to one end of the tree and what is
// old is taken from the other, so that neither needs an index of its own. A look-up asks each step that has keys, seven
// or so. Commit thread only, inside the store's transaction.
#pragma once
#include <set>

#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::store {

class ReceiptTable {
public:
    /// Once, after the migrations. An SQLite result code other than SQLITE_OK is the connection's last error.
    [[nodiscard]] Result<void> open(Connection& connection);

    /// Appends what is known of one id, newest row first, at most receipt_matches_max.
    /// @return SQLITE_DONE or an extended result code
    [[nodiscard]] int find(const verification::ReceiptKey& id, std::vector<Segment>& found);
    /// Puts keys in and takes a few out that have expired.
    /// @return SQLITE_DONE or an extended result code
    [[nodiscard]] int write(const Changes& changes);

private:
    [[nodiscard]] int forget(TimePoint before, std::size_t max);

    Connection* connection_ = nullptr;
    Statement find_;
    Statement put_;
    Statement forget_;
    std::set<std::int64_t> steps_;  ///< that may have keys: never too few, also after a rollback
};

}  // namespace roger::store
