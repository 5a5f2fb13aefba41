// What is remembered of numbers, in SQLite, by keyed hashes:
//
//   number_mark(number, key, idx, at, account, kind)                wrong codes, and what operators lifted
//   verified(subscriber, account, count, first, last, network)      successes, a row for each account's number
//
// Marks are written after a wrong code only, and looked for only for numbers that have some: memory says which. Commit
// thread only, inside the store's transaction.
#pragma once
#include <optional>
#include <unordered_set>
#include <vector>

#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::store {

class NumberTables {
public:
    /// Once, after the migrations. @param marked  gets the numbers that have marks
    [[nodiscard]] Result<void> open(Connection& connection, std::unordered_set<std::int64_t>& marked);

    /// Oldest first. @return SQLITE_DONE or an extended result code
    [[nodiscard]] int find(guard::NumberHash number, std::vector<guard::Mark>& found);
    [[nodiscard]] int find(guard::NumberHash subscriber, std::optional<guard::Verified>& found);
    /// Puts marks and successes in; a batch with marks takes a few out that are too old.
    /// @return SQLITE_DONE or an extended result code
    [[nodiscard]] int write(const Changes& changes);

private:
    Statement find_marks_, put_mark_, forget_marks_;
    Statement find_verified_, put_verified_;
};

/// Beside the commit thread, as Store::marks_of_many.
[[nodiscard]] Result<std::vector<guard::Mark>> read_marks_of_many(Connection& connection,
                                                                  TimePoint since,
                                                                  std::size_t wrong_codes_min,
                                                                  std::size_t max);

/// Beside the commit thread, as Store::marks_of.
[[nodiscard]] Result<std::vector<guard::Mark>> read_marks(Connection& connection, guard::NumberHash number);
/// Beside the commit thread, as Store::verified_of.
[[nodiscard]] Result<std::optional<guard::Verified>> read_verified(Connection& connection,
                                                                   guard::NumberHash subscriber);

}  // namespace roger::store
