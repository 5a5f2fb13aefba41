// The data directory: its lock, its keys, and where everything in it lies.
//
//   DATA/lock           held by the one process that may write
//   DATA/roger.db       the store, with roger.db-wal and roger.db-shm beside it
//   DATA/reserve        room set aside for a full disk (store/reserve.hpp)
//   DATA/keys           the master keys (0400)
//   DATA/audit-head     where the audit log ends (0600)
//   DATA/history.db     the index of requests, made anew when missing
//   DATA/control.sock   where the command line talks to the server (0600)
//   DATA/first-account  key and secret of the account made at the first start without a terminal (0600)
#pragma once
#include <map>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"
#include "verification/keyring.hpp"

namespace roger::app {

class DataDirectory {
public:
    /// Makes the directory (0700) if it is not there, and takes its lock.
    /// @return conflict with a sentence when another process has it; unavailable with a sentence when it cannot be made
    [[nodiscard]] static Result<DataDirectory> open(const std::string& path);
    DataDirectory(DataDirectory&& other) noexcept;
    DataDirectory& operator=(DataDirectory&&) = delete;
    ~DataDirectory();

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    std::string path_;
    int lock_;
};

/// A master key and whether new rows use it.
struct MasterKey {
    Key32 key{};
    bool active = false;
};
using MasterKeys = std::map<verification::Kid, MasterKey>;

/// Lines of "KID [active] HEX", `#` for comments. Exactly one is active.
/// @return not_found when there is no such file; invalid_argument with file and line otherwise
[[nodiscard]] Result<MasterKeys> read_keys(const std::string& path);
/// Replaces the file as a whole (0400), durable on return.
[[nodiscard]] Result<void> write_keys(const std::string& path, const MasterKeys& keys);
[[nodiscard]] MasterKey make_key(Random& random, bool active);
[[nodiscard]] verification::Keyring to_keyring(const MasterKeys& keys);

/// Writes a file for this user alone, as a whole, durable on return.
[[nodiscard]] Result<void> write_private_file(const std::string& path, const std::string& text, unsigned mode);

}  // namespace roger::app
