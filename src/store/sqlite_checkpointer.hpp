// Moves committed pages from the write-ahead log into the database, off the commit path.
//
// A passive checkpoint stops nobody, but under steady load it never gets to the log's end, so the log would never be
// begun anew. Past a second threshold the commit thread does the little that is left right after one, between two
// batches; then nothing is left, and its next commit begins the log from the front.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "store/sqlite_connection.hpp"

namespace roger::store {

class Checkpointer {
public:
    struct Limits {
        std::int64_t checkpoint_pages;  ///< so many new pages in the log wake the thread
        std::int64_t restart_pages;     ///< a log of so many pages is to be begun anew
    };
    /// Starts the thread. @param connection  of its own
    Checkpointer(Connection connection, Limits limits);
    /// Stops the thread after the checkpoint that is running.
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Commit thread: the log has so many pages now.
    void committed(std::int64_t log_pages);
    /// Commit thread, between two transactions: true once after a checkpoint of a log that is too long.
    [[nodiscard]] bool wants_the_rest() noexcept { return wants_the_rest_.exchange(false, std::memory_order_relaxed); }
    /// For good: the commit thread has met an error after which nothing may be synced again.
    void halt() noexcept;
    /// A checkpoint met damage or a failed sync. Syncing again may claim success for pages that are lost, so the
    /// process must stop. True after halt() too.
    [[nodiscard]] bool broken() const noexcept { return broken_.load(std::memory_order_acquire); }

private:
    void run(const std::stop_token& stop);
    void checkpoint();

    Connection connection_;
    Limits limits_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::int64_t log_pages_ = 0;  ///< guarded by mutex_
    std::int64_t moved_ = 0;      ///< guarded by mutex_: pages of the log that are in the database
    std::atomic<bool> wants_the_rest_ = false;
    std::atomic<bool> broken_ = false;
    std::jthread thread_;  ///< last: it uses all the others
};

}  // namespace roger::store
