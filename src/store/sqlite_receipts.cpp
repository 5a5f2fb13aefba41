#include "store/sqlite_receipts.hpp"

#include <algorithm>

#include "store/batch.hpp"

namespace roger::store {

Result<void> ReceiptTable::open(Connection& connection) {
    connection_ = &connection;
    const std::pair<Statement*, std::string_view> list[] = {
        {&find_,
         "SELECT key, event, attempt, part, parts FROM receipt_key WHERE expires = ? AND peer_group = ? AND id = ? "
         "ORDER BY key DESC LIMIT ?"},
        {&put_, "REPLACE INTO receipt_key VALUES(?, ?, ?, ?, ?, ?, ?, ?)"},
        {&forget_,
         "DELETE FROM receipt_key WHERE (expires, peer_group, id, key) IN "
         "(SELECT expires, peer_group, id, key FROM receipt_key WHERE expires = ? LIMIT ?)"},
    };
    for (const auto& [statement, sql] : list) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return tl::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    auto next = connection.prepare("SELECT min(expires) FROM receipt_key WHERE expires > ?");
    if (!next) return tl::unexpected(next.error());
    std::int64_t last = INT64_MIN;
    while (true) {
        const int rc = next->bind(1, last).step();
        if (rc != SQLITE_ROW) return tl::unexpected(connection.error(rc));
        if (next->is_null(0)) return {};
        last = next->integer(0);
        steps_.insert(last);
        next->reset();
    }
}

int ReceiptTable::find(const verification::ReceiptKey& id, std::vector<Segment>& found) {
    const std::size_t first = found.size();
    for (const std::int64_t step : steps_) {
        const StatementUse use(find_);
        find_.bind(1, step).bind(2, id.peer_group).bind(3, id.id).bind(4, std::int64_t{receipt_matches_max});
        int rc = SQLITE_OK;
        while ((rc = find_.step()) == SQLITE_ROW) {
            found.push_back({.key = RowKey{find_.integer(0)},
                             .event = static_cast<std::uint8_t>(find_.integer(1)),
                             .attempt = static_cast<std::uint8_t>(find_.integer(2)),
                             .part = static_cast<std::uint8_t>(find_.integer(3)),
                             .parts = static_cast<std::uint8_t>(find_.integer(4))});
        }
        if (rc != SQLITE_DONE) return rc;
    }
    keep_newest(found, first);
    return SQLITE_DONE;
}

int ReceiptTable::write(const Changes& changes) {
    for (const ReceiptEntry& entry : changes.receipt_keys) {
        const std::int64_t step = expiry_step(entry.expires);
        steps_.insert(step);
        put_.bind(1, step).bind(2, entry.id.peer_group).bind(3, entry.id.id).bind(4, entry.segment.key.value);
        put_.bind(5, std::int64_t{entry.segment.event}).bind(6, std::int64_t{entry.segment.attempt});
        put_.bind(7, std::int64_t{entry.segment.part}).bind(8, std::int64_t{entry.segment.parts});
        if (const int rc = put_.run(); rc != SQLITE_DONE) return rc;
    }
    return forget(changes.forget_receipts_before, forget_max(changes));
}

int ReceiptTable::forget(TimePoint before, std::size_t max) {
    if (steps_.empty() || *steps_.begin() > expired_step(before)) return SQLITE_DONE;
    forget_.bind(1, *steps_.begin()).bind(2, static_cast<std::int64_t>(max));
    const int rc = forget_.run();
    // Only when nothing was left before this transaction: one that deletes something may yet be rolled back.
    if (rc == SQLITE_DONE && sqlite3_changes(connection_->handle()) == 0) steps_.erase(steps_.begin());
    return rc;
}

}  // namespace roger::store
