#include "store/sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "observe/log.hpp"
#include "store/account_codec.hpp"
#include "store/batch.hpp"
#include "store/reserve.hpp"
#include "store/row_codec.hpp"
#include "store/sqlite_checkpointer.hpp"
#include "store/sqlite_connection.hpp"
#include "store/sqlite_readers.hpp"
#include "store/sqlite_receipts.hpp"
#include "store/sqlite_schema.hpp"

namespace roger::store {
namespace {

/// Nobody else writes; a shell of the operator may hold a lock for a moment.
constexpr int busy_ms = 250;
/// How stale oldest_live may be: so many seconds of ended rows are read in vain at start.
constexpr seconds oldest_live_every{10};
/// On a full disk the log is emptied into the database no more often than this, for that costs syncs.
constexpr seconds empty_log_every{1};
/// After the log was begun anew, what is beyond this is given back to the disk. More than a log becomes under load:
/// syncing what is written over costs half of syncing what makes a file longer.
constexpr std::int64_t log_bytes_kept = 32 << 20;

/// The index of the log, which all connections share, in the parts that SQLite maps it by (WALINDEX_PGSZ): 4096 pages
/// of the log each, 134 MB in all.
constexpr int index_parts = 8;
constexpr int index_part_bytes = 32'768;

// journal_mode is kept in the file, the others are this connection's. The cache holds the pages of the last minutes'
// rows, which are the ones that are updated.
constexpr const char* settings_of_the_writer =
    "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    "PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA trusted_schema=OFF;";

struct Statements {
    Statement begin, commit, find, put_row, put_account, put_meta, put_audit;
};

Result<Statements> prepare_all(Connection& connection) {
    Statements all;
    const std::pair<Statement*, std::string_view> list[] = {
        {&all.begin, "BEGIN IMMEDIATE"},
        {&all.commit, "COMMIT"},
        {&all.find, "SELECT row FROM verification WHERE key = ?"},
        {&all.put_row, "REPLACE INTO verification VALUES(?, ?)"},
        {&all.put_account, "REPLACE INTO account VALUES(?, ?)"},
        {&all.put_meta, "REPLACE INTO meta VALUES(?, ?)"},
        {&all.put_audit, "INSERT INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?)"},
    };
    for (const auto& [statement, sql] : list) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return tl::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    return all;
}

class SqliteStore final : public Store {
public:
    static Result<std::unique_ptr<Store>> open(const SqliteOptions& options);
    ~SqliteStore() override;

    Result<void> transact(const Wanted& wanted, FunctionRef<Changes(const Loaded&)> decide) override;
    Result<Page> page(const Query& query) const override { return readers_->read(query); }
    Result<std::vector<AuditEntry>> audit(const AuditQuery& query) const override { return readers_->audit(query); }
    std::optional<TimePoint> next_due() const override { return live_.next_due(); }
    std::size_t live() const override { return live_.size(); }
    const Opened& opened() const override { return content_.opened; }
    bool give_up_reserve() override { return no_room_ && reserve_.give_up(); }
    Result<void> restore_reserve() override { return reserve_.make(); }
    bool scrub() override;

private:
    explicit SqliteStore(const SqliteOptions& options) : clock_(options.clock), reserve_(options.reserve) {}

    Result<void> add_ended(const Wanted& wanted, Loaded& loaded);
    Result<void> add_row(RowKey key, Loaded& loaded);
    Result<void> save(const Changes& changes, const std::vector<EncodedRow>& rows, std::optional<RowKey> oldest);
    Result<void> write_all(const Changes& changes, const std::vector<EncodedRow>& rows, std::optional<RowKey> oldest);
    int write_audit(const AuditEntry& entry);
    Result<void> commit();
    std::optional<RowKey> new_oldest_live(const std::vector<EncodedRow>& rows) const;
    bool move_the_rest();
    bool emptied_log();
    tl::unexpected<Error> failed(Error error);

