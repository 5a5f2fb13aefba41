// One connection: reads a request, has it answered, writes the answer, and again, until either side ends it.
// Everything runs on the server's one thread. The coroutine owns the connection; the server only borrows it, to let its
// deadlines fire and to stop it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "http/message.hpp"
#include "http/request_reader.hpp"
#include "http/server.hpp"

namespace roger::http {

/// Deadlines are counted in ticks of the server's sweep instead of asking a clock and arming a timer for each request.
using Tick = std::uint64_t;

/// What all connections of a server share.
struct Context {
    Options options;
    Handler handler;
    milliseconds tick_length{250};
    Tick tick = 0;  ///< how often the sweep has run
    bool stopping = false;
};

class Connection {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;

    Connection(Socket socket, std::shared_ptr<Context> context, std::string remote_address);

    /// Runs until the connection has ended.
    [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Connection> self);
    /// Called at each tick: interrupts what has taken too long.
    void check_deadline();
    /// The server stops: ends the connection if it is between requests, else after the answer under way.
    void stop();
    /// Ends it whatever it does. A handler that is suspended finds out when it writes.
    void close();

    std::size_t index = 0;  ///< its place in the server's list

private:
    class EventStream;
    enum class Activity : std::uint8_t { handshake, idle, header, body, handling, writing, lingering };

    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<bool> fill();
    boost::asio::awaitable<bool> answer();
    boost::asio::awaitable<void> refuse(unsigned status);
    boost::asio::awaitable<bool> write(std::string_view bytes);
    boost::asio::awaitable<std::size_t> read_some(std::span<char> room, boost::system::error_code& ec);
    boost::asio::awaitable<bool> wait_for(TlsSession::Step step);
    boost::asio::awaitable<void> linger();
    void enter(Activity activity);
    [[nodiscard]] std::size_t write_at_once(std::string_view bytes, bool& failed);
    [[nodiscard]] std::size_t encrypt_at_once(std::string_view bytes, bool& failed);

    Socket socket_;
    std::shared_ptr<Context> context_;
    std::unique_ptr<TlsSession> tls_;  ///< none: plain HTTP
    std::string peer_;
    RequestReader reader_;
    std::string out_;
    Activity activity_ = Activity::handling;
    Tick deadline_ = std::numeric_limits<Tick>::max();
    bool proxied_ = false;      ///< remote_address may be another than peer_
    bool interrupted_ = false;  ///< by its deadline; until the next activity
};

}  // namespace roger::http
