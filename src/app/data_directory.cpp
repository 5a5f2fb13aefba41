#include "app/data_directory.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace roger::app {
namespace {

tl::unexpected<Error> cannot(const std::string& what, const std::string& path) {
    return fail(Errc::unavailable, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

/// Makes a rename durable.
void sync_directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
    const int handle = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return;
    ::fsync(handle);
    ::close(handle);
}

bool write_whole(int handle, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = ::write(handle, text.data() + done, text.size() - done);
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) done += static_cast<std::size_t>(written);
    }
    return ::fsync(handle) == 0;
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make the data directory", path);
    const std::string lock_path = path + "/lock";
    const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return cannot("write in the data directory", path);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return fail(Errc::conflict,
                    fmt::format("the data directory {} is in use by another roger process; stop that one, or choose "
                                "another directory with --data",
                                path));
    }
    std::error_code unknown;
    const auto absolute = std::filesystem::absolute(path, unknown);
    return DataDirectory(unknown ? path : absolute.string(), lock);
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataDirectory::~DataDirectory() {
    if (lock_ >= 0) ::close(lock_);
}

Result<void> write_private_file(const std::string& path, const std::string& text, unsigned mode) {
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());
    const int handle = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (handle < 0) return cannot("write", fresh);
    const bool written = write_whole(handle, text);
    ::close(handle);
    if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) return cannot("write", path);
    sync_directory_of(path);
    return {};
}

Result<MasterKeys> read_keys(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        if (errno == ENOENT) return fail(Errc::not_found, fmt::format("there is no key file {}", path));
        return cannot("read the key file", path);
    }
    MasterKeys keys;
    int active = 0;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.empty() || line.front() == '#') continue;
        const auto wrong = [&](const char* why) {
            return fail(Errc::invalid_argument, fmt::format("{}:{}: {}", path, number, why));
        };
        std::istringstream words(line);
        unsigned kid = 0;
        std::string word;
        if (!(words >> kid) || kid == 0 || kid > 65'535 || !(words >> word)) return wrong("a line is KID [active] HEX");
        MasterKey key{.active = word == "active"};
        if (key.active && !(words >> word)) return wrong("a line is KID [active] HEX");
        const auto bytes = from_hex(word);
        wipe(line);
        if (words >> word) return wrong("a line is KID [active] HEX");
        if (!bytes || bytes->size() != key.key.size()) return wrong("a key is 64 hex digits");
        std::ranges::copy(*bytes, key.key.begin());
        active += key.active ? 1 : 0;
        if (!keys.emplace(static_cast<verification::Kid>(kid), key).second) return wrong("that kid stands twice");
    }
    if (keys.empty() || active != 1) {
        return fail(Errc::invalid_argument, fmt::format("{}: exactly one key is active", path));
    }
    return keys;
}

Result<void> write_keys(const std::string& path, const MasterKeys& keys) {
    std::string text =
        "# Roger's master keys: KID [active] HEX. Keep this file with your backups, but apart from the database:\n"
        "# without it the database opens to nobody, with it live PINs can be read.\n";
    for (const auto& [kid, key] : keys) {
        text += fmt::format("{} {}{}\n", kid, key.active ? "active " : "", to_hex(key.key));
    }
    auto written = write_private_file(path, text, 0400);
    wipe(text);
    return written;
}

MasterKey make_key(Random& random, bool active) {
    MasterKey key{.active = active};
    random.fill(key.key);
    return key;
}

verification::Keyring to_keyring(const MasterKeys& keys) {
    verification::Keyring keyring;
    for (const auto& [kid, key] : keys) keyring.add(kid, key.key, key.active);
    return keyring;
}

}  // namespace roger::app
