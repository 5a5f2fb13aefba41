// A file layer for SQLite (https://sqlite.org/vfs.html) above the system's that passes every call on. What disks do to
// a database is played by classes over it, which stand in the way of the calls they care about. Registered for good,
// since SQLite finds it by name: one object of a class in a process. Called on any thread.
#pragma once
#include <string_view>

#include <sqlite3.h>

#include "base/function_ref.hpp"

namespace roger::testing_support {

/// What SQLite asks of a disk. Calls that give something back (close, unlock) are not among them: they cannot fail.
enum class DiskCall { open, remove, access, read, write, truncate, sync, size, lock, map_index, lock_index };

class LayerVfs {
public:
    LayerVfs(const LayerVfs&) = delete;
    LayerVfs& operator=(const LayerVfs&) = delete;

protected:
    explicit LayerVfs(const char* name);
    virtual ~LayerVfs() = default;

    using Go = FunctionRef<int()>;
    /// Around every call. @param go  carries it out. @return SQLite's result code
    virtual int call(DiskCall /*what*/, Go go) { return go(); }
    struct Write {
        const char* path;
        std::string_view data;
        sqlite3_int64 at;
        sqlite3_file* below;
    };
    // And around those that change a disk, with what they ask for. A file without a path is one of SQLite's own.
    virtual int write(const Write& /*what*/, Go go) { return go(); }
    virtual int truncate(const char* /*path*/, sqlite3_int64 /*size*/, Go go) { return go(); }
    virtual int sync(const char* /*path*/, Go go) { return go(); }
    /// The index of the log becomes larger than it was.
    virtual int grow_index(Go go) { return go(); }
    virtual void opened(const char* /*path*/) {}
    virtual void removed(const char* /*path*/) {}

    /// Puts the first part of a write on the disk, as one that fails in the middle leaves it.
    static void write_part(const Write& what) {
        (void)what.below->pMethods->xWrite(what.below, what.data.data(), static_cast<int>(what.data.size() / 2),
                                           what.at);
    }

private:
    struct File {
        sqlite3_file base;
        LayerVfs* layer;
        sqlite3_file* below;
        const char* path;  ///< SQLite's, which outlives the file
    };

    static sqlite3_vfs* system() { return sqlite3_vfs_find("unix"); }
    static LayerVfs& of(sqlite3_vfs* vfs) { return *static_cast<LayerVfs*>(vfs->pAppData); }
    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
    template <class F>
    static int pass(sqlite3_file* file, DiskCall what, F go) {
        return of(file).layer->call(what, [&] { return go(of(file).below, of(file).below->pMethods); });
    }
    static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
    static sqlite3_io_methods methods();

    sqlite3_vfs vfs_{};
};

inline LayerVfs::LayerVfs(const char* name) {
    vfs_ = *system();
    vfs_.iVersion = 1;
    vfs_.pNext = nullptr;
    vfs_.zName = name;
    vfs_.pAppData = this;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + system()->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) {
        return of(vfs).call(DiskCall::remove, [&] {
            const int rc = system()->xDelete(system(), path, sync);
            if (rc == SQLITE_OK) of(vfs).removed(path);
            return rc;
        });
    };
    // The system's layer finds its own settings in the sqlite3_vfs it is called with.
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
        return of(vfs).call(DiskCall::access, [&] { return system()->xAccess(system(), path, flags, out); });
    };
    vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
        return system()->xFullPathname(system(), path, size, out);
    };
    vfs_.xRandomness = [](sqlite3_vfs*, int size, char* out) { return system()->xRandomness(system(), size, out); };
    vfs_.xSleep = [](sqlite3_vfs*, int us) { return system()->xSleep(system(), us); };
    vfs_.xCurrentTime = [](sqlite3_vfs*, double* out) { return system()->xCurrentTime(system(), out); };
    vfs_.xGetLastError = [](sqlite3_vfs*, int size, char* out) { return system()->xGetLastError(system(), size, out); };
    sqlite3_vfs_register(&vfs_, 0);
}

