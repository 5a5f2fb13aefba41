#include "store/sqlite_schema.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "store/account_codec.hpp"
#include "store/sqlite_scan.hpp"

namespace roger::store {
namespace {

/// In order, never changed once released: number N leads from version N-1 to N.
constexpr const char* migrations[] = {
    // 1
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE account(key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE verification(key INTEGER PRIMARY KEY, row BLOB NOT NULL);"
    "INSERT INTO meta VALUES('oldest_live', 0);",
    // 2
    "CREATE TABLE receipt_key(expires INTEGER, peer_group TEXT, id TEXT, key INTEGER, event INTEGER NOT NULL, "
    "attempt INTEGER NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, "
    "PRIMARY KEY(expires, peer_group, id, key)) WITHOUT ROWID;",
    // 3
    ("CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL, "
     "action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL);"),
};
constexpr std::int64_t version_now = std::size(migrations);
constexpr std::string_view setting_prefix = "setting.";

/// The first column of the first row; nullopt when there is none.
Result<std::optional<std::int64_t>> number(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    const int rc = statement->step();
    if (rc == SQLITE_DONE) return std::nullopt;
    if (rc != SQLITE_ROW) return tl::unexpected(connection.error(rc));
    return statement->integer(0);
}

/// 0 for an empty database.
Result<std::int64_t> stored_version(Connection& connection, const std::string& path) {
    const auto tables = number(connection, "SELECT count(*) FROM sqlite_schema");
    if (!tables) return tl::unexpected(explain(tables.error(), path));
    if (**tables == 0) return 0;
    const auto meta = number(connection,
                             "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN "
                             "('meta', 'account', 'verification')");
    if (!meta) return tl::unexpected(explain(meta.error(), path));
    std::optional<std::int64_t> version;
    if (**meta == 3) {
        const auto stored = number(connection, "SELECT value FROM meta WHERE name = 'schema_version'");
        if (!stored) return tl::unexpected(explain(stored.error(), path));
        version = *stored;
    }
    if (!version || *version < 1) {
        return fail(Errc::blocked, fmt::format("{} is a database of another program: name another file", path));
    }
    return *version;
}

Result<void> migrate_to(Connection& connection, std::int64_t version, const std::string& path) {
    const std::string sql = fmt::format("BEGIN IMMEDIATE; {} REPLACE INTO meta VALUES('schema_version', {}); COMMIT;",
                                        migrations[version - 1], version);
    auto done = connection.execute(sql);
    if (!done) {
        if (connection.in_transaction()) (void)connection.exec("ROLLBACK");
        return tl::unexpected(explain(done.error(), path));
    }
    return {};
}

Result<void> read_settings(Connection& connection, Content& content) {
    auto statement = connection.prepare("SELECT name, value FROM meta");
    if (!statement) return tl::unexpected(statement.error());
    int rc = SQLITE_OK;
    while ((rc = statement->step()) == SQLITE_ROW) {
        const std::string_view name = statement->text(0);
        if (name == "oldest_live") content.oldest_live = RowKey{statement->integer(1)};
        if (name.starts_with(setting_prefix)) {
            content.opened.settings.emplace(name.substr(setting_prefix.size()), statement->text(1));
        }
    }
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return {};
}

Result<void> read_audit_head(Connection& connection, AuditHead& head) {
    auto statement = connection.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (!statement) return tl::unexpected(statement.error());
    const int rc = statement->step();
    if (rc == SQLITE_DONE) return {};
    if (rc != SQLITE_ROW) return tl::unexpected(connection.error(rc));
    head.seq = statement->integer(0);
    const auto hash = statement->blob(1);
    std::copy_n(hash.begin(), std::min(hash.size(), head.hash.size()), head.hash.begin());
    return {};
}

Result<void> read_accounts(Connection& connection, Content& content, const std::string& path) {
    auto statement = connection.prepare("SELECT key, body FROM account ORDER BY key");
    if (!statement) return tl::unexpected(statement.error());
    int rc = SQLITE_OK;
    while ((rc = statement->step()) == SQLITE_ROW) {
        auto account = decode_account(statement->text(1));
        if (!account || account->key != statement->text(0)) {
            return fail(Errc::blocked,
                        fmt::format("{}: account {} is damaged: restore the latest backup", path, statement->text(0)));
        }
        content.opened.accounts.push_back(std::move(*account));
    }
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return {};
}

}  // namespace

Error explain(const Error& error, const std::string& path) {
    if (error.code == Errc::blocked) return error;  // a sentence already
    // A fatal code before anything was committed can only mean damage: there is nothing in doubt yet.
    if (error.code == Errc::timed_out) {
        return {Errc::blocked, fmt::format("{} is damaged or no SQLite database ({}): restore the latest backup and "
                                           "look at the disk's health before starting again",
                                           path, error.detail)};
    }
    return {error.code, fmt::format("{} cannot be opened for writing ({}): see that its directory exists, belongs to "
                                    "this user and is on a disk that is writable and not full",
                                    path, error.detail)};
}

Result<void> migrate(Connection& connection, const std::string& path) {
    const auto stored = stored_version(connection, path);
    if (!stored) return tl::unexpected(stored.error());
    if (*stored > version_now) {
        return fail(Errc::blocked,
                    fmt::format("{} was written by a newer Roger (schema {}, this program knows {}): start "
                                "that version, or restore a backup from before the upgrade",
                                path, *stored, version_now));
    }
    for (std::int64_t version = *stored + 1; version <= version_now; ++version) {
        if (auto done = migrate_to(connection, version, path); !done) return done;
    }
    return {};
}

Result<Content> read_content(Connection& connection,
                             const std::string& path,
                             FunctionRef<bool(RowKey, std::span<const std::byte>)> live_row) {
    Content content;
    if (auto done = read_settings(connection, content); !done) return tl::unexpected(explain(done.error(), path));
    if (auto done = read_accounts(connection, content, path); !done) return tl::unexpected(explain(done.error(), path));
    if (auto done = read_audit_head(connection, content.opened.audit_head); !done) {
        return tl::unexpected(explain(done.error(), path));
    }
    const auto last = number(connection, "SELECT max(key) FROM verification");
    if (!last) return tl::unexpected(explain(last.error(), path));
    content.opened.last_key = RowKey{last->value_or(0)};
    const auto scanned = scan_rows(connection, content.oldest_live, path, [&](const LiveRow& row) {
        if (!live_row(row.key, row.bytes)) return false;
        ++content.opened.live;
        if (row.sending) content.opened.sending.push_back(row.key);
        return true;
    });
    if (!scanned) return tl::unexpected(explain(scanned.error(), path));
    return content;
}

}  // namespace roger::store
