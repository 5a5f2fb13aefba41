// A file layer for SQLite (https://sqlite.org/vfs.html) above the system's, for what disks do to a database:
//  - the Nth write or sync from now on fails, or all of them do;
//  - after every sync of FILE its content is copied to FILE.synced, so that a test can go on from what a power cut
//  leaves
//    in the worst case: nothing that was not synced.
// One per process, since SQLite finds it by name; the faults may be set while SQLite works on other threads.
#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace roger::testing_support {

enum class DiskFault : int {
    none,
    disk_full,
    write_error,
    sync_error,
    database_sync_error,  ///< of the database itself, which checkpoints alone sync
};

class FaultVfs {
public:
    static constexpr const char* name = "roger-fault";

    /// Registers it the first time; without faults from now on.
    static FaultVfs& instance() {
        self().disarm();
        self().before_database_sync = nullptr;
        return self();
    }
    /// Called on the thread that syncs a database, not its log. Set it before the store is opened.
    std::function<void()> before_database_sync;

    /// The operations `first` … `first + count - 1` of the fault's kind, counted from now, fail.
    void arm(DiskFault fault, int first, int count) {
        fault_ = DiskFault::none;
        seen_ = 0;
        first_ = first;
        count_ = count;
        fault_ = fault;
    }
    void disarm() { fault_ = DiskFault::none; }

private:
    struct File {
        sqlite3_file base;
        sqlite3_file* real;
        const char* path;  ///< SQLite's, which outlives the file
    };

    FaultVfs() {
        vfs_ = *real();
        vfs_.iVersion = 1;
        vfs_.pNext = nullptr;
        vfs_.zName = name;
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
        vfs_.xOpen = open;
        vfs_.xDelete = remove;
        // The system's layer finds its own settings in the sqlite3_vfs it is called with.
        vfs_.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* out) {
            return real()->xAccess(real(), path, flags, out);
        };
        vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
            return real()->xFullPathname(real(), path, size, out);
        };
        vfs_.xRandomness = [](sqlite3_vfs*, int size, char* out) { return real()->xRandomness(real(), size, out); };
        vfs_.xSleep = [](sqlite3_vfs*, int us) { return real()->xSleep(real(), us); };
        vfs_.xCurrentTime = [](sqlite3_vfs*, double* out) { return real()->xCurrentTime(real(), out); };
        vfs_.xGetLastError = [](sqlite3_vfs*, int size, char* out) { return real()->xGetLastError(real(), size, out); };
        sqlite3_vfs_register(&vfs_, 0);
    }

    static sqlite3_vfs* real() { return sqlite3_vfs_find(nullptr); }
    static FaultVfs& self() {
        static FaultVfs vfs;
        return vfs;
    }
    static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

    bool fails(DiskFault kind) {
        if (fault_ != kind) return false;
        const int n = seen_++;
        return n >= first_ && n < first_ + count_;
    }

    static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
        auto* mine = reinterpret_cast<File*>(file);
        mine->base.pMethods = nullptr;
        mine->path = path;
        mine->real = reinterpret_cast<sqlite3_file*>(mine + 1);
        const int rc = real()->xOpen(real(), path, mine->real, flags, out);
        if (mine->real->pMethods != nullptr) mine->base.pMethods = methods();
        return rc;
    }
    static int remove(sqlite3_vfs*, const char* path, int sync) {
        std::error_code ignored;
        std::filesystem::remove(std::string(path) + ".synced", ignored);
        return real()->xDelete(real(), path, sync);
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
        sqlite3_file* const below = real(file);
        for (const auto& [fault, rc] :
             {std::pair(DiskFault::disk_full, SQLITE_FULL), std::pair(DiskFault::write_error, SQLITE_IOERR_WRITE)}) {
            if (!self().fails(fault)) continue;
            (void)below->pMethods->xWrite(below, data, size / 2, at);  // as a real one does: a part is there
            return rc;
        }
        return below->pMethods->xWrite(below, data, size, at);
    }
    static int sync(sqlite3_file* file, int flags) {
        const char* const path = reinterpret_cast<File*>(file)->path;
        const bool database = path != nullptr && !std::string_view(path).ends_with("-wal");
        if (database && self().before_database_sync) self().before_database_sync();
        if (self().fails(DiskFault::sync_error)) return SQLITE_IOERR_FSYNC;
        if (database && self().fails(DiskFault::database_sync_error)) return SQLITE_IOERR_FSYNC;
        const int rc = real(file)->pMethods->xSync(real(file), flags);
        if (rc != SQLITE_OK || path == nullptr) return rc;
        return keep_synced(path) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    }
    /// One at a time and by rename: the commit and the checkpoint sync the log side by side, and a test may read.
    static bool keep_synced(const std::string& path) {
        const std::lock_guard lock(self().copying_);
        std::error_code failed;
        std::filesystem::copy_file(path, path + ".copy", std::filesystem::copy_options::overwrite_existing, failed);
        if (!failed) std::filesystem::rename(path + ".copy", path + ".synced", failed);
        return !failed;
    }

    static const sqlite3_io_methods* methods() {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods m{};
            m.iVersion = 2;
            m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
            m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
                return real(f)->pMethods->xRead(real(f), to, size, at);
            };
            m.xWrite = write;
            m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
                return real(f)->pMethods->xTruncate(real(f), size);
            };
            m.xSync = sync;
            m.xFileSize = [](sqlite3_file* f, sqlite3_int64* out) {
                return real(f)->pMethods->xFileSize(real(f), out);
            };
            m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
            m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
            m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
                return real(f)->pMethods->xCheckReservedLock(real(f), out);
            };
            m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
                return real(f)->pMethods->xFileControl(real(f), op, arg);
            };
            m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
            m.xDeviceCharacteristics = [](sqlite3_file* f) {
                return real(f)->pMethods->xDeviceCharacteristics(real(f));
            };
            m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
                return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
            };
            m.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
                return real(f)->pMethods->xShmLock(real(f), at, n, flags);
            };
            m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
            m.xShmUnmap = [](sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); };
            return m;
        }();
        return &all;
    }

    sqlite3_vfs vfs_{};
    std::mutex copying_;
    std::atomic<DiskFault> fault_ = DiskFault::none;
    std::atomic<int> seen_ = 0;
    std::atomic<int> first_ = 0;
    std::atomic<int> count_ = 0;
};

}  // namespace roger::testing_support
