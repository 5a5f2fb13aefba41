// A thin layer over SQLite's C interface: connections and statements that close themselves, and result codes told apart
// by what the caller may do.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "base/result.hpp"

namespace roger::store {

/// A prepared statement, used again and again. Used by one thread, like its connection.
class Statement {
public:
    Statement() = default;
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// Parameters count from 1. Texts and blobs must stay where they are until reset().
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view value);
    Statement& bind(int index, std::span<const std::byte> value);
    Statement& bind_null(int index);
    /// SQLITE_ROW, SQLITE_DONE or an extended result code.
    [[nodiscard]] int step() { return sqlite3_step(handle_.get()); }
    /// For a statement without rows: steps, then resets. @return SQLITE_DONE or an extended result code
    [[nodiscard]] int run();
    void reset();

    /// Columns count from 0, after SQLITE_ROW only; the memory is good until the next step or reset.
    [[nodiscard]] std::int64_t integer(int column) { return sqlite3_column_int64(handle_.get(), column); }
    [[nodiscard]] bool is_null(int column) { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
    [[nodiscard]] std::string_view text(int column);
    [[nodiscard]] std::span<const std::byte> blob(int column);

private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement at the end of a scope, so that no early return leaves a read transaction open.
class StatementUse {
public:
    explicit StatementUse(Statement& statement) : statement_(statement) {}
    StatementUse(const StatementUse&) = delete;
    StatementUse& operator=(const StatementUse&) = delete;
    ~StatementUse() { statement_.reset(); }

private:
    Statement& statement_;
};

/// One connection to a database; used by one thread at a time. Statements must go before it.
class Connection {
public:
    Connection() = default;
    /// @param flags  SQLITE_OPEN_…
    /// @param vfs    SQLite's name of a file layer; "" is the system's
    /// @return unavailable with SQLite's own words
    [[nodiscard]] static Result<Connection> open(const std::string& path, int flags, const std::string& vfs);

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// Runs statements that return nothing of interest. @return SQLITE_OK or an extended result code
    [[nodiscard]] int exec(const std::string& sql);
    /// The same as a Result: unavailable with SQLite's own words.
    [[nodiscard]] Result<void> execute(const std::string& sql);
    [[nodiscard]] Error error(int rc) const;

    /// errno of the last write to the log that failed. sqlite3_system_errno() does not know it after a COMMIT.
    [[nodiscard]] int log_errno() const;

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
    /// Closing then neither checkpoints nor syncs: for after an error of fsync, whose repetition proves nothing.
    void leave_as_it_is();

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// The database itself is damaged, or a sync failed: nothing that this process reads or writes can be relied upon.
[[nodiscard]] bool is_fatal(int rc) noexcept;
/// There was no room: the disk is full, or this user's part of it.
/// @param log_errno  of the connection, right after it
[[nodiscard]] bool is_no_room(int rc, int log_errno) noexcept;
/// What a failed statement before COMMIT means: unavailable, or timed_out if is_fatal().
[[nodiscard]] Errc meaning_before_commit(int rc) noexcept;
/// What a failed COMMIT means: unavailable if it certainly did not happen, else timed_out.
/// @param log_errno  of the connection, right after it
[[nodiscard]] Errc meaning_of_commit(int rc, int log_errno) noexcept;

}  // namespace roger::store
