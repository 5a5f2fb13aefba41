#include "history/history.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>

#include "history/statements.hpp"
#include "observe/log.hpp"

namespace roger::history {
namespace {

using store::Connection;

constexpr int least_priority = 19;
constexpr int busy_ms = 5000;
/// The number itself has 7 to 15 digits, so that a plain hash of it could be tried out; this one needs the key.
constexpr std::size_t hash_bytes = 16;

constexpr const char* settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=4000;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA trusted_schema=OFF;";

constexpr const char* schema =
    "BEGIN;"
    "CREATE TABLE request(key INTEGER PRIMARY KEY, account TEXT NOT NULL, number BLOB, status INTEGER NOT NULL, "
    "submitted INTEGER NOT NULL, country TEXT NOT NULL, network TEXT NOT NULL, route TEXT NOT NULL, "
    "time_to_verify INTEGER, checked INTEGER NOT NULL, blank INTEGER NOT NULL, events TEXT NOT NULL);"
    // Each ends in the key, so that its entries of one value stand in the order of time.
    "CREATE INDEX request_number ON request(number) WHERE number IS NOT NULL;"
    "CREATE INDEX request_account ON request(account);"
    "CREATE INDEX request_status ON request(status);"
    "CREATE INDEX request_country ON request(country);"
    "CREATE INDEX request_network ON request(network);"
    "CREATE INDEX request_route ON request(route);"
    "CREATE INDEX request_submitted ON request(submitted);"
    "CREATE INDEX request_to_blank ON request(account, submitted) WHERE blank = 0;"
    "CREATE TABLE refusal(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, account TEXT NOT NULL, "
    "call TEXT NOT NULL, status INTEGER NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, number BLOB, "
    "masked TEXT NOT NULL, country TEXT NOT NULL, request_id TEXT NOT NULL);"
    "CREATE INDEX refusal_number ON refusal(number) WHERE number IS NOT NULL;"
    "CREATE INDEX refusal_account ON refusal(account);"
    "CREATE INDEX refusal_rule ON refusal(rule);"
    "CREATE TABLE hourly(hour INTEGER, account TEXT, country TEXT, network TEXT, channel TEXT, route TEXT, "
    "started INTEGER, handed_over INTEGER, delivered INTEGER, checked INTEGER, converted INTEGER, failed INTEGER, "
    "expired INTEGER, cancelled INTEGER, b0 INTEGER, b1 INTEGER, b2 INTEGER, b3 INTEGER, b4 INTEGER, b5 INTEGER, "
    "b6 INTEGER, b7 INTEGER, b8 INTEGER, b9 INTEGER, b10 INTEGER, b11 INTEGER, b12 INTEGER, b13 INTEGER, b14 INTEGER, "
    "b15 INTEGER, PRIMARY KEY(hour, account, country, network, channel, route)) WITHOUT ROWID;"
    "CREATE TABLE hourly_event(hour INTEGER, account TEXT, country TEXT, network TEXT, channel TEXT, route TEXT, "
    "started INTEGER, handed_over INTEGER, delivered INTEGER, checked INTEGER, converted INTEGER, failed INTEGER, "
    "expired INTEGER, cancelled INTEGER, b0 INTEGER, b1 INTEGER, b2 INTEGER, b3 INTEGER, b4 INTEGER, b5 INTEGER, "
    "b6 INTEGER, b7 INTEGER, b8 INTEGER, b9 INTEGER, b10 INTEGER, b11 INTEGER, b12 INTEGER, b13 INTEGER, b14 INTEGER, "
    "b15 INTEGER, PRIMARY KEY(hour, account, country, network, channel, route)) WITHOUT ROWID;"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "INSERT INTO meta VALUES('floor', 0);"
    "PRAGMA user_version=1;"
    "COMMIT;";

std::int64_t number_of(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    return statement && statement->step() == SQLITE_ROW ? statement->integer(0) : -1;
}

/// SQLite would make it readable for all.
void create_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
}

Result<Connection> open_writer(const std::string& path) {
    create_private(path);
    auto connection = Connection::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    if (!connection) return connection;
    (void)sqlite3_busy_timeout(connection->handle(), busy_ms);
    if (auto done = connection->execute(settings); !done) return tl::unexpected<Error>(done.error());
    const std::int64_t version = number_of(*connection, "PRAGMA user_version");
    if (version == schema_version) {
        if (number_of(*connection, "SELECT value FROM meta WHERE name = 'floor'") < 0) {
            return fail(Errc::blocked, "the index cannot be read");
        }
        return connection;
    }
    const std::int64_t tables = number_of(*connection, "SELECT count(*) FROM sqlite_schema");
    if (version != 0 || tables != 0) return fail(Errc::blocked, "the index is of another version, or damaged");
    if (auto done = connection->execute(schema); !done) return tl::unexpected<Error>(done.error());
    return connection;
}

}  // namespace

