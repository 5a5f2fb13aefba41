// The store without a disk: for tests and the simulator. Its content outlives it, so that a crash can be played.
#pragma once
#include <memory>

#include "store/store.hpp"

namespace roger::store {

/// What a MemoryStore has made durable. Threads: the store's own rules.
class MemoryDisk;
[[nodiscard]] std::shared_ptr<MemoryDisk> make_memory_disk();

/// What the next transaction that writes meets, once.
enum class MemoryFault : std::uint8_t {
    none,
    unavailable,     ///< nothing is written
    timed_out_lost,  ///< COMMIT fails and did not happen; the store refuses to work from then on
    timed_out_kept,  ///< COMMIT fails, yet the next store on this disk sees it
};
/// Commit thread only.
void set_fault(MemoryDisk& disk, MemoryFault fault);

/// All of it, oldest first. Between batches.
[[nodiscard]] std::vector<guard::LedgerEntry> ledger_of(const MemoryDisk& disk);

/// @param disk  shared by the stores that are opened on it one after the other: destroying one and making another is a
///              crash and a restart
[[nodiscard]] std::unique_ptr<Store> make_memory_store(std::shared_ptr<MemoryDisk> disk = make_memory_disk());

}  // namespace roger::store
