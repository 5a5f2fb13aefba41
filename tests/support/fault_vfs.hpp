// A file layer for SQLite that fails: the Nth call, write or sync from now on, or all of them from there. And after
// every sync of FILE its content is copied to FILE.synced, so that a test can go on from what a power cut leaves in the
// worst case: nothing that was not synced. The faults may be set while SQLite works on other threads.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "tests/support/layer_vfs.hpp"

namespace roger::testing_support {

enum class DiskFault : int {
    none,
    disk_full,
    write_error,
    sync_error,
    database_sync_error,  ///< of the database itself, which checkpoints alone sync
    any_error,            ///< of any call: EIO as SQLite tells it
    index_growth_error,   ///< of the shared index of the log, which grows with the log
};

class FaultVfs final : public LayerVfs {
public:
    static constexpr const char* name = "roger-fault";

    /// Registers it the first time; without faults, and with real syncs, from now on.
    static FaultVfs& instance() {
        static FaultVfs vfs;
        vfs.disarm();
        vfs.before_database_sync = nullptr;
        vfs.syncs = true;
        return vfs;
    }
    /// Called on the thread that syncs a database, not its log. Set it before the store is opened.
    std::function<void()> before_database_sync;
    /// false: syncs do nothing, and nothing is copied. For runs that only end as a process ends.
    std::atomic<bool> syncs = true;

    /// The operations `first` … `first + count - 1` of the fault's kind, counted from now, fail.
    void arm(DiskFault fault, int first, int count) {
        fault_ = DiskFault::none;
        seen_ = 0;
        first_ = first;
        count_ = count;
        fault_ = fault;
    }
    void disarm() { fault_ = DiskFault::none; }
    /// Whether an operation has failed since arm().
    [[nodiscard]] bool struck() const { return seen_ > first_; }

private:
    FaultVfs() : LayerVfs(name) {}

    bool fails(DiskFault kind) {
        if (fault_ != kind) return false;
        const int n = seen_++;
        return n >= first_ && n < first_ + count_;
    }

    static int error_of(DiskCall what) {
        switch (what) {
            case DiskCall::open: return SQLITE_CANTOPEN;
            case DiskCall::remove: return SQLITE_IOERR_DELETE;
            case DiskCall::access: return SQLITE_IOERR_ACCESS;
            case DiskCall::read: return SQLITE_IOERR_READ;
            case DiskCall::write: return SQLITE_IOERR_WRITE;
            case DiskCall::truncate: return SQLITE_IOERR_TRUNCATE;
            case DiskCall::sync: return SQLITE_IOERR_FSYNC;
            case DiskCall::size: return SQLITE_IOERR_FSTAT;
            case DiskCall::lock: return SQLITE_IOERR_LOCK;
            case DiskCall::map_index: return SQLITE_IOERR_SHMMAP;
            case DiskCall::lock_index: return SQLITE_IOERR_SHMLOCK;
        }
        return SQLITE_IOERR;
    }

    int call(DiskCall what, Go go) override {
        if (what != DiskCall::write && fails(DiskFault::any_error)) return error_of(what);
        return go();
    }
    int write(const Write& what, Go go) override {
        for (const auto& [fault, rc] :
             {std::pair(DiskFault::disk_full, SQLITE_FULL), std::pair(DiskFault::write_error, SQLITE_IOERR_WRITE),
              std::pair(DiskFault::any_error, SQLITE_IOERR_WRITE)}) {
            if (!fails(fault)) continue;
            write_part(what);
            return rc;
        }
        return go();
    }
    int grow_index(Go go) override { return fails(DiskFault::index_growth_error) ? SQLITE_IOERR_SHMSIZE : go(); }
    int sync(const char* path, Go go) override {
        const bool database = path != nullptr && !std::string_view(path).ends_with("-wal");
        if (database && before_database_sync) before_database_sync();
        if (fails(DiskFault::sync_error)) return SQLITE_IOERR_FSYNC;
        if (database && fails(DiskFault::database_sync_error)) return SQLITE_IOERR_FSYNC;
        if (!syncs) return SQLITE_OK;
        const int rc = go();
        if (rc != SQLITE_OK || path == nullptr) return rc;
        return keep_synced(path) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    }
    void removed(const char* path) override {
        std::error_code ignored;
        std::filesystem::remove(std::string(path) + ".synced", ignored);
    }
    /// One at a time and by rename: the commit and the checkpoint sync the log side by side, and a test may read.
    bool keep_synced(const std::string& path) {
        const std::lock_guard lock(copying_);
        std::error_code failed;
        std::filesystem::copy_file(path, path + ".copy", std::filesystem::copy_options::overwrite_existing, failed);
        if (!failed) std::filesystem::rename(path + ".copy", path + ".synced", failed);
        return !failed;
    }

    std::mutex copying_;
    std::atomic<DiskFault> fault_ = DiskFault::none;
    std::atomic<int> seen_ = 0;
    std::atomic<int> first_ = 0;
    std::atomic<int> count_ = 0;
};

}  // namespace roger::testing_support
