#include "store/sqlite_connection.hpp"

#include <cerrno>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace roger::store {
namespace {

constexpr int primary(int rc) noexcept { return rc & 0xFF; }

void check_bound(int rc) {
    // Out of range is our mistake; without memory there is nothing better to do than to stop.
    ROGER_ASSERT(rc == SQLITE_OK, "the statement has this parameter and is not running");
}

}  // namespace

Statement& Statement::bind(int index, std::int64_t value) {
    check_bound(sqlite3_bind_int64(handle_.get(), index, value));
    return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
    check_bound(sqlite3_bind_text64(handle_.get(), index, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int index, std::span<const std::byte> value) {
    check_bound(sqlite3_bind_blob64(handle_.get(), index, value.data(), value.size(), SQLITE_STATIC));
    return *this;
}

Statement& Statement::bind_null(int index) {
    check_bound(sqlite3_bind_null(handle_.get(), index));
    return *this;
}

int Statement::run() {
    const int rc = step();
    reset();
    return rc;
}

void Statement::reset() {
    // Repeats the error of the last step, which its caller has seen.
    (void)sqlite3_reset(handle_.get());
}

std::string_view Statement::text(int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::span<const std::byte> Statement::blob(int column) {
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Result<Connection> Connection::open(const std::string& path, int flags, const std::string& vfs) {
    Connection connection;
    sqlite3* handle = nullptr;
    // NOMUTEX: a connection belongs to one thread at a time, which the rooms above see to.
    const int rc = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   vfs.empty() ? nullptr : vfs.c_str());
    connection.handle_.reset(handle);  // also after an error there is something to close
    if (rc != SQLITE_OK) return tl::unexpected(connection.error(rc));
    return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
    Statement statement;
    sqlite3_stmt* handle = nullptr;
    const int rc = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    statement.handle_.reset(handle);
    if (rc != SQLITE_OK) return tl::unexpected(error(rc));
    return statement;
}

int Connection::exec(const std::string& sql) {
    return sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

Result<void> Connection::execute(const std::string& sql) {
    if (const int rc = exec(sql); rc != SQLITE_OK) return tl::unexpected(error(rc));
    return {};
}

Error Connection::error(int rc) const {
    // The message names tables and files, never the values of a row.
    const char* words = handle_ == nullptr ? sqlite3_errstr(rc) : sqlite3_errmsg(handle_.get());
    return {meaning_before_commit(rc), fmt::format("SQLite: {} (code {})", words, rc)};
}

int Connection::log_errno() const {
    sqlite3_file* log = nullptr;
    (void)sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    int error = 0;
    if (log != nullptr && log->pMethods != nullptr) {
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    return error;
}

void Connection::leave_as_it_is() {
    if (handle_ != nullptr) (void)sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

bool is_fatal(int rc) noexcept {
    return primary(rc) == SQLITE_CORRUPT || primary(rc) == SQLITE_NOTADB || rc == SQLITE_IOERR_FSYNC ||
           rc == SQLITE_IOERR_DIR_FSYNC;
}

bool is_no_room(int rc, int log_errno) noexcept {
    return primary(rc) == SQLITE_FULL || (rc == SQLITE_IOERR_WRITE && log_errno == EDQUOT);
}

Errc meaning_before_commit(int rc) noexcept { return is_fatal(rc) ? Errc::timed_out : Errc::unavailable; }

// COMMIT in WAL mode writes the frames of the changed pages behind the last commit, the frame with the commit mark last
// of all; then it syncs the log, then it publishes the new end in the shared index. So:
//  - BUSY: nothing was written, the transaction is still open and is rolled back.
//  - FULL, and IOERR_WRITE with EROFS or EDQUOT (SQLite turns ENOSPC alone into FULL): a write to the log failed, and
//    the commit mark, being the last of them, is not there in full: the frame's checksum, which chains all frames of
//    the transaction, cannot match, so that recovery drops it. (On a file system without
//    SQLITE_IOCAP_POWERSAFE_OVERWRITE copies of the marked frame would follow it; SQLite's unix layer has that property
//    by default.)
//  - Everything else may come after the mark was written: from the sync, whose failure leaves the log's pages in doubt,
//    or from growing the shared index (IOERR_SHMSIZE), when the transaction is durable already. Unknown.
// SQLite rolls back by itself after all of these but BUSY, in its memory and in the index; the bytes in the log stay,
// which is why a store in doubt must not go on: the next start would see a transaction that later ones did not.
Errc meaning_of_commit(int rc, int log_errno) noexcept {
    if (primary(rc) == SQLITE_BUSY || primary(rc) == SQLITE_FULL) return Errc::unavailable;
    if (rc == SQLITE_IOERR_WRITE && (log_errno == EROFS || log_errno == EDQUOT)) return Errc::unavailable;
    return Errc::timed_out;
}

}  // namespace roger::store
