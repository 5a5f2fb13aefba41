// What the load tools have in common: numbers, PINs, latencies, and sockets to a server on this machine.
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/data_directory.hpp"
#include "bench/answer.hpp"
#include "verification/vault.hpp"

namespace roger::bench {

using SteadyClock = std::chrono::steady_clock;
using Instant = SteadyClock::time_point;
using Microseconds = std::chrono::duration<double, std::micro>;

[[noreturn]] inline void die(const std::string& why) {
    fmt::print(stderr, "error: {}\n", why);
    std::exit(1);
}

inline SteadyClock::duration in_seconds(double seconds) {
    return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

/// A connected socket to 127.0.0.1, watched for reading by `epoll` with `owner` as its data.
inline int connect_to(std::uint16_t port, int epoll, void* owner) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        die(fmt::format("cannot connect to 127.0.0.1:{}: {}", port, std::strerror(errno)));
    }
    const int on = 1;
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = owner}};
    (void)::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    return fd;
}

/// A request is far smaller than a socket's buffer, so it goes out whole or the connection is broken.
inline void send_text(int fd, std::string_view text) {
    if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
        die("the server closed a connection");
    }
}
/// A form, to /verify or a call below it ("/check").
inline std::string form_post(std::string_view call, std::string_view body) {
    return fmt::format(
        "POST /verify{}/json HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: {}\r\n\r\n{}",
        call, body.size(), body);
}

inline constexpr std::string_view chosen_pin = "471100";

/// What the server would derive, by its own code.
class PinSource {
public:
    /// @param keys_file  DATA/keys of the server; "": callers choose the PIN
    PinSource(std::string account, const std::string& keys_file) : account_(std::move(account)) {
        if (keys_file.empty()) return;
        const auto keys = app::read_keys(keys_file);
        if (!keys) die("--keys: " + keys.error().detail);
        keyring_ = app::to_keyring(*keys);
        vault_.emplace(keyring_);
    }
    std::string pin_of(std::string_view id, const std::string& number) {
        if (!vault_) return std::string(chosen_pin);
        const auto parsed = verification::RequestId::parse(id);
        if (!parsed) return "0000";
        const auto parts = vault_->open_id(*parsed);
        verification::Request row{.key = parts.key, .random = parts.random, .account = account_, .number = number};
        row.kid = keyring_.active();
        return std::string(vault_->pin_of(row, 0)->reveal());
    }

private:
    std::string account_;
    verification::Keyring keyring_;
    std::optional<verification::Vault> vault_;
};

/// Numbers of up to four countries in turn; each run begins elsewhere.
class Numbers {
public:
    /// @param countries  1–4. The fourth's block comes round after 40 000 numbers, those of the others after a million
    explicit Numbers(std::uint64_t countries = 4) : countries_(countries) {}
    std::string next() {
        static constexpr std::string_view prefixes[] = {"491511", "33612", "447400", "1212555"};
        static constexpr unsigned digits[] = {7, 6, 6, 4};
        const std::uint64_t i = next_++;
        const std::uint64_t country = i % countries_;
        std::uint64_t modulus = 1;
        for (unsigned d = 0; d < digits[country]; ++d) modulus *= 10;
        return fmt::format("{}{:0{}}", prefixes[country], i / countries_ % modulus, digits[country]);
    }

private:
    std::uint64_t countries_;
    std::uint64_t next_ = static_cast<std::uint64_t>(SteadyClock::now().time_since_epoch().count() / 1000) % 40'000'000;
};

/// user + system time of a process in µs (resolution: one tick, 10 ms).
inline double cpu_us(int pid) {
    if (pid == 0) return 0;
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) die("no process of that --pid");
    std::istringstream fields(text.substr(name_end + 2));
    std::vector<std::string> all((std::istream_iterator<std::string>(fields)), {});
    return (std::stod(all[11]) + std::stod(all[12])) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Latencies in µs.
struct Latencies {
    std::vector<float> all;
    void add(Instant from, Instant to) { all.push_back(static_cast<float>(Microseconds(to - from).count())); }
    std::string json() {
        if (all.empty()) return "null";
        std::ranges::sort(all);
        const auto at = [this](double q) {
            return all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
        };
        return fmt::format(R"({{"p50":{:.0f},"p90":{:.0f},"p99":{:.0f},"p999":{:.0f},"max":{:.0f}}})", at(.5), at(.9),
                           at(.99), at(.999), all.back());
    }
};

}  // namespace roger::bench
