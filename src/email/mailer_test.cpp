// The mailer against a scripted SMTP server: what is said when, and what is certain after each way to end.
#include "email/mailer.hpp"

#include <array>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "tests/support/real_time.hpp"

namespace roger::email {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;

/// Answers each line as its script says; "" hangs up.
class SmtpServer {
public:
    explicit SmtpServer(asio::io_context& io) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) { accept(); }
    [[nodiscard]] std::string address() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    void stop() {
        acceptor_.close();
        for (const auto& each : connections_) each->socket.close();
    }

    std::function<std::string(const std::string& line)> script = [](const std::string& line) -> std::string {
        if (line.starts_with("EHLO")) return "250-here\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n";
        if (line.starts_with("AUTH")) return "235 yes\r\n";
        if (line == "DATA") return "354 go on\r\n";
        if (line == "QUIT") return "221 bye\r\n";
        return "250 yes\r\n";
    };
    std::vector<std::string> lines;   ///< commands, and "." for the end of a mail
    std::vector<std::string> bodies;  ///< as sent, dots doubled
    std::size_t accepted = 0;

private:
    struct Connection {
        explicit Connection(tcp::socket given) : socket(std::move(given)) {}
        tcp::socket socket;
        std::array<char, 4096> buffer{};
        std::string read;
        std::string body;
        bool in_data = false;
    };
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
            if (error) return;
            ++accepted;
            connections_.push_back(std::make_shared<Connection>(std::move(socket)));
            say(connections_.back(), "220 here\r\n");
            read(connections_.back());
            accept();
        });
    }
    static void say(const std::shared_ptr<Connection>& connection, const std::string& text) {
        if (text.empty()) return connection->socket.close();
        auto kept = std::make_shared<std::string>(text);
        asio::async_write(connection->socket, asio::buffer(*kept), [kept, connection](const auto&, std::size_t) {});
    }
    void read(const std::shared_ptr<Connection>& connection) {
        connection->socket.async_read_some(
            asio::buffer(connection->buffer),
            [this, connection](const boost::system::error_code& error, std::size_t count) {
                if (error) return;
                connection->read.append(connection->buffer.data(), count);
                take_lines(connection);
                read(connection);
            });
    }
    void take_lines(const std::shared_ptr<Connection>& connection) {
        for (std::size_t end = 0; (end = connection->read.find("\r\n")) != std::string::npos;) {
            const std::string line = connection->read.substr(0, end);
            connection->read.erase(0, end + 2);
            if (connection->in_data && line != ".") {
                connection->body += line + "\r\n";
                continue;
            }
            if (connection->in_data) bodies.push_back(std::exchange(connection->body, ""));
            connection->in_data = false;
            lines.push_back(line);
            const std::string answer = script(line);
            if (line == "DATA" && answer.starts_with("354")) connection->in_data = true;
            say(connection, answer);
        }
    }

    tcp::acceptor acceptor_;
    std::vector<std::shared_ptr<Connection>> connections_;
};

class MailerTest : public testing::Test {
protected:
    MailerTest() {
        options.server = server.address();
        options.tls = Tls::off;
    }
    ~MailerTest() override {
        server.stop();
        mailer.reset();
    }
    Result<void> send(std::string message = "Subject: a\r\n\r\nhello\r\n") {
        if (!mailer) mailer = std::make_unique<Mailer>(io.get_executor(), options);
        Envelope envelope{.sender = "roger@example.com", .recipient = "ops@example.org", .message = std::move(message)};
        return testing_support::complete(io, mailer->send(std::move(envelope)));
    }
    void refuse(std::string command, std::string answer) {
        server.script = [usual = server.script, command, answer](const std::string& line) {
            return line.starts_with(command) ? answer : usual(line);
        };
    }
    void expect(Errc code, const Result<void>& sent) {
        ASSERT_FALSE(sent);
        EXPECT_EQ(to_string(sent.error().code), to_string(code)) << sent.error().detail;
    }

    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    SmtpServer server{io};
    MailerOptions options;
    std::unique_ptr<Mailer> mailer;
};

TEST_F(MailerTest, SendsWholeMails) {
    ASSERT_TRUE(send());
    ASSERT_TRUE(send("Subject: b\r\n\r\n.\r\n..x\r\n"));
    EXPECT_EQ(server.accepted, 2U);
    EXPECT_THAT(server.lines[0], testing::StartsWith("EHLO "));
    EXPECT_THAT(
        std::vector(server.lines.begin() + 1, server.lines.begin() + 5),
        ElementsAre(testing::StartsWith("MAIL FROM:<roger@example.com>"), "RCPT TO:<ops@example.org>", "DATA", "."));
    EXPECT_THAT(server.bodies, ElementsAre("Subject: a\r\n\r\nhello\r\n", "Subject: b\r\n\r\n..\r\n...x\r\n"))
        << "dots are doubled";
}

TEST_F(MailerTest, LogsInWhenItHasAnAccount) {
    options.user = "u";
    options.password = Secret("p");
    ASSERT_TRUE(send());
    EXPECT_THAT(server.lines, testing::Contains(testing::StartsWith("AUTH PLAIN")));
}

TEST_F(MailerTest, WithoutTlsNothingIsSaid) {
    options.tls = Tls::starttls;
    options.user = "u";
    options.password = Secret("p");
    expect(Errc::unavailable, send());
    for (const std::string& line : server.lines) {
        EXPECT_THAT(line, Not(HasSubstr("AUTH"))) << "a password in the clear";
        EXPECT_THAT(line, Not(HasSubstr("MAIL")));
    }
}

TEST_F(MailerTest, EachRefusalIsReportedAsWhatIsCertain) {
    const auto usual = server.script;
    for (const auto& [command, answer, code] : {std::tuple{"RCPT", "550 no such user\r\n", Errc::blocked},
                                                {"RCPT", "450 later\r\n", Errc::rate_limited},
                                                {"MAIL", "552 too much\r\n", Errc::blocked},
                                                {"DATA", "451 later\r\n", Errc::rate_limited},
                                                {".", "554 spam\r\n", Errc::blocked},
                                                {".", "452 full\r\n", Errc::rate_limited}}) {
        refuse(command, answer);
        expect(code, send());
        server.script = usual;
        mailer.reset();
    }
    options.user = "u";
    options.password = Secret("p");
    refuse("AUTH", "535 who are you\r\n");
    expect(Errc::unavailable, send());
}

TEST_F(MailerTest, WhatWasSentAndNotAnsweredIsUnknown) {
    refuse(".", "");
    expect(Errc::timed_out, send());
    EXPECT_EQ(server.bodies.size(), 1U) << "and is not sent again";
}

TEST_F(MailerTest, WithoutAServerNothingIsSent) {
    server.stop();
    expect(Errc::unavailable, send());
}

TEST_F(MailerTest, StoppingEndsAMailThatTheServerDoesNotAnswer) {
    server.script = [this, usual = server.script](const std::string& line) -> std::string {
        if (!line.starts_with("MAIL")) return usual(line);
        mailer->stop();
        return "250-and so on\r\n";  // its last line never comes
    };
    EXPECT_FALSE(send());
    expect(Errc::unavailable, send());
    EXPECT_EQ(server.accepted, 1U);
}

}  // namespace
}  // namespace roger::email
