// A request that was read and a response to write, as plain values: the rooms above know no socket and no Beast.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace roger::http {

enum class Method : std::uint8_t { get, post, put, patch, del, head, options, other };

/// One request within the server's limits; owned by the connection for as long as its handler runs.
struct Request {
    Method method = Method::other;
    std::string path;          ///< percent-decoding not applied; always begins with '/', no query
    std::string query;         ///< what stood after '?', as received
    std::string content_type;  ///< lower case, without parameters: "application/json"; "" if not given
    std::string content_encoding;
    std::string authorization;
    std::string idempotency_key;  ///< header Idempotency-Key
    std::string cookie;
    std::string host;    ///< header Host, with a port where one was given
    std::string origin;  ///< header Origin
    std::string accept;
    std::string accept_encoding;
    std::string if_none_match;
    std::string body;
    /// Fields whose names begin with X-, in lower case, the first 16: signatures of other servers' callbacks.
    std::vector<std::pair<std::string, std::string>> x_fields;
    std::string forwarded_for;   ///< header X-Forwarded-For, several joined by ", "
    std::string remote_address;  ///< of the client, without port; "local" on a Unix socket. Of the peer, unless that
                                 ///< is a trusted proxy
};

/// Where a streaming response (server-sent events) writes; only inside Response::stream.
class StreamWriter {
public:
    virtual ~StreamWriter() = default;
    /// @return false when the peer is gone or the server stops: return from the stream then
    [[nodiscard]] virtual boost::asio::awaitable<bool> write(std::string chunk) = 0;
};

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beyond Content-Type, Content-Length, Connection
    bool close = false;                                        ///< end the connection after this response
    /// Set: the body is written by this coroutine, until it returns; then the connection ends. `body` is not used.
    std::function<boost::asio::awaitable<void>(StreamWriter&)> stream;
};

/// Answers one request. Runs on the server's executor; may suspend. Must not throw.
/// The request outlives the coroutine.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

}  // namespace roger::http
