#include "http/connection.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "http/response_writer.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr Tick never = std::numeric_limits<Tick>::max();
/// How long and how much we read from a client after our last answer, so that it gets to read that answer: closing a
/// socket with unread bytes resets the connection (RFC 9112 §9.6).
constexpr milliseconds linger_deadline{1'000};
constexpr std::size_t linger_bytes_max = 256 * 1024;
/// To a client that speaks HTTP on a port for HTTPS.
constexpr std::string_view wrong_scheme =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 50\r\n"
    "Connection: close\r\n\r\nthis port speaks HTTPS; write https:// in the URL\n";
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view broken_text(unsigned status) {
    switch (status) {
        case 408: return "the request did not arrive in time\n";
        case 413: return "the body is too large\n";
        case 414: return "the request target is too long\n";
        case 431: return "the header block is too large\n";
        default: return "this is not a well-formed HTTP/1.1 request\n";
    }
}

}  // namespace

/// Writes each chunk as it comes, for as long as the server lives.
class Connection::EventStream final : public StreamWriter {
public:
    explicit EventStream(Connection& connection) : connection_(connection) {}

    asio::awaitable<bool> write(std::string chunk) override {
        if (failed_ || connection_.context_->stopping) co_return false;
        const bool written = co_await connection_.write(chunk);
        failed_ = !written;
        connection_.enter(Activity::handling);
        co_return written;
    }

private:
    Connection& connection_;
    bool failed_ = false;
};

Connection::Connection(Socket socket, std::shared_ptr<Context> context, std::string remote_address)
    : socket_(std::move(socket)),
      context_(std::move(context)),
      peer_(std::move(remote_address)),
      reader_(context_->options.limits) {
    reader_.request().remote_address = peer_;
    if (context_->options.tls) tls_ = std::make_unique<TlsSession>(context_->options.tls, socket_.native_handle());
}

asio::awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
    bool goes_on = !self->tls_ || co_await self->shake_hands();
    while (goes_on) {
        switch (self->reader_.step()) {
            case RequestReader::Step::need_more: goes_on = co_await self->fill(); break;
            case RequestReader::Step::complete: goes_on = co_await self->answer(); break;
            case RequestReader::Step::broken:
                co_await self->refuse(self->reader_.status());
                goes_on = false;
                break;
        }
    }
    self->close();
}

void Connection::enter(Activity activity) {
    if (activity_ == activity) return;  // the deadline of a header or body does not move with each byte
    activity_ = activity;
    interrupted_ = false;
    const Limits& limits = context_->options.limits;
    milliseconds allowed{};
    switch (activity) {
        case Activity::handshake: allowed = limits.header_deadline; break;
        case Activity::idle: allowed = limits.idle_deadline; break;
        case Activity::header: allowed = limits.header_deadline; break;
        case Activity::body: allowed = limits.body_deadline; break;
        case Activity::writing: allowed = limits.write_deadline; break;
        case Activity::lingering: allowed = linger_deadline; break;
        case Activity::handling: deadline_ = never; return;
    }
    // One more than it takes: a part of the tick under way is already over.
    deadline_ = context_->tick + static_cast<Tick>(allowed / context_->tick_length) + 2;
}

void Connection::check_deadline() {
    if (context_->tick < deadline_) return;
    interrupted_ = true;
    ErrorCode ignored;
    if (activity_ == Activity::writing) {
        // Else the kernel would go on offering megabytes to a peer that does not read.
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    }
    socket_.cancel(ignored);  // the coroutine sees it; again at the next tick if it was between two operations
}

void Connection::stop() {
    if (activity_ != Activity::idle && activity_ != Activity::lingering && activity_ != Activity::handshake) return;
    if (activity_ == Activity::handshake) interrupted_ = true;
    ErrorCode ignored;
    socket_.cancel(ignored);
}

void Connection::close() {
    if (socket_.is_open() && tls_) tls_->say_goodbye();
    ErrorCode ignored;
    socket_.close(ignored);
}

/// @return false when the connection is to be ended
asio::awaitable<bool> Connection::shake_hands() {
    enter(Activity::handshake);
    for (;;) {
        const TlsSession::Step step = tls_->handshake();
        if (step == TlsSession::Step::done) co_return true;
        if (step == TlsSession::Step::plain_http) {
            tls_.reset();
            if (co_await write(wrong_scheme)) co_await linger();
            co_return false;
        }
        if (step == TlsSession::Step::ended || !co_await wait_for(step)) co_return false;
    }
}

