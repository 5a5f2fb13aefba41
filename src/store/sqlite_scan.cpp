#include "store/sqlite_scan.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "store/row_codec.hpp"
#include "store/start_times.hpp"

namespace roger::store {
namespace {

/// About 200 KB: enough that the threads seldom meet.
constexpr std::size_t batch_rows = 1'024;
constexpr std::size_t starts_in_batch = 8'192;
/// So many batches wait when the indexes are slower than the disk.
constexpr std::size_t batches_max = 8;

/// Rows in progress, with their bytes behind each other, and starts.
struct Batch {
    struct Row {
        RowKey key;
        bool sending = false;
        std::size_t size = 0;
    };
    std::vector<Row> rows;
    Bytes bytes;
    std::vector<StartedRow> started;

    void add(RowKey key, const RowHead& head, std::span<const std::byte> row) {
        rows.push_back({key, head.sending, row.size()});
        bytes.insert(bytes.end(), row.begin(), row.end());
    }
};

/// Between the two threads: bounded, in order.
class Batches {
public:
    /// Waits for room. @return false when no more are wanted
    [[nodiscard]] bool put(Batch batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || waiting_.size() < batches_max; });
        if (closed_) return false;
        waiting_.push_back(std::move(batch));
        changed_.notify_one();
        return true;
    }
    /// Waits for one. @return nullopt when no more come
    [[nodiscard]] std::optional<Batch> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return std::nullopt;
        std::optional<Batch> batch(std::move(waiting_.front()));
        waiting_.pop_front();
        changed_.notify_one();
        return batch;
    }
    /// Either side has enough; what waits can still be taken.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> waiting_;  ///< guarded by mutex_, as is closed_
    bool closed_ = false;
};

/// Checks the bytes of every row, for a damaged status could hide a timer, and the shape of those in progress: from
/// here on a live row that cannot be decoded is a broken invariant.
Result<RowHead> look_at(RowKey key, std::span<const std::byte> bytes) {
    auto head = peek_checked(key, bytes);
    if (!head || head->status != verification::Status::in_progress) return head;
    if (const auto row = decode(key, bytes); !row) return tl::unexpected(row.error());
    return head;
}

Result<void> scan(Connection& connection, const ScannedKeys& keys, const std::string& path, Batches& batches) {
    auto statement = connection.prepare("SELECT key, row FROM verification WHERE key >= ? ORDER BY key");
    if (!statement) return tl::unexpected(statement.error());
    statement->bind(1, std::min(keys.live_from, keys.started_from).value);
    Batch batch;
    int rc = SQLITE_OK;
    while ((rc = statement->step()) == SQLITE_ROW) {
        const RowKey key{statement->integer(0)};
        const auto bytes = statement->blob(1);
        // What has ended long ago is no matter of a start but for its time: it is not even checked.
        const bool ended_long_ago = key < keys.live_from;
        const auto head = ended_long_ago ? peek(key, bytes) : look_at(key, bytes);
        if (!head && ended_long_ago) continue;
        if (!head) {
            return fail(
                Errc::blocked,
                fmt::format("{}: row {} is damaged ({}): restore the latest backup, or delete this row with the "
                            "sqlite3 tool to lose this one request",
                            path, key.value, head.error().detail));
        }
        if (key >= keys.started_from) batch.started.push_back({key, StartTimes::key_of(head->number), head->submitted});
        if (!ended_long_ago && head->status == verification::Status::in_progress) batch.add(key, *head, bytes);
        const bool full = batch.rows.size() == batch_rows || batch.started.size() == starts_in_batch;
        if (full && !batches.put(std::exchange(batch, {}))) return {};
    }
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    (void)batches.put(std::move(batch));
    return {};
}

Result<void> take_all(Batches& batches,
                      const std::string& path,
                      FunctionRef<bool(const LiveRow&)> live_row,
                      FunctionRef<void(const StartedRow&)> started) {
    while (const auto batch = batches.take()) {
        for (const StartedRow& row : batch->started) started(row);
        std::span<const std::byte> rest(batch->bytes);
        for (const Batch::Row& row : batch->rows) {
            if (!live_row({.key = row.key, .sending = row.sending, .bytes = rest.first(row.size)})) {
                return fail(Errc::blocked,
                            fmt::format("{}: row {} is a second live request of its subscriber: the file was "
                                        "changed by hand or is damaged; restore the latest backup",
                                        path, row.key.value));
            }
            rest = rest.subspan(row.size);
        }
    }
    return {};
}

}  // namespace

Result<void> scan_rows(Connection& connection,
                       const ScannedKeys& keys,
                       const std::string& path,
                       FunctionRef<bool(const LiveRow&)> live_row,
                       FunctionRef<void(const StartedRow&)> started) {
    Batches batches;
    Result<void> scanned;
    std::thread scanner([&] {
        scanned = scan(connection, keys, path, batches);
        batches.close();
    });
    auto taken = take_all(batches, path, live_row, started);
    batches.close();
    scanner.join();
    return taken ? scanned : taken;
}

}  // namespace roger::store
