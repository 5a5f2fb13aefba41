// Whether an address may be connected to on behalf of a URL that stands in a configuration: the guard against requests
// that somebody makes us send into our own network (SSRF).
#pragma once
#include <string>

#include <sys/socket.h>

namespace roger::http {

/// Whether the address is one of the public Internet. False for everything else: loopback, private, link-local (also
/// the clouds' metadata services), carrier-grade NAT, multicast, documentation, and IPv6 addresses that wrap an IPv4
/// one (mapped, NAT64, 6to4, Teredo), for they lead to the address that they wrap.
/// Source: IANA's special-purpose address registries (RFC 6890, RFC 8190); of IPv6 only 2000::/3 is unicast.
[[nodiscard]] bool is_public_address(const sockaddr& address);
/// The same of an address as text. False for what is none.
[[nodiscard]] bool is_public_address(const std::string& text);

}  // namespace roger::http
