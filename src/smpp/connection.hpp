// One TCP connection to a peer, with or without TLS: opened by name, read in pieces, written in whole buffers.
// Its owner keeps it in a shared_ptr; close() makes whatever is under way end with an error. One thread.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "pdu/tlv.hpp"
#include "smpp/options.hpp"
#include "smpp/signal.hpp"
#include "smpp/tls.hpp"

namespace roger::smpp {

class Connection : public std::enable_shared_from_this<Connection> {
public:
    using ErrorCode = boost::system::error_code;

    /// @param tls  none: plain TCP
    Connection(const boost::asio::any_io_executor& executor, TlsContext tls);

    /// Resolves the name anew, tries each of its addresses in turn, shakes hands. The caller's deadline calls close().
    /// @param server_name  what the certificate must hold
    /// @return unavailable with the reason
    [[nodiscard]] boost::asio::awaitable<Result<void>> open(Host host, std::string server_name);
    /// At least one byte, or an error.
    [[nodiscard]] boost::asio::awaitable<std::size_t> read_some(std::span<std::uint8_t> room, ErrorCode& ec);
    /// @pre  the last one has been written
    /// @param done  called later, never from within; not after close()
    void write(pdu::Octets bytes, std::function<void(const ErrorCode&)> done);
    void close();

private:
    using Socket = boost::asio::ip::tcp::socket;
    struct Lookup;
    [[nodiscard]] boost::asio::awaitable<Result<boost::asio::ip::tcp::resolver::results_type>> resolve(
        const Host& host);

    boost::asio::any_io_executor executor_;
    TlsContext tls_context_;
    Socket socket_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
    Signal changed_;
    pdu::Octets out_;
    bool closed_ = false;
};

}  // namespace roger::smpp
