// How much room is left where the data lie.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace roger::app {

struct DiskSpace {
    std::uint64_t free = 0;  ///< bytes that this user may still write
    std::uint64_t all = 0;   ///< bytes of the file system
};
/// @return nullopt when there is no such directory
[[nodiscard]] std::optional<DiskSpace> disk_space(const std::string& directory);

/// Whether an operator must act: under 1 GiB, or under 5 % of a disk.
/// @param was_short  as it was before: then a tenth more must be free, so that it does not come and go
[[nodiscard]] bool is_short(const DiskSpace& space, bool was_short = false);

/// "1.2 GB (12 %) free at DIRECTORY".
[[nodiscard]] std::string describe(const DiskSpace& space, const std::string& directory);

}  // namespace roger::app
