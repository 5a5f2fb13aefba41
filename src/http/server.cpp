#include "http/server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/assert.hpp"
#include "http/address.hpp"
#include "http/connection.hpp"
#include "observe/log.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

constexpr milliseconds tick_max{250};
constexpr milliseconds tick_min{5};
/// After an accept that failed for want of descriptors or memory: a loop without a pause would spin.
constexpr milliseconds accept_pause{100};
/// How long stop() waits for connections that it closed at its deadline.
constexpr milliseconds stop_grace{100};

milliseconds tick_length_for(const Limits& limits) {
    const milliseconds shortest =
        std::min({limits.header_deadline, limits.body_deadline, limits.idle_deadline, limits.write_deadline});
    return std::clamp(shortest / 8, tick_min, tick_max);
}

void log_exception(std::string_view what, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        observe::error(what, {{"error", e.what()}});
    } catch (...) {
        observe::error(what, {{"error", "unknown"}});
    }
}

/// What lives until the last connection has ended, also when the Server has gone before.
struct State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor on, Acceptor listening)
        : executor(std::move(on)),
          acceptor(std::move(listening)),
          sweep(executor),
          pause(executor),
          drained(executor) {}

    [[nodiscard]] bool busy() const { return accepting || !connections.empty(); }
    void admit(Connection::Socket socket);
    void leave(Connection& connection);
    void arm_sweep();
    void end_sweep();
    void stop_accepting();
    [[nodiscard]] static asio::awaitable<void> accept_loop(std::shared_ptr<State> self);

    asio::any_io_executor executor;
    Context context;
    std::string unix_path;
    Acceptor acceptor;
    asio::steady_timer sweep;
    bool sweep_ended = false;
    asio::steady_timer pause;
    asio::steady_timer drained;  ///< cancelled when nothing runs any more
    std::vector<Connection*> connections;
    bool accepting = false;
    bool full_was_logged = false;
};

void State::admit(Connection::Socket socket) {
    const bool local = !unix_path.empty();
    if (local && !peer_is_ours(socket.native_handle())) {
        observe::warning("a connection of another user was refused");
        return;
    }
    if (connections.size() >= context.options.limits.connections_max) {
        if (!std::exchange(full_was_logged, true)) {
            observe::warning("connections are refused", {{"limit", context.options.limits.connections_max}});
        }
        return;
    }
    ErrorCode ec;
    socket.non_blocking(true, ec);
    if (!local && !ec) socket.set_option(asio::ip::tcp::no_delay(true), ec);
    if (ec) return;  // gone already
    std::string address = peer_address(socket.native_handle());
    const std::shared_ptr<State> self = shared_from_this();
    auto connection =
        std::make_shared<Connection>(std::move(socket), std::shared_ptr<Context>(self, &context), std::move(address));
    connection->index = connections.size();
    connections.push_back(connection.get());
    asio::co_spawn(executor, Connection::run(connection), [self, connection](const std::exception_ptr& error) {
        if (error) log_exception("a request handler threw", error);
        connection->close();
        self->leave(*connection);
    });
}

void State::leave(Connection& connection) {
    connections[connection.index] = connections.back();
    connections[connection.index]->index = connection.index;
    connections.pop_back();
    full_was_logged = false;
    if (!busy()) drained.cancel();
}

void State::arm_sweep() {
    sweep.expires_after(context.tick_length);
    sweep.async_wait([weak = weak_from_this()](const ErrorCode& ec) {
        const std::shared_ptr<State> self = weak.lock();
        if (ec || !self || self->sweep_ended) return;
        ++self->context.tick;
        for (Connection* connection : self->connections) connection->check_deadline();
        self->arm_sweep();
    });
}

/// A timer that has gone off can no longer be cancelled: its handler waits in the queue, and must not arm it again.
void State::end_sweep() {
    sweep_ended = true;
    sweep.cancel();
}

void State::stop_accepting() {
    if (!acceptor.is_open()) return;
    ErrorCode ignored;
    acceptor.close(ignored);
    pause.cancel();
    if (!unix_path.empty()) ::unlink(unix_path.c_str());
}

