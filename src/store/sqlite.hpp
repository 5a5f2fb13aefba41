// The embedded store: one SQLite file in WAL mode beside this process, which is its only writer.
//
// Live rows are in memory, owned by the commit thread and changed only after COMMIT returned ok. The table is a plain
// rowid table without secondary indexes: those and random keys are what costs in a general engine.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/store.hpp"

namespace roger::store {

struct SqliteOptions {
    std::string path;  ///< of the database file; SQLite keeps PATH-wal and PATH-shm beside it
    const Clock& clock;
    std::size_t reader_connections = 2;     ///< so many read() at a time, others wait
    std::int64_t checkpoint_pages = 2'000;  ///< 8 MB: new pages of 4 KiB in the log before they are moved
    std::int64_t restart_pages = 4'000;     ///< 16 MB: a log this long is begun anew at the next chance
    std::string reserve;                    ///< a file that keeps room for a full disk (store/reserve.hpp); "" = none
    std::string vfs;                        ///< SQLite's name of a file layer, for injected faults; "" is the system's
};

/// The file is created, for this user alone, when it is not there; its directory is not. The caller holds the lock of
/// the data directory: a second process on one file would have live rows of its own. When nothing else helps the
/// reserve is given up for it.
/// @return blocked with a sentence for a file that is damaged, not ours, or of a newer Roger; unavailable with a
/// sentence
///         when it cannot be opened for writing
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options);

}  // namespace roger::store
