// Accounts' money, in SQLite:
//
//   fund(account, balance, reserved, full)                       as it stands
//   spend(account, period, number, scope, settled, reserved)     by day and month (guard::SpendKey)
//   ledger(id, at, account, kind, amount, key)                   what led there; rows are only ever added
//
// Commit thread only, inside the store's transaction.
#pragma once
#include <map>
#include <string>

#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::store {

class MoneyTables {
public:
    /// Once, after the migrations. @param funds  gets all funds, with the spends of the last periods
    [[nodiscard]] Result<void> open(Connection& connection, std::map<std::string, guard::Fund>& funds);
    /// @return SQLITE_DONE or an extended result code
    [[nodiscard]] int write(const Changes& changes);

private:
    Statement put_fund_, put_spend_, add_entry_;
};

}  // namespace roger::store