asio::awaitable<void> State::accept_loop(std::shared_ptr<State> self) {
    bool failing = false;
    while (self->acceptor.is_open()) {
        ErrorCode ec;
        Connection::Socket socket(self->executor);
        co_await self->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
        if (!self->acceptor.is_open()) break;
        if (!ec) {
            failing = false;
            self->admit(std::move(socket));
        } else if (ec != asio::error::connection_aborted) {
            if (!std::exchange(failing, true)) {
                observe::error("connections cannot be accepted", {{"error", ec.message()}});
            }
            self->pause.expires_after(accept_pause);
            co_await self->pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
    }
}

class ServerImpl final : public Server {
public:
    explicit ServerImpl(std::shared_ptr<State> state) : state_(std::move(state)) {}

    ~ServerImpl() override {
        state_->stop_accepting();
        state_->end_sweep();
        for (Connection* connection : state_->connections) connection->close();
    }

    void start() override {
        state_->arm_sweep();
        state_->accepting = true;
        asio::co_spawn(state_->executor, State::accept_loop(state_), [state = state_](const std::exception_ptr& error) {
            if (error) log_exception("accepting connections ended", error);
            state->accepting = false;
            if (!state->busy()) state->drained.cancel();
        });
    }

    [[nodiscard]] std::uint16_t port() const override { return port_; }
    [[nodiscard]] std::size_t connections() const override { return state_->connections.size(); }
    void set_trusted_proxies(TrustedProxies proxies) override {
        state_->context.options.trusted_proxies = std::move(proxies);
    }
    void set_tls(std::shared_ptr<const TlsContext> tls) override {
        std::shared_ptr<const TlsContext>& current = state_->context.options.tls;
        ROGER_ASSERT(current != nullptr && tls != nullptr, "a port does not change between HTTP and HTTPS");
        current = std::move(tls);
    }

    [[nodiscard]] asio::awaitable<void> stop(SteadyTime deadline) override {
        const std::shared_ptr<State> state = state_;
        state->context.stopping = true;
        state->stop_accepting();
        for (Connection* connection : state->connections) connection->stop();
        co_await wait_until_drained(state, deadline);
        for (Connection* connection : state->connections) connection->close();
        co_await wait_until_drained(state, asio::steady_timer::clock_type::now() + stop_grace);
        state->end_sweep();
    }

    void remember_port() {
        ErrorCode ec;
        const asio::generic::stream_protocol::endpoint bound = state_->acceptor.local_endpoint(ec);
        if (ec || !state_->unix_path.empty()) return;
        asio::ip::tcp::endpoint tcp;
        std::memcpy(tcp.data(), bound.data(), std::min(bound.size(), tcp.capacity()));
        port_ = tcp.port();
    }

private:
    static asio::awaitable<void> wait_until_drained(std::shared_ptr<State> state, SteadyTime deadline) {
        if (!state->busy()) co_return;
        ErrorCode ec;
        state->drained.expires_at(deadline);
        co_await state->drained.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }

    std::shared_ptr<State> state_;
    std::uint16_t port_ = 0;
};

/// Removes the socket file that a crashed server left; a living one answers and keeps it.
Result<void> remove_stale(const asio::any_io_executor& executor, const ListenAddress& address) {
    struct stat status{};
    if (::lstat(address.unix_path.c_str(), &status) != 0) return {};
    if (!S_ISSOCK(status.st_mode)) {
        return fail(Errc::unavailable,
                    fmt::format("{} exists and is not a socket; remove it or choose another path", address.unix_path));
    }
    Connection::Socket probe(executor);
    ErrorCode ec;
    probe.connect(address.endpoint, ec);
    if (!ec) {
        return fail(Errc::unavailable, fmt::format("another process listens on {}; stop it first", address.unix_path));
    }
    ::unlink(address.unix_path.c_str());
    return {};
}

tl::unexpected<Error> fail_to_bind(const std::string& listen, const ErrorCode& ec) {
    if (ec == boost::system::errc::address_in_use) {
        return fail(Errc::unavailable,
                    fmt::format("{} is taken by another program; stop it or listen on another address", listen));
    }
    if (ec == boost::system::errc::permission_denied) {
        return fail(Errc::unavailable,
                    fmt::format("{} may not be used (ports below 1024 and foreign directories need rights); "
                                "listen on another address",
                                listen));
    }
    return fail(Errc::unavailable, fmt::format("cannot listen on {}: {}", listen, ec.message()));
}

Result<Acceptor> open_acceptor(const asio::any_io_executor& executor,
                               const std::string& listen,
                               const ListenAddress& address) {
    const bool local = !address.unix_path.empty();
    if (local) {
        const Result<void> removed = remove_stale(executor, address);
        if (!removed) return tl::make_unexpected(removed.error());
    }
    Acceptor acceptor(executor);
    ErrorCode ec;
    acceptor.open(address.endpoint.protocol(), ec);
    if (!ec && !local) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(address.endpoint, ec);
    // Nobody can connect before listen(), so the mode is right from the first connection on.
    if (!ec && local && ::chmod(address.unix_path.c_str(), S_IRUSR | S_IWUSR) != 0) {
        ec.assign(errno, boost::system::system_category());
    }
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) return fail_to_bind(listen, ec);
    return acceptor;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::bind(asio::any_io_executor executor, Options options, Handler handler) {
    const Result<ListenAddress> address = parse_listen(options.listen);
    if (!address) return tl::make_unexpected(address.error());
    Result<Acceptor> acceptor = open_acceptor(executor, options.listen, *address);
    if (!acceptor) return tl::make_unexpected(acceptor.error());
    auto state = std::make_shared<State>(std::move(executor), std::move(*acceptor));
    state->context.tick_length = tick_length_for(options.limits);
    state->context.options = std::move(options);
    state->context.handler = std::move(handler);
    state->unix_path = address->unix_path;
    auto server = std::make_unique<ServerImpl>(std::move(state));
    server->remember_port();
    return server;
}

}  // namespace roger::http