History::History(const Options& options)
    : store_(options.store), clock_(options.clock), hmac_(derive_key(options.id_key, "roger number hash")) {}

Result<std::unique_ptr<History>> History::open(const Options& options) {
    std::unique_ptr<History> history(new History(options));
    auto prepared = history->prepare(options.path);
    if (!prepared) {
        observe::warning("the index of requests is begun anew", {{"error", prepared.error().detail}});
        history = std::unique_ptr<History>(new History(options));
        for (const char* end : {"", "-wal", "-shm"}) ::unlink((options.path + end).c_str());
        prepared = history->prepare(options.path);
    }
    if (!prepared) {
        return fail(Errc::unavailable, options.path + " cannot be written (" + prepared.error().detail + ")");
    }
    history->thread_ = std::jthread([raw = history.get()](const std::stop_token& stop) { raw->run(stop); });
    return history;
}

History::~History() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

Result<void> History::prepare(const std::string& path) {
    auto writer = open_writer(path);
    if (!writer) return tl::unexpected<Error>(writer.error());
    writer_ = std::move(*writer);
    auto reader = Connection::open(path, SQLITE_OPEN_READONLY, "");
    if (!reader) return tl::unexpected<Error>(reader.error());
    reader_ = std::move(*reader);
    (void)sqlite3_busy_timeout(reader_.handle(), busy_ms);

    statements_ = std::make_unique<Statements>();
    constexpr std::string_view add_tail =
        " VALUES(?,?,?,?,?,?, ?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
        "started = started + excluded.started, handed_over = handed_over + excluded.handed_over, "
        "delivered = delivered + excluded.delivered, checked = checked + excluded.checked, "
        "converted = converted + excluded.converted, failed = failed + excluded.failed, "
        "expired = expired + excluded.expired, cancelled = cancelled + excluded.cancelled, "
        "b0 = b0 + excluded.b0, b1 = b1 + excluded.b1, b2 = b2 + excluded.b2, b3 = b3 + excluded.b3, "
        "b4 = b4 + excluded.b4, b5 = b5 + excluded.b5, b6 = b6 + excluded.b6, b7 = b7 + excluded.b7, "
        "b8 = b8 + excluded.b8, b9 = b9 + excluded.b9, b10 = b10 + excluded.b10, b11 = b11 + excluded.b11, "
        "b12 = b12 + excluded.b12, b13 = b13 + excluded.b13, b14 = b14 + excluded.b14, b15 = b15 + excluded.b15";
    const std::string add_request = "INSERT INTO hourly" + std::string(add_tail);
    const std::string add_event = "INSERT INTO hourly_event" + std::string(add_tail);
    const std::pair<store::Statement*, std::string_view> list[] = {
        {&statements_->begin, "BEGIN IMMEDIATE"},
        {&statements_->commit, "COMMIT"},
        {&statements_->rollback, "ROLLBACK"},
        {&statements_->find,
         "SELECT account, status, submitted, country, network, time_to_verify, checked, blank, events "
         "FROM request WHERE key = ?"},
        {&statements_->insert, "INSERT INTO request VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&statements_->update,
         "UPDATE request SET status = ?, country = ?, network = ?, route = ?, time_to_verify = ?, checked = ?, "
         "blank = ?, events = ? WHERE key = ?"},
        {&statements_->add_request, add_request},
        {&statements_->add_event, add_event},
        {&statements_->put_refusal, "INSERT INTO refusal VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&statements_->prune_refusals, "DELETE FROM refusal WHERE id <= (SELECT max(id) FROM refusal) - ?"},
        {&statements_->open_min, "SELECT min(key) FROM request WHERE status = 0"},
        {&statements_->key_max, "SELECT max(key) FROM request"},
        {&statements_->put_floor, "UPDATE meta SET value = ? WHERE name = 'floor'"},
        {&statements_->get_floor, "SELECT value FROM meta WHERE name = 'floor'"},
        {&statements_->forget_requests, "UPDATE request SET number = NULL WHERE number = ?"},
        {&statements_->forget_refusals, "UPDATE refusal SET number = NULL, masked = '' WHERE number = ?"},
    };
    for (const auto& [statement, sql] : list) {
        auto prepared = writer_.prepare(sql);
        if (!prepared) return tl::unexpected<Error>(prepared.error());
        *statement = std::move(*prepared);
    }
    return {};
}

Bytes History::hash_of(const std::string& number) {
    const std::lock_guard lock(hash_mutex_);
    const Digest digest = hmac_(as_bytes(number));
    return {digest.begin(), digest.begin() + hash_bytes};
}

void History::changed(std::span<const RowKey> keys) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = waiting_.empty();
        enqueued_ += keys.size();
        if (waiting_.size() + keys.size() > waiting_max) {
            // They are found again among the rows.
            waiting_.clear();
            rescan_ = true;
            scanning_ = true;
        } else {
            waiting_.insert(waiting_.end(), keys.begin(), keys.end());
        }
    }
    if (first) woken_.notify_one();
}

