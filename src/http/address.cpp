#include "http/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace roger::http {
namespace {

namespace asio = boost::asio;

Result<ListenAddress> parse_unix(std::string_view path) {
    if (path.size() < 2 || path.front() != '/' || path.find('\0') != std::string_view::npos) {
        return fail(Errc::invalid_argument, "a Unix socket needs an absolute path, such as unix:/run/roger.sock");
    }
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return fail(Errc::invalid_argument, fmt::format("the path of a Unix socket may have at most {} bytes",
                                                        sizeof(sockaddr_un::sun_path) - 1));
    }
    ListenAddress address;
    address.unix_path = path;
    address.endpoint = asio::local::stream_protocol::endpoint(address.unix_path);
    return address;
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
    constexpr std::string_view unix_prefix = "unix:";
    if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));

    const auto unreadable = [&] {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is not an address to listen on; write 127.0.0.1:8080, [::1]:8080 or unix:/path", text));
    };
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return unreadable();
    std::string host(text.substr(0, colon));
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) return unreadable();

    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code ec;
    const asio::ip::address ip = asio::ip::make_address(host, ec);
    if (ec || ip.is_v6() != bracketed) return unreadable();
    ListenAddress address;
    address.endpoint = asio::ip::tcp::endpoint(ip, port);
    return address;
}

std::string peer_address(int socket) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return "";
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* raw = nullptr;
    int family = storage.ss_family;
    in6_addr v6{};
    in_addr v4{};
    if (family == AF_INET6) {
        std::memcpy(&v6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, sizeof v6);
        raw = &v6;
        if (IN6_IS_ADDR_V4MAPPED(&v6)) {
            std::memcpy(&v4, &v6.s6_addr[12], sizeof v4);
            raw = &v4;
            family = AF_INET;
        }
    } else if (family == AF_INET) {
        v4 = reinterpret_cast<const sockaddr_in&>(storage).sin_addr;
        raw = &v4;
    } else {
        return "local";
    }
    return ::inet_ntop(family, raw, text.data(), text.size()) != nullptr ? std::string(text.data()) : std::string();
}

bool peer_is_ours(int socket) {
    ucred peer{};
    socklen_t length = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
    return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace roger::http