    const Clock& clock_;
    const Reserve reserve_;
    Connection connection_;
    Statements statements_;
    ReceiptTable receipts_;
    LiveRows live_;
    Content content_;
    RowKey last_key_;
    SteadyTime oldest_live_written_{};
    std::optional<SteadyTime> log_emptied_;
    bool no_room_ = false;  ///< why the last batch was not saved: the disk, or our part of it, is full
    bool broken_ = false;   ///< a commit is in doubt, or the file is damaged: nothing may be done with it any more
    std::unique_ptr<Checkpointer> checkpointer_;
    std::unique_ptr<Readers> readers_;
};

/// SQLite would make it readable for all; the -wal and -shm files get the same mode.
Result<void> create_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        (void)::close(file);
        return {};
    }
    if (errno == EEXIST) return {};
    return fail(Errc::unavailable, std::strerror(errno));
}

Result<Connection> open_writer(const SqliteOptions& options) {
    if (options.vfs.empty()) {
        if (auto created = create_private(options.path); !created) return tl::unexpected(created.error());
    }
    auto connection = Connection::open(options.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.vfs);
    if (!connection) return connection;
    if (sqlite3_db_readonly(connection->handle(), "main") == 1) {
        return fail(Errc::unavailable, "the file is read-only");
    }
    (void)sqlite3_busy_timeout(connection->handle(), busy_ms);
    const std::string settings =
        fmt::format("{} PRAGMA journal_size_limit={};", settings_of_the_writer, log_bytes_kept);
    if (auto done = connection->execute(settings); !done) return tl::unexpected(done.error());
    return connection;
}

/// Growing the index later may fail for want of room when its commit is durable already, which leaves it in doubt.
Result<void> allocate_index(const Connection& connection) {
    sqlite3_file* file = nullptr;
    (void)sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
    void volatile* ignored = nullptr;
    const int rc = file->pMethods->xShmMap(file, index_parts - 1, index_part_bytes, 1, &ignored);
    if (rc != SQLITE_OK) return fail(Errc::unavailable, fmt::format("no room for the index of the log (code {})", rc));
    return {};
}

Result<std::unique_ptr<Store>> SqliteStore::open(const SqliteOptions& options) {
    auto store = std::unique_ptr<SqliteStore>(new SqliteStore(options));
    auto connection = open_writer(options);
    if (!connection) return tl::unexpected(explain(connection.error(), options.path));
    store->connection_ = std::move(*connection);
    if (auto done = migrate(store->connection_, options.path); !done) return tl::unexpected(done.error());

    if (auto done = allocate_index(store->connection_); !done) {
        return tl::unexpected(explain(done.error(), options.path));
    }

    const auto live_row = [&live = store->live_](RowKey key, std::span<const std::byte> bytes) {
        return live.add(key, bytes);
    };
    auto content = read_content(store->connection_, options.path, live_row);
    if (!content) return tl::unexpected(content.error());
    store->content_ = std::move(*content);
    store->last_key_ = store->content_.opened.last_key;

    auto statements = prepare_all(store->connection_);
    if (!statements) return tl::unexpected(explain(statements.error(), options.path));
    store->statements_ = std::move(*statements);
    if (auto done = store->receipts_.open(store->connection_); !done) {
        return tl::unexpected(explain(done.error(), options.path));
    }
    auto readers = Readers::open(options.path, options.vfs, options.reader_connections);
    if (!readers) return tl::unexpected(explain(readers.error(), options.path));
    store->readers_ = std::move(*readers);

    auto background = Connection::open(options.path, SQLITE_OPEN_READWRITE, options.vfs);
    if (!background) return tl::unexpected(explain(background.error(), options.path));
    // Its syncs are what makes a checkpoint safe; NORMAL is what WAL asks for there.
    if (auto done = background->execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0;"); !done) {
        return tl::unexpected(explain(done.error(), options.path));
    }
    store->checkpointer_ = std::make_unique<Checkpointer>(
        std::move(*background),
        Checkpointer::Limits{.checkpoint_pages = options.checkpoint_pages, .restart_pages = options.restart_pages});
    const auto hook = [](void* checkpointer, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(checkpointer)->committed(pages);
        return SQLITE_OK;  // anything else would make COMMIT look failed although it happened
    };
    (void)sqlite3_wal_hook(store->connection_.handle(), hook, store->checkpointer_.get());
    return store;
}