inline int LayerVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    static const sqlite3_io_methods all = methods();
    File& mine = of(file);
    mine = {.base = {.pMethods = nullptr},
            .layer = &of(vfs),
            .below = reinterpret_cast<sqlite3_file*>(&mine + 1),
            .path = path};
    mine.below->pMethods = nullptr;
    const int rc =
        of(vfs).call(DiskCall::open, [&] { return system()->xOpen(system(), path, mine.below, flags, out); });
    if (mine.below->pMethods != nullptr) mine.base.pMethods = &all;
    if (rc == SQLITE_OK && path != nullptr) of(vfs).opened(path);
    return rc;
}

inline sqlite3_io_methods LayerVfs::methods() {
    sqlite3_io_methods m{};
    m.iVersion = 2;
    m.xClose = [](sqlite3_file* f) { return of(f).below->pMethods->xClose(of(f).below); };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        return pass(f, DiskCall::read, [&](auto* file, auto* below) { return below->xRead(file, to, size, at); });
    };
    m.xWrite = [](sqlite3_file* f, const void* data, int size, sqlite3_int64 at) {
        return pass(f, DiskCall::write, [&](auto* file, auto* below) {
            const Write what{.path = of(f).path,
                             .data = {static_cast<const char*>(data), static_cast<std::size_t>(size)},
                             .at = at,
                             .below = file};
            return of(f).layer->write(what, [&] { return below->xWrite(file, data, size, at); });
        });
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return pass(f, DiskCall::truncate, [&](auto* file, auto* below) {
            return of(f).layer->truncate(of(f).path, size, [&] { return below->xTruncate(file, size); });
        });
    };
    m.xSync = [](sqlite3_file* f, int flags) {
        return pass(f, DiskCall::sync, [&](auto* file, auto* below) {
            return of(f).layer->sync(of(f).path, [&] { return below->xSync(file, flags); });
        });
    };
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* out) {
        return pass(f, DiskCall::size, [&](auto* file, auto* below) { return below->xFileSize(file, out); });
    };
    m.xLock = [](sqlite3_file* f, int level) {
        return pass(f, DiskCall::lock, [&](auto* file, auto* below) { return below->xLock(file, level); });
    };
    m.xUnlock = [](sqlite3_file* f, int level) { return of(f).below->pMethods->xUnlock(of(f).below, level); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return of(f).below->pMethods->xCheckReservedLock(of(f).below, out);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
        return of(f).below->pMethods->xFileControl(of(f).below, op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return of(f).below->pMethods->xSectorSize(of(f).below); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
        return of(f).below->pMethods->xDeviceCharacteristics(of(f).below);
    };
    m.xShmMap = [](sqlite3_file* f, int part, int size, int extend, void volatile** out) {
        return pass(f, DiskCall::map_index, [&](auto* file, auto* below) {
            const auto map = [&](int may_grow) { return below->xShmMap(file, part, size, may_grow, out); };
            // Without leave to grow, a part that is not there is no error but a null pointer.
            if (const int rc = map(0); rc != SQLITE_OK || *out != nullptr || extend == 0) return rc;
            return of(f).layer->grow_index([&] { return map(1); });
        });
    };
    m.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
        sqlite3_file* const file = of(f).below;
        if ((flags & SQLITE_SHM_UNLOCK) != 0) return file->pMethods->xShmLock(file, at, n, flags);
        return pass(f, DiskCall::lock_index, [&](auto*, auto* below) { return below->xShmLock(file, at, n, flags); });
    };
    m.xShmBarrier = [](sqlite3_file* f) { of(f).below->pMethods->xShmBarrier(of(f).below); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) { return of(f).below->pMethods->xShmUnmap(of(f).below, remove); };
    return m;
}

}  // namespace roger::testing_support
