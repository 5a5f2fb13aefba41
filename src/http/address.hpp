// Where a server listens, and who is at the other end of a connection.
#pragma once
#include <string>
#include <string_view>

#include <boost/asio/generic/stream_protocol.hpp>

#include "base/result.hpp"

namespace roger::http {

struct ListenAddress {
    boost::asio::generic::stream_protocol::endpoint endpoint;
    std::string unix_path;  ///< "" for TCP
};

/// Reads "127.0.0.1:8080", "localhost:0", "[::1]:8080" or "unix:/path" (at most 107 bytes of path: unix(7)).
/// Names but localhost are not looked up. @return invalid_argument with a sentence for anything else
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

/// The peer's IP address without port, IPv4 also when it came over IPv6 ("::ffff:192.0.2.1" is 192.0.2.1); "local" on a
/// Unix socket; "" when the peer is gone already.
[[nodiscard]] std::string peer_address(int socket);

/// Whether the process at the other end of a Unix socket runs as our user or as root (SO_PEERCRED, unix(7)).
[[nodiscard]] bool peer_is_ours(int socket);

}  // namespace roger::http