SqliteStore::~SqliteStore() {
    if (connection_.handle() == nullptr) return;
    (void)sqlite3_wal_hook(connection_.handle(), nullptr, nullptr);
    // The last connection to close checkpoints and syncs, which must not happen to a file in doubt.
    if (broken_ || (checkpointer_ && checkpointer_->broken())) {
        connection_.leave_as_it_is();
        if (readers_) readers_->leave_as_it_is();
    }
    checkpointer_.reset();
    readers_.reset();
}

Result<void> SqliteStore::transact(const Wanted& wanted, FunctionRef<Changes(const Loaded&)> decide) {
    if (!broken_ && checkpointer_->wants_the_rest()) (void)move_the_rest();
    if (broken_ || checkpointer_->broken()) {
        broken_ = true;
        return fail(Errc::timed_out, "the database is in doubt after an earlier error: restart to recover");
    }
    Loaded loaded = load_live(live_, wanted);
    if (auto added = add_ended(wanted, loaded); !added) return added;
    const Changes changes = decide(loaded);
    if (changes.empty()) return {};
    auto rows = check_batch(live_, changes);
    if (!rows) return tl::unexpected(rows.error());

    const std::optional<RowKey> oldest = new_oldest_live(*rows);
    no_room_ = false;
    auto saved = save(changes, *rows, oldest);
    if (!saved && no_room_ && emptied_log()) saved = save(changes, *rows, oldest);
    if (!saved && broken_) return failed({Errc::timed_out, saved.error().detail});
    if (!saved) return saved;

    if (oldest) {
        content_.oldest_live = *oldest;
        oldest_live_written_ = clock_.steady_now();
    }
    for (const EncodedRow& row : *rows) last_key_ = std::max(last_key_, row.key);
    apply_batch(live_, *rows);
    return {};
}

Result<void> SqliteStore::add_ended(const Wanted& wanted, Loaded& loaded) {
    for (const RowKey key : wanted.any) {
        if (auto added = add_row(key, loaded); !added) return added;
    }
    for (const verification::ReceiptKey& id : wanted.receipts) {
        std::vector<Segment> found;
        if (const int rc = receipts_.find(id, found); rc != SQLITE_DONE) return failed(connection_.error(rc));
        for (const Segment& segment : found) {
            if (auto added = add_row(segment.key, loaded); !added) return added;
        }
        if (!found.empty()) loaded.receipts.insert_or_assign(id, std::move(found));
    }
    return {};
}

Result<void> SqliteStore::add_row(RowKey key, Loaded& loaded) {
    add_live(live_, key, loaded);
    if (loaded.rows.contains(key)) return {};
    const StatementUse use(statements_.find);
    const int rc = statements_.find.bind(1, key.value).step();
    if (rc == SQLITE_DONE) return {};
    if (rc != SQLITE_ROW) return failed(connection_.error(rc));
    auto row = decode(key, statements_.find.blob(0));
    // One damaged row is one command's loss: it is found by splitting the batch.
    if (!row) return fail(Errc::invalid_argument, fmt::format("row {}: {}", key.value, row.error().detail));
    loaded.rows.emplace(key, std::move(*row));
    return {};
}

/// What oldest_live must become with this batch: a lower bound of the live rows, every few seconds, but at once when a
/// row comes to life before it, or the next start would not see that row.
std::optional<RowKey> SqliteStore::new_oldest_live(const std::vector<EncodedRow>& rows) const {
    RowKey oldest = live_.lower_bound().value_or(RowKey{last_key_.value + 1});
    for (const EncodedRow& row : rows) {
        if (row.live) oldest = std::min(oldest, row.key);
    }
    if (oldest < content_.oldest_live) return oldest;
    const bool time_has_come = clock_.steady_now() - oldest_live_written_ >= oldest_live_every;
    return time_has_come && oldest != content_.oldest_live ? std::optional(oldest) : std::nullopt;
}

Result<void> SqliteStore::save(const Changes& changes,
                               const std::vector<EncodedRow>& rows,
                               std::optional<RowKey> oldest) {
    auto done = write_all(changes, rows, oldest);
    if (done) done = commit();
    // Some errors roll back by themselves. When the rollback fails, what is in the cache is nobody's guess.
    if (!done && connection_.in_transaction() && connection_.exec("ROLLBACK") != SQLITE_OK &&
        connection_.in_transaction()) {
        return failed({Errc::timed_out, "ROLLBACK failed after: " + done.error().detail});
    }
    return done;
}

