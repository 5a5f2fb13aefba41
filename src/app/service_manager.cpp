#include "app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace roger::app {
namespace {

std::string taken_from_environment(const char* name) {
    const char* value = std::getenv(name);
    std::string text = value == nullptr ? "" : value;
    ::unsetenv(name);
    return text;
}

/// WATCHDOG_PID, where it is set, names the process that is watched.
bool meant_for_us(const std::string& pid) { return pid.empty() || pid == std::to_string(::getpid()); }

}  // namespace

ServiceManager::ServiceManager() {
    socket_ = taken_from_environment("NOTIFY_SOCKET");
    const bool ours = meant_for_us(taken_from_environment("WATCHDOG_PID"));
    const std::string watchdog = taken_from_environment("WATCHDOG_USEC");
    if (ours) watchdog_ = parse_watchdog(watchdog);
}

Result<void> ServiceManager::tell(std::string_view state) const {
    if (socket_.empty()) return {};
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (socket_.size() >= sizeof(address.sun_path)) return fail(Errc::unavailable, "NOTIFY_SOCKET is too long");
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return fail(Errc::unavailable, std::strerror(errno));
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    const ssize_t sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                  reinterpret_cast<const sockaddr*>(&address), length);
    const int error = errno;
    ::close(socket);
    if (sent < 0) return fail(Errc::unavailable, std::strerror(error));
    return {};
}

std::optional<milliseconds> ServiceManager::ping_every() const {
    if (socket_.empty() || !watchdog_) return std::nullopt;
    return *watchdog_ / 2;
}

std::optional<milliseconds> parse_watchdog(std::string_view microseconds) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(microseconds.begin(), microseconds.end(), value);
    if (error != std::errc() || stop != microseconds.end() || value < 2000) return std::nullopt;
    return milliseconds(value / 1000);
}

}  // namespace roger::app
