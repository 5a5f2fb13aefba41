#include "store/sqlite_checkpointer.hpp"

#include "observe/log.hpp"

namespace roger::store {
namespace {

/// A log that is to be begun anew is gone over again while the commits outrun it, so that little is left for them.
constexpr int passes_max = 5;
constexpr std::int64_t rest_part = 8;

}  // namespace

Checkpointer::Checkpointer(Connection connection, Limits limits)
    : connection_(std::move(connection)),
      limits_(limits),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Checkpointer::~Checkpointer() {
    thread_.request_stop();
    thread_.join();
    if (broken()) connection_.leave_as_it_is();
}

void Checkpointer::committed(std::int64_t log_pages) {
    bool enough = false;
    {
        const std::lock_guard lock(mutex_);
        if (log_pages < log_pages_) moved_ = 0;  // the log was begun anew
        log_pages_ = log_pages;
        enough = log_pages_ - moved_ >= limits_.checkpoint_pages;
    }
    if (enough) woken_.notify_one();
}

void Checkpointer::halt() noexcept {
    broken_.store(true, std::memory_order_release);
    thread_.request_stop();
}

void Checkpointer::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!broken() && woken_.wait(lock, stop, [&] { return log_pages_ - moved_ >= limits_.checkpoint_pages; })) {
        lock.unlock();
        checkpoint();
        lock.lock();
    }
}

void Checkpointer::checkpoint() {
    for (int pass = 0; pass < passes_max; ++pass) {
        int in_log = 0;
        const int rc =
            sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, nullptr);
        if (is_fatal(rc)) {
            observe::error("checkpoint failed: the store is not used any more",
                           {{"error", connection_.error(rc).detail}});
            broken_.store(true, std::memory_order_release);
            return;
        }
        if (rc != SQLITE_OK && rc != SQLITE_BUSY) {
            // A full disk, for one: the log keeps everything, and the next try comes with the next pages.
            observe::warning("checkpoint failed: it is tried again", {{"error", connection_.error(rc).detail}});
        }
        const std::lock_guard lock(mutex_);
        // What could not be moved waits for as many new pages again: no spinning while a reader or the disk holds it
        // up.
        moved_ = log_pages_;
        if (rc != SQLITE_OK || in_log < limits_.restart_pages) return;
        if (log_pages_ - in_log <= limits_.checkpoint_pages / rest_part) break;
    }
    wants_the_rest_.store(true, std::memory_order_relaxed);
}

}  // namespace roger::store
