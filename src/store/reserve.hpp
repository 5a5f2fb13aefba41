// Room on the disk that is set aside: a file of zeros beside the database, deleted when the disk is full so that what
// must be written even then finds room, and made again when the disk has room for it.
//
// Its blocks are allocated and not only promised (posix_fallocate), which is worth nothing on a file system that
// compresses or copies on write: there the next write fails as it would have without.
// One thread at a time.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace roger::store {

/// About 4 000 pages of the write-ahead log: 100 000 outcomes in batches, more than can be under way.
constexpr std::int64_t reserve_bytes_max = 16 << 20;

/// What is set aside on a file system of that size: a sixteenth, at most reserve_bytes_max; 0, none at all, below
/// 4 MiB, where it would be too little to help and too much to miss.
[[nodiscard]] constexpr std::int64_t reserve_bytes(std::int64_t file_system_bytes) noexcept {
    constexpr std::int64_t file_system_min = 4 << 20;
    constexpr std::int64_t part = 16;
    if (file_system_bytes < file_system_min) return 0;
    return file_system_bytes / part < reserve_bytes_max ? file_system_bytes / part : reserve_bytes_max;
}

class Reserve {
public:
    /// @param path  of the file; its directory is there, and its file system says how large it becomes. "" = none
    explicit Reserve(std::string path) : path_(std::move(path)) {}

    /// Makes the file, whole or not at all; nothing happens when it is there.
    /// @return unavailable with a sentence when the disk has not got that much
    [[nodiscard]] Result<void> make() const;
    /// Deletes the file. @return whether that freed anything
    [[nodiscard]] bool give_up() const;
    /// Bytes that are missing to its full size; 0 when it is whole or there is none to make.
    [[nodiscard]] std::int64_t missing() const;

private:
    std::string path_;
};

}  // namespace roger::store
