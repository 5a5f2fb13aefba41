// A slow disk for a program that is not changed: LD_PRELOAD=libslow_sync.so. A sync returns as late as on a disk that
// needs ROGER_SLOW_SYNC_US for the sync itself and writes ROGER_SLOW_SYNC_KIB_S, for what was written to that file
// since its last sync. So a commit costs by what is in it, as on a real disk, and one file's syncs do not pay for
// another's.
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace {

constexpr std::size_t files_max = 4096;
std::array<std::atomic<std::size_t>, files_max> unsynced;

std::size_t setting(const char* name, std::size_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void wrote(int fd, ssize_t bytes) {
    const auto file = static_cast<std::size_t>(fd);
    if (bytes > 0 && file < files_max) unsynced[file] += static_cast<std::size_t>(bytes);
}

void wait_for_disk(int fd) {
    static const std::size_t sync_us = setting("ROGER_SLOW_SYNC_US", 0);
    static const std::size_t bytes_a_ms = setting("ROGER_SLOW_SYNC_KIB_S", 1 << 20U) * 1024 / 1000;
    const auto file = static_cast<std::size_t>(fd);
    const std::size_t bytes = file < files_max ? unsynced[file].exchange(0) : 0;
    std::this_thread::sleep_for(
        std::chrono::microseconds(sync_us + bytes * 1000 / std::max<std::size_t>(bytes_a_ms, 1)));
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
    static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    const ssize_t bytes = real(fd, data, size, at);
    wrote(fd, bytes);
    return bytes;
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
    static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    const ssize_t bytes = real(fd, data, size, at);
    wrote(fd, bytes);
    return bytes;
}

int fdatasync(int fd) {
    static auto* const real = next<int(int)>("fdatasync");
    wait_for_disk(fd);
    return real(fd);
}

int fsync(int fd) {
    static auto* const real = next<int(int)>("fsync");
    wait_for_disk(fd);
    return real(fd);
}

}  // extern "C"
