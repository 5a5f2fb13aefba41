#include "smpp/connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include "base/assert.hpp"

namespace roger::smpp {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A peer that is gone without a word is noticed after half a minute, whether we wait for it or write to it.
constexpr int keep_alive_idle_seconds = 30;
constexpr int keep_alive_interval_seconds = 10;
constexpr int keep_alive_probes = 3;
constexpr int unacknowledged_ms_max = 30'000;

void tune(tcp::socket& socket) {
    // None of these can fail on a connected TCP socket in a way that would matter: the link has its own enquire_link.
    const int fd = socket.native_handle();
    const auto set = [fd](int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_idle_seconds);
    set(IPPROTO_TCP, TCP_KEEPINTVL, keep_alive_interval_seconds);
    set(IPPROTO_TCP, TCP_KEEPCNT, keep_alive_probes);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms_max);
}

tl::unexpected<Error> unreachable(std::string_view what, const boost::system::error_code& ec) {
    return fail(Errc::unavailable, fmt::format("{}: {}", what, ec.message()));
}

}  // namespace

/// Outlives the connection when the name server does not answer in time: getaddrinfo cannot be interrupted.
struct Connection::Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor) {}
    tcp::resolver resolver;
    ErrorCode ec;
    tcp::resolver::results_type results;
    bool done = false;
};

Connection::Connection(const asio::any_io_executor& executor, TlsContext tls)
    : executor_(executor), tls_context_(std::move(tls)), socket_(executor), changed_(executor) {}

asio::awaitable<Result<tcp::resolver::results_type>> Connection::resolve(const Host& host) {
    ErrorCode ec;
    const auto address = asio::ip::make_address(host.name, ec);
    if (!ec) {
        const tcp::endpoint endpoint(address, host.port);
        co_return tcp::resolver::results_type::create(endpoint, host.name, "");
    }
    const auto lookup = std::make_shared<Lookup>(executor_);
    lookup->resolver.async_resolve(
        host.name, fmt::format("{}", host.port), tcp::resolver::numeric_service,
        [lookup, weak = weak_from_this()](const ErrorCode& error, tcp::resolver::results_type results) {
            lookup->ec = error;
            lookup->results = std::move(results);
            lookup->done = true;
            if (const auto self = weak.lock()) self->changed_.notify();
        });
    while (!lookup->done && !closed_) co_await changed_.wait();
    if (!lookup->done) co_return fail(Errc::unavailable, "the name was not resolved in time");
    if (lookup->ec) co_return unreachable("the name cannot be resolved", lookup->ec);
    co_return lookup->results;
}

asio::awaitable<Result<void>> Connection::open(Host host, std::string server_name) {
    const auto addresses = co_await resolve(host);
    if (!addresses) co_return tl::make_unexpected(addresses.error());
    ErrorCode ec;
    for (const auto& entry : *addresses) {
        if (closed_) break;
        socket_.close(ec);
        co_await socket_.async_connect(entry.endpoint(), asio::redirect_error(asio::use_awaitable, ec));
        if (!ec) break;
    }
    if (closed_) co_return fail(Errc::unavailable, "no connection in time");
    if (ec) co_return unreachable("no connection", ec);
    tune(socket_);
    if (!tls_context_) co_return Result<void>();
    tls_.emplace(socket_, *tls_context_);
    if (!expect_name(tls_->native_handle(), server_name)) {
        co_return fail(Errc::unavailable, "the server name cannot be checked");
    }
    co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, ec));
    if (closed_) co_return fail(Errc::unavailable, "no TLS handshake in time");
    if (ec) co_return unreachable("no TLS", ec);
    co_return Result<void>();
}

asio::awaitable<std::size_t> Connection::read_some(std::span<std::uint8_t> room, ErrorCode& ec) {
    const asio::mutable_buffer buffer(room.data(), room.size());
    if (tls_) co_return co_await tls_->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
    co_return co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
}

void Connection::write(pdu::Octets bytes, std::function<void(const ErrorCode&)> done) {
    ROGER_ASSERT(out_.empty(), "one write at a time");
    out_ = std::move(bytes);
    auto written = [self = shared_from_this(), done = std::move(done)](const ErrorCode& ec, std::size_t) {
        self->out_.clear();
        if (!self->closed_) done(ec);
    };
    if (tls_) {
        asio::async_write(*tls_, asio::buffer(out_), std::move(written));
    } else {
        asio::async_write(socket_, asio::buffer(out_), std::move(written));
    }
}

void Connection::close() {
    closed_ = true;
    ErrorCode ignored;
    socket_.close(ignored);
    changed_.notify();
}

}  // namespace roger::smpp
