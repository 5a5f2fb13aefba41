// The HTTP/1.1 server: reads requests within limits and deadlines, hands them to a handler, writes its answers.
// Keep-alive and pipelining (answers in order). It knows nothing of verification.
// Source: RFC 9110, RFC 9112.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/message.hpp"
#include "http/tls.hpp"
#include "http/trusted_proxies.hpp"

namespace roger::http {

struct Limits {
    std::size_t header_bytes_max = 16 * 1024;  ///< request line and all fields
    std::size_t target_bytes_max = 8 * 1024;
    std::size_t fields_max = 64;
    std::size_t body_bytes_max = 32 * 1024;
    std::size_t connections_max = 20'000;
    /// Deadlines fire up to an eighth of the shortest one (at most 250 ms) late, so that they cost a request nothing.
    milliseconds header_deadline{5'000};  ///< from the first byte of a request; then 408. Also of a TLS handshake
    milliseconds body_deadline{10'000};   ///< from the end of the header block; then 408
    milliseconds idle_deadline{30'000};   ///< between requests of a kept connection
    milliseconds write_deadline{10'000};  ///< of one answer, or one chunk of a stream
};

/// Where to listen: "127.0.0.1:8080", "[::1]:8080", "127.0.0.1:0" (any free port), or "unix:/path" (mode 0600).
struct Options {
    std::string listen;
    Limits limits;
    std::shared_ptr<const TlsContext> tls;  ///< none: plain HTTP
    TrustedProxies trusted_proxies;
    /// The body of an answer to broken transport (bad request line, too large, …), by the request's path as far as it
    /// was read ("" if it was not). Sets content_type and body; the status is the server's.
    std::function<void(std::string_view path, Response&)> broken;
};

/// All members are called on the executor's one thread, which runs the handlers too; stop() is awaited before
/// destruction.
class Server {
public:
    /// Binds and listens, but accepts only after start().
    /// @return invalid_argument for an address that cannot be read; unavailable (with a sentence that says what to do)
    ///         when it cannot be bound
    [[nodiscard]] static Result<std::unique_ptr<Server>> bind(boost::asio::any_io_executor executor,
                                                              Options options,
                                                              Handler handler);
    virtual ~Server() = default;
    virtual void start() = 0;
    /// The port really bound (for ":0"); 0 on a Unix socket.
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::size_t connections() const = 0;
    /// From the next request on.
    virtual void set_trusted_proxies(TrustedProxies proxies) = 0;
    /// For connections accepted from now on; others keep what they have. @pre the server began with a context
    virtual void set_tls(std::shared_ptr<const TlsContext> tls) = 0;
    /// Stops accepting, lets requests under way finish until the deadline, answers them with Connection: close, ends
    /// idle connections at once and streams at the deadline (a StreamWriter refuses to write from now on). Returns at
    /// most 100 ms after the deadline; a handler that is still suspended then keeps what it needs of the server alive.
    [[nodiscard]] virtual boost::asio::awaitable<void> stop(SteadyTime deadline) = 0;
};

}  // namespace roger::http