/// Until the socket is ready for what the session wants. @return false when that was interrupted, or failed
asio::awaitable<bool> Connection::wait_for(TlsSession::Step step) {
    ErrorCode ec;
    const auto direction =
        step == TlsSession::Step::wants_write ? asio::socket_base::wait_write : asio::socket_base::wait_read;
    co_await socket_.async_wait(direction, asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec && !interrupted_;
}

/// Of a TLS connection: plain ones read in fill(), without a coroutine of their own.
asio::awaitable<std::size_t> Connection::read_some(std::span<char> room, ErrorCode& ec) {
    for (;;) {
        std::size_t bytes = 0;
        const TlsSession::Step step = tls_->read(room, bytes);
        if (step == TlsSession::Step::done) co_return bytes;
        if (step == TlsSession::Step::ended || !co_await wait_for(step)) {
            ec = asio::error::connection_aborted;
            co_return 0;
        }
    }
}

/// Reads once. @return false when the connection is to be ended
asio::awaitable<bool> Connection::fill() {
    const RequestReader::Phase phase = reader_.phase();
    if (phase == RequestReader::Phase::idle) {
        if (context_->stopping) co_return false;
        if (out_.capacity() > idle_bytes_max) std::string().swap(out_);
        enter(Activity::idle);
    } else if (phase == RequestReader::Phase::header) {
        enter(Activity::header);
    } else {
        if (reader_.take_continue() && !co_await write(continue_line)) co_return false;
        enter(Activity::body);
    }
    ErrorCode ec;
    const std::span<char> room = reader_.prepare();
    const std::size_t bytes = tls_ ? co_await read_some(room, ec)
                                   : co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                                      asio::redirect_error(asio::use_awaitable, ec));
    if (interrupted_) {
        if (phase != RequestReader::Phase::idle) co_await refuse(408);
        co_return false;
    }
    if (ec) co_return false;
    reader_.commit(bytes);
    co_return true;
}

/// Has the handler answer the request that was read. @return false when the connection is to be ended
asio::awaitable<bool> Connection::answer() {
    enter(Activity::handling);
    if (const TrustedProxies& proxies = context_->options.trusted_proxies; !proxies.empty() || proxied_) {
        reader_.request().remote_address = proxies.client_of(peer_, reader_.request().forwarded_for);
        proxied_ = !proxies.empty();
    }
    const Request& request = reader_.request();
    Response response = co_await context_->handler(request);

    const bool wanted = reader_.keep_alive();
    const bool kept = wanted && !response.close && !response.stream && !context_->stopping;
    const bool head_only = request.method == Method::head;
    const Framing framing{.head_only = head_only, .close = !kept, .keep_alive = kept && reader_.is_http_1_0()};
    out_.clear();
    append_response(response, framing, out_);
    bool failed = false;
    const std::size_t written = write_at_once(out_, failed);  // nearly always all of it
    if (failed) co_return false;
    if (written < out_.size() && !co_await write(std::string_view(out_).substr(written))) co_return false;

    if (response.stream && !head_only) {
        enter(Activity::handling);
        EventStream stream(*this);
        co_await response.stream(stream);
    }
    if (!kept) {
        if (wanted || reader_.has_more()) co_await linger();
        co_return false;
    }
    reader_.next();
    co_return true;
}

asio::awaitable<void> Connection::refuse(unsigned status) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = broken_text(status);
    if (context_->options.broken) context_->options.broken(reader_.path(), response);
    response.status = status;
    response.stream = nullptr;
    const Framing framing{.head_only = reader_.request().method == Method::head, .close = true};
    out_.clear();
    append_response(response, framing, out_);
    if (co_await write(out_)) co_await linger();
}

std::size_t Connection::write_at_once(std::string_view bytes, bool& failed) {
    if (tls_) return encrypt_at_once(bytes, failed);
    ErrorCode ec;
    const std::size_t written = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
    failed = ec && ec != asio::error::would_block && ec != asio::error::try_again;
    return failed ? 0 : written;
}

std::size_t Connection::encrypt_at_once(std::string_view bytes, bool& failed) {
    std::size_t total = 0;
    while (total < bytes.size()) {  // a record holds at most 16 KiB
        std::size_t written = 0;
        const TlsSession::Step step = tls_->write(bytes.substr(total), written);
        failed = step != TlsSession::Step::done && step != TlsSession::Step::wants_write;
        if (step != TlsSession::Step::done) break;
        total += written;
    }
    return failed ? 0 : total;
}

/// @return false when the peer is gone or too slow
asio::awaitable<bool> Connection::write(std::string_view bytes) {
    bool failed = false;
    bytes.remove_prefix(write_at_once(bytes, failed));
    if (failed) co_return false;
    if (bytes.empty()) co_return true;
    enter(Activity::writing);
    while (tls_) {
        if (!co_await wait_for(TlsSession::Step::wants_write)) co_return false;
        bytes.remove_prefix(encrypt_at_once(bytes, failed));
        if (failed || bytes.empty()) co_return !failed;
    }
    ErrorCode ec;
    co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                               asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec;
}

asio::awaitable<void> Connection::linger() {
    if (tls_) tls_->say_goodbye();
    ErrorCode ec;
    socket_.shutdown(asio::socket_base::shutdown_send, ec);
    if (ec || context_->stopping) co_return;
    enter(Activity::lingering);
    std::array<char, 4096> discarded;
    for (std::size_t total = 0; total < linger_bytes_max && !interrupted_ && !ec;) {
        total +=
            co_await socket_.async_read_some(asio::buffer(discarded), asio::redirect_error(asio::use_awaitable, ec));
    }
}

}  // namespace roger::http
