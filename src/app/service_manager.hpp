// What systemd wants to hear of a service of Type=notify: sd_notify(3), whose protocol is datagrams to the socket that
// NOTIFY_SOCKET names. Any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace roger::app {

class ServiceManager {
public:
    /// Takes what the environment says, and removes it from there: no child shall speak for us.
    ServiceManager();
    /// @param socket    a path, or an abstract name that begins with '@'; "": nobody listens
    /// @param watchdog  how long silence may last; none: it is not watched
    ServiceManager(std::string socket, std::optional<milliseconds> watchdog)
        : socket_(std::move(socket)), watchdog_(watchdog) {}

    /// @param state  "READY=1", "STOPPING=1", …, one assignment a line
    /// @return unavailable when nobody took it; done when nobody listens
    Result<void> tell(std::string_view state) const;
    /// How often `WATCHDOG=1` must be told, half of what the manager waits for; none: never.
    [[nodiscard]] std::optional<milliseconds> ping_every() const;

private:
    std::string socket_;
    std::optional<milliseconds> watchdog_;
};

/// Of WATCHDOG_USEC. @return none for what is no number above 0
[[nodiscard]] std::optional<milliseconds> parse_watchdog(std::string_view microseconds);

}  // namespace roger::app
