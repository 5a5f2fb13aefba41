// A server for tests of those who ask: reads whole requests, hands them to a script, and writes the bytes that it says.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace roger::http {

class ScriptedServer {
    using Tcp = boost::asio::ip::tcp;

public:
    struct Request {
        std::string head;  ///< request line and fields, with the CR LF of each
        std::string body;
        [[nodiscard]] bool has(std::string_view line) const {
            return head.find(std::string(line) + "\r\n") != std::string::npos;
        }
    };
    class Connection : public std::enable_shared_from_this<Connection> {
    public:
        Connection(ScriptedServer& server, Tcp::socket socket) : server_(server), socket_(std::move(socket)) {}
        void send(std::string bytes) {
            auto kept = std::make_shared<std::string>(std::move(bytes));
            boost::asio::async_write(socket_, boost::asio::buffer(*kept),
                                     [kept, self = shared_from_this()](const auto& error, std::size_t) {
                                         if (!error && self->after_send_) self->after_send_();
                                     });
        }
        void answer(unsigned status, std::string_view body, std::string_view fields = "") {
            send(fmt::format("HTTP/1.1 {} Said\r\n{}Content-Length: {}\r\n\r\n{}", status, fields, body.size(), body));
        }
        /// Sends the same bytes again and again, until the peer has had enough.
        void send_for_ever(const std::string& bytes) {
            after_send_ = [this, bytes] { send(bytes); };
            send(bytes);
        }
        [[nodiscard]] auto executor() { return socket_.get_executor(); }
        void close() {
            boost::system::error_code ignored;
            socket_.close(ignored);
        }
        void read();

    private:
        ScriptedServer& server_;
        Tcp::socket socket_;
        std::string read_;
        std::array<char, 4096> buffer_{};
        std::function<void()> after_send_;
    };

    explicit ScriptedServer(boost::asio::io_context& io) : acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}) {
        accept();
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] std::string url(std::string_view path = "/") const {
        return fmt::format("http://127.0.0.1:{}{}", port(), path);
    }
    void stop() {
        acceptor_.close();
        for (const auto& connection : connections) connection->close();
    }

    std::function<void(Connection&, const Request&)> script = [](Connection& c, const Request&) { c.answer(200, ""); };
    std::vector<Request> requests;
    std::vector<std::shared_ptr<Connection>> connections;

private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
            if (error) return;
            connections.push_back(std::make_shared<Connection>(*this, std::move(socket)));
            connections.back()->read();
            accept();
        });
    }

    Tcp::acceptor acceptor_;
};

inline void ScriptedServer::Connection::read() {
    const auto read = [this, self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
        if (error) return;
        read_.append(buffer_.data(), bytes);
        while (true) {
            const std::size_t end = read_.find("\r\n\r\n");
            if (end == std::string::npos) break;
            constexpr std::string_view field = "Content-Length: ";
            const std::size_t at = read_.find(field);
            const std::size_t length = at < end ? std::stoul(read_.substr(at + field.size())) : 0;
            if (read_.size() < end + 4 + length) break;
            Request request{read_.substr(0, end + 2), read_.substr(end + 4, length)};
            read_.erase(0, end + 4 + length);
            server_.requests.push_back(request);
            server_.script(*this, request);
        }
        this->read();
    };
    socket_.async_read_some(boost::asio::buffer(buffer_), read);
}

}  // namespace roger::http
