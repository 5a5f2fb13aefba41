// TLS for the server, by OpenSSL alone: one session per connection reads and writes its non-blocking socket and says
// what it waits for, so the connection waits as it does for plain HTTP. docs/decisions/0010 says why not asio::ssl.
// TLS 1.2 with ECDHE and AEAD ciphers, or TLS 1.3; ALPN http/1.1; stateless session tickets, no early data.
// Source: RFC 8446, RFC 5246, RFC 7301, RFC 9325.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace roger::http {

/// A certificate with its key. Immutable once loaded; a session keeps its own alive, so it can be replaced at any time.
class TlsContext {
public:
    /// @param cert_file  PEM: the certificate, then those between it and the authority
    /// @param key_file   PEM: its private key, without a passphrase
    /// @return invalid_argument with a sentence that names the file and what is wrong with it
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const std::string& cert_file,
                                                                        const std::string& key_file);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// Whether the certificate's last day is over, by the machine's clock.
    [[nodiscard]] bool expired() const;

private:
    friend class TlsSession;
    struct Parts;
    explicit TlsContext(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// One connection's. Never blocks, never raises SIGPIPE.
class TlsSession {
public:
    enum class Step {
        done,
        wants_read,   ///< call again, with the same arguments, when the socket can be read
        wants_write,  ///< the same, when it can be written
        plain_http,   ///< handshake() only: the client does not speak TLS but HTTP
        ended,        ///< the peer closed, or broke the protocol: nothing more will come or go
    };

    /// @param socket  non-blocking; borrowed, and open for as long as the session is used
    TlsSession(std::shared_ptr<const TlsContext> context, int socket);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    [[nodiscard]] Step handshake();
    /// After done, `bytes` (at least 1) have been read.
    [[nodiscard]] Step read(std::span<char> room, std::size_t& bytes);
    /// After done, the first `bytes` (at least 1) have been written.
    [[nodiscard]] Step write(std::string_view text, std::size_t& bytes);
    /// Tells the peer that nothing more comes, if that can be told at once.
    void say_goodbye();

private:
    struct Parts;
    [[nodiscard]] Step step_of(int returned) const;
    std::unique_ptr<Parts> parts_;
};

}  // namespace roger::http