void History::refused(FunctionRef<Refusal()> make) {
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::floor<seconds>(clock_.steady_now());
        if (now != refusal_second_) {
            refusal_second_ = now;
            refusals_this_second_ = 0;
        }
        // Those that wait are bounded too, should the file not be writable.
        constexpr std::size_t seconds_waiting_max = 50;
        const bool room = refusals_.size() < refusals_per_second * seconds_waiting_max;
        if (refusals_this_second_ >= refusals_per_second || !room) {
            ++dropped_;
            return;
        }
        ++refusals_this_second_;
        ++enqueued_;
        refusals_.push_back(make());
    }
    woken_.notify_one();
}

std::size_t History::behind() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(enqueued_ - done_);
}

void History::catch_up(milliseconds at_most) {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = enqueued_;
    if (done_ >= wanted && !rescan_) return;
    hurry_ = true;
    woken_.notify_one();
    written_.wait_for(lock, at_most, [&] { return done_ >= wanted; });
}

void History::run(const std::stop_token& stop) {
    // Whoever waits for an answer comes first.
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), least_priority);
    {
        const std::lock_guard lock(mutex_);
        rescan_ = true;
    }
    while (!stop.stop_requested()) {
        std::unique_lock lock(mutex_);
        if (std::exchange(rescan_, false)) {
            lock.unlock();
            scan(stop);
            continue;
        }
        const Work work = take(lock, stop);
        lock.unlock();
        write(work);
    }
    // What was refused is known here alone.
    std::unique_lock lock(mutex_);
    Work last{std::move(waiting_), std::move(refusals_), enqueued_};
    lock.unlock();
    write(last);
}

/// Waits for something to do, and a moment longer for more of it.
History::Work History::take(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    woken_.wait(lock, stop, [this] { return !waiting_.empty() || !refusals_.empty() || hurry_ || rescan_; });
    if (!hurry_ && !rescan_) (void)woken_.wait_for(lock, stop, gather, [this] { return hurry_ || rescan_; });
    hurry_ = false;
    Work work{std::exchange(waiting_, {}), std::exchange(refusals_, {}), enqueued_};
    std::ranges::sort(work.keys);
    const auto repeated = std::ranges::unique(work.keys);
    work.keys.erase(repeated.begin(), repeated.end());
    return work;
}

}  // namespace roger::history
