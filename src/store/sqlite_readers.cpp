#include "store/sqlite_readers.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "store/batch.hpp"
#include "store/row_codec.hpp"

namespace roger::store {
namespace {

/// Nobody holds a lock for long but a recovery of the log, after a crash.
constexpr int read_busy_ms = 1000;

AuditEntry audit_entry(Statement& row) {
    AuditEntry entry{.seq = row.integer(0), .at = TimePoint(milliseconds(row.integer(1)))};
    AuditNote& note = entry.note;
    int column = 2;
    for (std::string* text : {&note.who, &note.from, &note.action, &note.target, &note.detail}) {
        *text = row.text(column++);
    }
    const auto hash = row.blob(column);
    std::copy_n(hash.begin(), std::min(hash.size(), entry.hash.size()), entry.hash.begin());
    return entry;
}

}  // namespace

Readers::Lease::Lease(Readers& readers) : readers_(readers) {
    std::unique_lock lock(readers_.mutex_);
    readers_.returned_.wait(lock, [&] { return !readers_.idle_.empty(); });
    reader_ = readers_.idle_.back();
    readers_.idle_.pop_back();
}

Readers::Lease::~Lease() {
    {
        const std::lock_guard lock(readers_.mutex_);
        readers_.idle_.push_back(reader_);
    }
    readers_.returned_.notify_one();
}

Result<std::unique_ptr<Readers>> Readers::open(const std::string& path,
                                               const std::string& vfs,
                                               std::size_t connections) {
    ROGER_ASSERT(connections > 0, "without a reader nothing could be searched");
    auto readers = std::make_unique<Readers>();
    for (std::size_t i = 0; i < connections; ++i) {
        auto connection = Connection::open(path, SQLITE_OPEN_READONLY, vfs);
        if (!connection) return tl::unexpected(connection.error());
        (void)sqlite3_busy_timeout(connection->handle(), read_busy_ms);
        auto by_key = connection->prepare("SELECT row FROM verification WHERE key = ?");
        if (!by_key) return tl::unexpected(by_key.error());
        auto newest_first = connection->prepare("SELECT key, row FROM verification WHERE key < ? ORDER BY key DESC");
        if (!newest_first) return tl::unexpected(newest_first.error());
        auto audit_down = connection->prepare("SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC");
        if (!audit_down) return tl::unexpected(audit_down.error());
        auto audit_up = connection->prepare("SELECT * FROM audit WHERE seq >= ? ORDER BY seq");
        if (!audit_up) return tl::unexpected(audit_up.error());
        readers->all_.push_back(std::make_unique<Reader>(std::move(*connection), std::move(*by_key),
                                                         std::move(*newest_first), std::move(*audit_down),
                                                         std::move(*audit_up)));
        readers->idle_.push_back(readers->all_.back().get());
    }
    return readers;
}

Result<Page> Readers::read(const Query& query) {
    if (auto checked = check_query(query); !checked) return tl::unexpected(checked.error());
    const Lease lease(*this);
    auto found = query.key ? find(*lease, *query.key) : scan(*lease, query);
    // timed_out is about commits; a reader that meets damage cannot read, and that is all.
    if (!found && found.error().code == Errc::timed_out) found.error().code = Errc::unavailable;
    return found;
}

Result<std::vector<AuditEntry>> Readers::audit(const AuditQuery& query) {
    const Lease lease(*this);
    Statement& rows = query.from ? (*lease).audit_oldest_first : (*lease).audit_newest_first;
    const StatementUse use(rows);
    rows.bind(1, query.from.value_or(query.before.value_or(INT64_MAX)));
    std::vector<AuditEntry> found;
    const std::size_t limit = std::min(query.limit, audit_limit_max);
    int rc = SQLITE_ROW;
    while (found.size() < limit && (rc = rows.step()) == SQLITE_ROW) {
        AuditEntry entry = audit_entry(rows);
        if (passes(entry.note, query)) found.push_back(std::move(entry));
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return fail(Errc::unavailable, (*lease).connection.error(rc).detail);
    }
    return found;
}

void Readers::leave_as_it_is() {
    for (const auto& reader : all_) reader->connection.leave_as_it_is();
}

Result<Page> Readers::find(Reader& reader, RowKey key) {
    const StatementUse use(reader.by_key);
    const int rc = reader.by_key.bind(1, key.value).step();
    Page found;
    if (rc == SQLITE_DONE) return found;
    if (rc != SQLITE_ROW) return tl::unexpected(reader.connection.error(rc));
    auto row = decode(key, reader.by_key.blob(0));
    if (!row) return tl::unexpected(row.error());
    found.rows.push_back(std::move(*row));
    return found;
}

Result<Page> Readers::scan(Reader& reader, const Query& query) {
    const StatementUse use(reader.newest_first);
    const std::size_t limit = std::min(query.limit, query_limit_max);
    Statement& rows = reader.newest_first.bind(1, query.before.value_or(RowKey{INT64_MAX}).value);
    Page found;
    for (std::size_t scanned = 0; found.rows.size() < limit && scanned < query.scan_max; ++scanned) {
        const int rc = rows.step();
        if (rc == SQLITE_DONE) {
            found.last.reset();
            break;
        }
        if (rc != SQLITE_ROW) return tl::unexpected(reader.connection.error(rc));
        const RowKey key{rows.integer(0)};
        const auto bytes = rows.blob(1);
        found.last = key;
        const auto head = peek(key, bytes);
        if (!head) return tl::unexpected(head.error());
        if (!passes(*head, query)) continue;
        auto row = decode(key, bytes);
        if (!row) return tl::unexpected(row.error());
        found.rows.push_back(std::move(*row));
    }
    return found;
}

}  // namespace roger::store
