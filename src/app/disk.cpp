#include "app/disk.hpp"

#include <sys/statvfs.h>
#include <algorithm>

#include <fmt/format.h>

namespace roger::app {
namespace {

constexpr double free_min = 1 << 30;
constexpr double share_min = 0.05;
constexpr double hysteresis = 1.1;

}  // namespace

std::optional<DiskSpace> disk_space(const std::string& directory) {
    struct statvfs status{};
    if (::statvfs(directory.c_str(), &status) != 0) return std::nullopt;
    return DiskSpace{.free = status.f_bavail * status.f_frsize, .all = status.f_blocks * status.f_frsize};
}

bool is_short(const DiskSpace& space, bool was_short) {
    const double wanted = std::max(free_min, share_min * static_cast<double>(space.all));
    return static_cast<double>(space.free) < wanted * (was_short ? hysteresis : 1.0);
}

std::string describe(const DiskSpace& space, const std::string& directory) {
    const auto gigabytes = static_cast<double>(space.free) / 1e9;
    const auto percent =
        space.all == 0 ? 0.0 : 100.0 * static_cast<double>(space.free) / static_cast<double>(space.all);
    return fmt::format("{:.1f} GB ({:.0f} %) free at {}", gigabytes, percent, directory);
}

}  // namespace roger::app
