#include "store/sqlite_money.hpp"

#include "store/batch.hpp"

namespace roger::store {
namespace {

Result<void> read_funds(Connection& connection, std::map<std::string, guard::Fund>& funds) {
    auto select = connection.prepare("SELECT account, balance, reserved, full FROM fund");
    if (!select) return tl::unexpected(select.error());
    int rc = SQLITE_OK;
    while ((rc = select->step()) == SQLITE_ROW) {
        funds[std::string(select->text(0))] = {.balance = Micros{select->integer(1)},
                                               .reserved = Micros{select->integer(2)},
                                               .full = Micros{select->integer(3)}};
    }
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return {};
}

Result<void> read_spends(Connection& connection, std::map<std::string, guard::Fund>& funds) {
    auto select = connection.prepare(
        "SELECT account, period, number, scope, settled, reserved FROM spend AS s WHERE number >= (SELECT max(number) "
        "FROM spend AS t WHERE t.account = s.account AND t.period = s.period) - ?");
    if (!select) return tl::unexpected(select.error());
    select->bind(1, std::int64_t{spend_periods_kept});
    int rc = SQLITE_OK;
    while ((rc = select->step()) == SQLITE_ROW) {
        const guard::SpendKey key{select->integer(1) == 0 ? account::Period::day : account::Period::month,
                                  static_cast<std::int32_t>(select->integer(2)), std::string(select->text(3))};
        funds[std::string(select->text(0))].spends[key] = {Micros{select->integer(4)}, Micros{select->integer(5)}};
    }
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return {};
}

}  // namespace

Result<void> MoneyTables::open(Connection& connection, std::map<std::string, guard::Fund>& funds) {
    const std::pair<Statement*, std::string_view> list[] = {
        {&put_fund_, "REPLACE INTO fund VALUES(?, ?, ?, ?)"},
        {&put_spend_, "REPLACE INTO spend VALUES(?, ?, ?, ?, ?, ?)"},
        {&add_entry_, "INSERT INTO ledger(at, account, kind, amount, key) VALUES(?, ?, ?, ?, ?)"},
    };
    for (const auto& [statement, sql] : list) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return tl::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    if (auto done = read_funds(connection, funds); !done) return done;
    return read_spends(connection, funds);
}

int MoneyTables::write(const Changes& changes) {
    int rc = SQLITE_DONE;
    for (const FundChange& change : changes.funds) {
        const guard::Fund& fund = change.fund;
        put_fund_.bind(1, change.account).bind(2, fund.balance.value).bind(3, fund.reserved.value);
        if (rc = put_fund_.bind(4, fund.full.value).run(); rc != SQLITE_DONE) return rc;
        for (const guard::SpendKey& key : change.changed) {
            const guard::Spend& spend = fund.spends.at(key);
            put_spend_.bind(1, change.account).bind(2, static_cast<std::int64_t>(key.period));
            put_spend_.bind(3, std::int64_t{key.number}).bind(4, key.scope);
            if (rc = put_spend_.bind(5, spend.settled.value).bind(6, spend.reserved.value).run(); rc != SQLITE_DONE)
                return rc;
        }
    }
    for (const guard::LedgerEntry& entry : changes.ledger) {
        add_entry_.bind(1, entry.at.time_since_epoch().count()).bind(2, entry.account);
        add_entry_.bind(3, static_cast<std::int64_t>(entry.kind)).bind(4, entry.amount.value).bind(5, entry.key);
        if (rc = add_entry_.run(); rc != SQLITE_DONE) return rc;
    }
    return rc;
}

}  // namespace roger::store
