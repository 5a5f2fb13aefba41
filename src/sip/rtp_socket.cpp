#include "sip/rtp_socket.hpp"

#include <unistd.h>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/assert.hpp"

namespace roger::sip {
namespace {

/// @return -1 when the port is taken, or the address is not ours
int open_socket(const std::string& address, std::uint16_t port) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(port);
    const bool is_v4 = inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1;
    if (!is_v4 && inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) != 1) return -1;
    const int descriptor = ::socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    const auto* const where = is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    if (::bind(descriptor, where, is_v4 ? sizeof(v4) : sizeof(v6)) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

}  // namespace

RtpSocket::~RtpSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

RtpPorts::RtpPorts(std::string address, std::uint16_t low, std::uint16_t high)
    : address_(std::move(address)),
      low_(static_cast<std::uint16_t>(low + low % 2)),
      pairs_(static_cast<std::uint16_t>((high - low_ + 1) / 2)) {
    ROGER_ASSERT(low >= 1024 && low < high, "the configuration was checked");
}

Result<RtpSocket> RtpPorts::take() {
    for (unsigned tried = 0; tried < pairs_; ++tried) {
        const auto port = static_cast<std::uint16_t>(low_ + 2 * next_);
        next_ = static_cast<std::uint16_t>((next_ + 1) % pairs_);
        if (const int descriptor = open_socket(address_, port); descriptor >= 0) return RtpSocket(descriptor, port);
    }
    return fail(Errc::unavailable,
                "no port is free for speech: network.rtp_ports is too small, or not of this machine");
}

}  // namespace roger::sip
