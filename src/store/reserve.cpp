#include "store/reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace roger::store {

namespace {

struct Place {
    std::int64_t wanted = 0;  ///< bytes of the whole reserve
    std::int64_t there = 0;
    std::int64_t free = 0;  ///< for this user
};

Place look(const std::string& path) {
    Place place;
    struct statvfs system{};
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    if (path.empty() || ::statvfs(directory.c_str(), &system) != 0) return place;
    place.wanted = reserve_bytes(static_cast<std::int64_t>(system.f_blocks * system.f_frsize));
    place.free = static_cast<std::int64_t>(system.f_bavail * system.f_frsize);
    struct stat file{};
    if (::stat(path.c_str(), &file) == 0) place.there = file.st_size;
    return place;
}

}  // namespace

std::int64_t Reserve::missing() const {
    const Place place = look(path_);
    return std::max<std::int64_t>(0, place.wanted - place.there);
}

Result<void> Reserve::make() const {
    const Place place = look(path_);
    if (place.there >= place.wanted) return {};
    int error = ENOSPC;
    // Without the look a try would take the last room of others for a moment, each second.
    if (place.free >= place.wanted - place.there) {
        const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        error = file < 0 ? errno : ::posix_fallocate(file, 0, place.wanted);
        if (file >= 0) (void)::close(file);
        // Half of it would be room that nobody has.
        if (file >= 0 && error != 0) (void)::unlink(path_.c_str());
    }
    if (error == 0) return {};
    return fail(Errc::unavailable,
                fmt::format("{} KiB cannot be set aside in {} ({})", place.wanted >> 10, path_, std::strerror(error)));
}

bool Reserve::give_up() const { return !path_.empty() && ::unlink(path_.c_str()) == 0; }

}  // namespace roger::store