Result<void> SqliteStore::write_all(const Changes& changes,
                                    const std::vector<EncodedRow>& rows,
                                    std::optional<RowKey> oldest) {
    int rc = statements_.begin.run();
    for (const EncodedRow& row : rows) {
        if (rc == SQLITE_DONE) rc = statements_.put_row.bind(1, row.key.value).bind(2, row.bytes).run();
    }
    for (const account::Account& account : changes.accounts) {
        const std::string body = encode(account);
        if (rc == SQLITE_DONE) rc = statements_.put_account.bind(1, account.key).bind(2, body).run();
    }
    for (const auto& [name, value] : changes.settings) {
        const std::string full_name = "setting." + name;
        if (rc == SQLITE_DONE) rc = statements_.put_meta.bind(1, full_name).bind(2, value).run();
    }
    for (const AuditEntry& entry : changes.audit) {
        if (rc == SQLITE_DONE) rc = write_audit(entry);
    }
    if (rc == SQLITE_DONE) rc = receipts_.write(changes);
    if (rc == SQLITE_DONE && oldest) rc = statements_.put_meta.bind(1, "oldest_live").bind(2, oldest->value).run();
    if (rc != SQLITE_DONE) {
        no_room_ = is_no_room(rc, connection_.log_errno());
        return failed(connection_.error(rc));
    }
    return {};
}

int SqliteStore::write_audit(const AuditEntry& entry) {
    const AuditNote& note = entry.note;
    return statements_.put_audit.bind(1, entry.seq)
        .bind(2, entry.at.time_since_epoch().count())
        .bind(3, note.who)
        .bind(4, note.from)
        .bind(5, note.action)
        .bind(6, note.target)
        .bind(7, note.detail)
        .bind(8, std::span<const std::byte>(entry.hash))
        .run();
}

Result<void> SqliteStore::commit() {
    const int rc = statements_.commit.step();
    Error error;
    if (rc != SQLITE_DONE) {
        error = connection_.error(rc);
        error.code = meaning_of_commit(rc, connection_.log_errno());
        no_room_ = is_no_room(rc, connection_.log_errno());
    }
    statements_.commit.reset();
    if (rc != SQLITE_DONE) return failed(std::move(error));
    return {};
}

/// The end of a checkpoint that the background thread has just done nearly all of: a few pages, one sync.
/// @return whether the database has all of the log
bool SqliteStore::move_the_rest() {
    int in_log = 0;
    int moved = 0;
    const int rc = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    if (is_fatal(rc)) {
        observe::error("checkpoint failed: the store is not used any more", {{"error", connection_.error(rc).detail}});
        broken_ = true;
        checkpointer_->halt();
    }
    return rc == SQLITE_OK && moved == in_log;
}

/// When the disk is full the log may still have room of its own: the next commit begins it anew once the database has
/// all of it, which may not have come to pass while commits outran the checkpoints.
bool SqliteStore::emptied_log() {
    const SteadyTime now = clock_.steady_now();
    if (broken_ || (log_emptied_ && now - *log_emptied_ < empty_log_every)) return false;
    log_emptied_ = now;
    return move_the_rest();
}

/// secure_delete has overwritten it in the pages; what is left is in the log, and in pages that wait there.
bool SqliteStore::scrub() {
    if (broken_) return false;
    const int rc =
        sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (is_fatal(rc)) {
        broken_ = true;
        checkpointer_->halt();
    }
    if (rc == SQLITE_OK) checkpointer_->committed(0);
    return rc == SQLITE_OK;
}

tl::unexpected<Error> SqliteStore::failed(Error error) {
    if (error.code == Errc::timed_out) {
        broken_ = true;
        checkpointer_->halt();
    }
    return tl::unexpected(std::move(error));
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options) {
    auto store = SqliteStore::open(options);
    // Opening needs a little room itself, for the index of the log.
    const bool in_vain = !store && store.error().code == Errc::unavailable;
    if (in_vain && Reserve(options.reserve).give_up()) store = SqliteStore::open(options);
    return store;
}

}  // namespace roger::store
