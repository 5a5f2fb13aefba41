#include "http/public_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace roger::http {
namespace {

struct V4Network {
    std::uint32_t address;
    unsigned bits;
};
constexpr V4Network not_public[] = {
    {0x00000000, 8},   // 0.0.0.0: this host
    {0x0a000000, 8},   // 10.0.0.0: private
    {0x64400000, 10},  // 100.64.0.0: carrier-grade NAT
    {0x7f000000, 8},   // 127.0.0.0: loopback
    {0xa9fe0000, 16},  // 169.254.0.0: link-local, metadata
    {0xac100000, 12},  // 172.16.0.0: private
    {0xc0000000, 24},  // 192.0.0.0: protocol assignments
    {0xc0000200, 24},  // 192.0.2.0: documentation
    {0xc0586300, 24},  // 192.88.99.0: 6to4 relays
    {0xc0a80000, 16},  // 192.168.0.0: private
    {0xc6120000, 15},  // 198.18.0.0: benchmarks
    {0xc6336400, 24},  // 198.51.100.0: documentation
    {0xcb007100, 24},  // 203.0.113.0: documentation
    {0xe0000000, 3},   // 224.0.0.0 and up: multicast, reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
    return std::ranges::none_of(not_public, [address](const V4Network& network) {
        return (address ^ network.address) >> (32 - network.bits) == 0;
    });
}

bool is_public_v6(const in6_addr& address) {
    const auto group = [&](std::size_t index) {
        return static_cast<unsigned>(address.s6_addr[2 * index] << 8U | address.s6_addr[2 * index + 1]);
    };
    if ((group(0) & 0xe000U) != 0x2000U) return false;
    if (group(0) == 0x2001 && group(1) < 0x0200) return false;   // protocol assignments, Teredo
    if (group(0) == 0x2001 && group(1) == 0x0db8) return false;  // documentation
    if (group(0) == 0x3fff && group(1) < 0x1000) return false;   // documentation
    return group(0) != 0x2002;                                   // 6to4
}

}  // namespace

bool is_public_address(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return is_public_v6(v6.sin6_addr);
}

bool is_public_address(const std::string& text) {
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
    in6_addr v6{};
    return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && is_public_v6(v6);
}

}  // namespace roger::http
