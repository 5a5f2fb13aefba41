// A server on a free port in a thread of its own, and a client that sends and reads raw bytes: for the server's tests.
#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "http/server.hpp"

namespace roger::http {

/// One response, as it came.
struct Seen {
    std::string head;
    std::string body;
};

/// Blocking. Gives up after 10 s, so that a broken server fails a test instead of hanging it.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    explicit RawClient(const std::string& unix_path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
        connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the server closed: what it said is what the test looks at
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    void shrink_window() {
        const int bytes = 4096;
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }

    /// Whether something came within that time.
    [[nodiscard]] bool readable(milliseconds patience) {
        pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
        return ::poll(&wanted, 1, static_cast<int>(patience.count())) == 1;
    }
    /// Reads until `mark` has come and takes everything up to its end; what there is if the connection ends before.
    std::string read_until(std::string_view mark) {
        std::size_t found = 0;
        while ((found = received_.find(mark)) == std::string::npos && receive()) {
        }
        return take(found == std::string::npos ? received_.size() : found + mark.size());
    }
    /// One response with Content-Length; @param has_body  false for the answer to HEAD
    Seen read_response(bool has_body = true) {
        Seen seen;
        seen.head = read_until("\r\n\r\n");
        const std::size_t field = seen.head.find("Content-Length: ");
        if (!has_body || field == std::string::npos) return seen;
        const std::size_t length = std::stoul(seen.head.substr(field + 16));
        while (received_.size() < length && receive()) {
        }
        seen.body = take(length);
        return seen;
    }
    /// Everything until the server ends the connection.
    std::string read_to_end() {
        while (receive()) {
        }
        return take(received_.size());
    }

private:
    void connect(const sockaddr* address, socklen_t length) {
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        EXPECT_EQ(::connect(socket_, address, length), 0) << std::strerror(errno);
    }
    bool receive() {
        char bytes[4096];
        const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            ADD_FAILURE() << "nothing came for 10 s";
        }
        if (got <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    std::string take(std::size_t bytes) {
        std::string taken = received_.substr(0, bytes);
        received_.erase(0, bytes);
        return taken;
    }

    int socket_;
    std::string received_;
};

/// Answers with what it was asked, unless another handler is given.
inline boost::asio::awaitable<Response> echo(const Request& request) {
    Response response;
    response.content_type = "text/plain";
    response.body =
        fmt::format("{} {} {} {}", static_cast<int>(request.method), request.path, request.query, request.body);
    co_return response;
}

class TestServer {
public:
    explicit TestServer(Options options = {}, Handler handler = echo) : work_(io_.get_executor()) {
        if (options.listen.empty()) options.listen = "127.0.0.1:0";
        auto bound = Server::bind(io_.get_executor(), std::move(options), std::move(handler));
        EXPECT_TRUE(bound) << (bound ? "" : bound.error().detail);
        server_ = std::move(*bound);
        port_ = server_->port();
        server_->start();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~TestServer() {
        stop(std::chrono::milliseconds(0)).wait();
        work_.reset();
        thread_.join();
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    std::future<void> stop(milliseconds allowed) {
        return boost::asio::co_spawn(io_, server_->stop(std::chrono::steady_clock::now() + allowed),
                                     boost::asio::use_future);
    }
    [[nodiscard]] std::size_t connections() {
        std::size_t count = 0;
        on_thread([&](Server& server) { count = server.connections(); });
        return count;
    }
    /// Runs it on the server's thread.
    template <class Work>
    void on_thread(Work work) {
        std::promise<void> finished;
        boost::asio::post(io_, [&] {
            work(*server_);
            finished.set_value();
        });
        finished.get_future().get();
    }

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace roger::http
