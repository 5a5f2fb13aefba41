// The client against peers that behave badly: what is certain after each, and that nothing is ever sent twice.
#include "http/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/scripted_server_test.hpp"
#include "http/server.hpp"
#include "http/tls.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/real_time.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

class ClientTest : public testing::Test {
protected:
    ~ClientTest() override {
        client.stop();
        server.stop();
        io.restart();
        io.poll();
    }
    ClientCall call(std::string_view path = "/") {
        return {.url = server.url(path), .body = "to=447700900001", .allow_private = true};
    }
    Result<ClientAnswer> ask(ClientCall call, milliseconds time = seconds(20)) {
        return testing_support::complete(io, client.ask(std::move(call), clock.steady_now() + time));
    }
    void expect(Errc code, const Result<ClientAnswer>& answer) {
        ASSERT_FALSE(answer) << answer->status;
        EXPECT_EQ(to_string(answer.error().code), to_string(code)) << answer.error().detail;
        EXPECT_THAT(answer.error().detail, Not(HasSubstr("127.0.0.1")));
    }

    asio::io_context io;
    testing_support::RealClock clock;
    ScriptedServer server{io};
    Client client{{.executor = io.get_executor(), .clock = clock}};
};

using Connection = ScriptedServer::Connection;
using Asked = ScriptedServer::Request;  // of the peer

TEST_F(ClientTest, SendsWhatItIsGivenAndGivesWhatComesBack) {
    server.script = [](Connection& c, const Asked&) { c.answer(202, R"({"ok":true})", "Retry-After: 7\r\n"); };
    ClientCall wanted = call("/sms?x=1");
    wanted.headers = {"Content-Type: application/json", "Authorization: Bearer b"};
    const auto answer = ask(wanted);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 202U);
    EXPECT_EQ(answer->body, R"({"ok":true})");
    EXPECT_EQ(answer->retry_after, seconds(7));
    const Asked& got = server.requests.at(0);
    EXPECT_THAT(got.head, testing::StartsWith("POST /sms?x=1 HTTP/1.1\r\n"));
    EXPECT_TRUE(got.has("Content-Type: application/json"));
    EXPECT_TRUE(got.has("Authorization: Bearer b"));
    EXPECT_THAT(got.head, Not(HasSubstr("Expect")));
    EXPECT_EQ(got.body, "to=447700900001");
}

TEST_F(ClientTest, AConnectionIsUsedAgainForEveryMethod) {
    for (const char* method : {"POST", "GET", "PUT", "POST", "GET"}) {
        ClientCall wanted = call();
        wanted.method = method;
        ASSERT_TRUE(ask(wanted)) << method;
        EXPECT_THAT(server.requests.back().head, testing::StartsWith(std::string(method) + " "));
        EXPECT_EQ(server.requests.back().body, wanted.method == "GET" ? "" : "to=447700900001");
    }
    EXPECT_EQ(server.connections.size(), 1U);
}

TEST_F(ClientTest, ManyAreUnderWayAtOnce) {
    std::vector<std::shared_ptr<Connection>> waiting;
    server.script = [&](Connection& c, const Asked&) {
        waiting.push_back(c.shared_from_this());
        if (waiting.size() < 100) return;
        for (const auto& each : waiting) each->answer(200, "all");
    };
    std::size_t answered = 0;
    for (int i = 0; i < 100; ++i) {
        asio::co_spawn(io, client.ask(call(), clock.steady_now() + seconds(20)),
                       [&](const std::exception_ptr&, const Result<ClientAnswer>& answer) {
                           if (answer && answer->body == "all") ++answered;
                           if (answered == 100) io.stop();
                       });
    }
    io.restart();
    io.run();
    EXPECT_EQ(answered, 100U);
    EXPECT_EQ(client.under_way(), 0U);
}

TEST_F(ClientTest, WithoutAConnectionNothingWasSent) {
    ClientCall wanted = call();
    server.stop();
    expect(Errc::unavailable, ask(wanted));
    wanted.url = "http://no-such-host.invalid/";
    expect(Errc::unavailable, ask(wanted));
}

TEST_F(ClientTest, OtherProtocolsAreRefused) {
    for (const char* url :
         {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "smtp://127.0.0.1/", "", "http://"}) {
        ClientCall wanted = call();
        wanted.url = url;
        expect(Errc::unavailable, ask(wanted));
    }
}

TEST_F(ClientTest, AnAddressThatIsNotPublicIsNotConnectedTo) {
    for (const std::string host :
         {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"}) {
        ClientCall wanted = call();
        wanted.url = fmt::format("http://{}:{}/", host, server.port());
        wanted.allow_private = false;
        const auto answer = ask(wanted);
        expect(Errc::unavailable, answer);
    }
    EXPECT_THAT(ask({.url = server.url()}).error().detail, HasSubstr("not public"));
    EXPECT_TRUE(server.connections.empty());
}

TEST_F(ClientTest, AKeptConnectionGivesNobodyElseItsRights) {
    ASSERT_TRUE(ask(call()));
    ClientCall wanted = call();
    wanted.allow_private = false;
    expect(Errc::unavailable, ask(wanted));
    EXPECT_EQ(server.requests.size(), 1U);
    EXPECT_TRUE(ask(call()));
}

TEST_F(ClientTest, ARedirectIsAnAnswerAndNotFollowed) {
    server.script = [&](Connection& c, const Asked&) {
        c.answer(307, "", "Location: " + server.url("/elsewhere") + "\r\n");
    };
    const auto answer = ask(call());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 307U);
    EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(ClientTest, NoAnswerInTimeIsUnknown) {
    server.script = [](Connection&, const Asked&) {};
    expect(Errc::timed_out, ask(call(), milliseconds(200)));
    EXPECT_EQ(server.requests.size(), 1U);
}

TEST_F(ClientTest, AnEndInTheMiddleOfTheAnswerIsUnknown) {
    server.script = [](Connection& c, const Asked&) {
        c.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        asio::post(c.executor(), [self = c.shared_from_this()] { self->close(); });
    };
    expect(Errc::timed_out, ask(call()));
}

TEST_F(ClientTest, WhatWasSentOnAKeptConnectionThatEndsIsNotSentAgain) {
    ASSERT_TRUE(ask(call()));
    server.script = [](Connection& c, const Asked&) { c.close(); };
    expect(Errc::timed_out, ask(call()));
    EXPECT_EQ(server.requests.size(), 2U) << "a message must not go out twice because its answer was lost";
}

TEST_F(ClientTest, AnAnswerHasALimit) {
    ClientCall wanted = call();
    wanted.answer_bytes_max = 1000;
    server.script = [](Connection& c, const Asked&) { c.answer(200, std::string(1000, 'a')); };
    EXPECT_EQ(ask(wanted)->body.size(), 1000U);
    server.script = [](Connection& c, const Asked&) { c.answer(200, std::string(1001, 'a')); };
    expect(Errc::timed_out, ask(wanted));
}

TEST_F(ClientTest, AnEndlessAnswerEnds) {
    for (const char* begin : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"}) {
        server.script = [&](Connection& c, const Asked&) {
            c.send(begin);
            c.send_for_ever("5\r\nhello\r\n");
        };
        const auto answer = ask(call());
        expect(Errc::timed_out, answer);
        EXPECT_THAT(answer.error().detail, HasSubstr("too large"));
    }
}

TEST_F(ClientTest, EndlessFieldsEnd) {
    server.script = [&](Connection& c, const Asked&) {
        c.send("HTTP/1.1 200 OK\r\n");
        c.send_for_ever("X-More: " + std::string(100, 'x') + "\r\n");
    };
    const auto answer = ask(call());
    expect(Errc::timed_out, answer);
    EXPECT_THAT(answer.error().detail, HasSubstr("too large"));
}

TEST_F(ClientTest, WhatIsNotHttpIsUnknown) {
    for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 999\r\n\r\n", "\r\n\r\n",
                              "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"}) {
        server.script = [&](Connection& c, const Asked&) {
            c.send(bytes);
            asio::post(c.executor(), [self = c.shared_from_this()] { self->close(); });
        };
        expect(Errc::timed_out, ask(call()));
    }
}

TEST_F(ClientTest, ADateInRetryAfterIsRead) {
    server.script = [](Connection& c, const Asked&) {
        c.answer(503, "", "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT\r\n");
    };
    EXPECT_GT(ask(call())->retry_after, seconds(86'400));
    server.script = [](Connection& c, const Asked&) { c.answer(503, "", "Retry-After: soon\r\n"); };
    EXPECT_FALSE(ask(call())->retry_after);
}

TEST_F(ClientTest, ACertificateThatNobodyVouchesForEndsItBeforeTheRequest) {
    const testing_support::TempDirectory directory;
    const auto good = testing_support::make_certificate(directory.path(), "good");
    const auto other = testing_support::make_certificate(directory.path(), "other");
    const auto elsewhere = testing_support::make_certificate(directory.path(), "elsewhere", {.name = "elsewhere"});
    std::size_t handled = 0;
    const auto serve = [&](const testing_support::CertificateFiles& files) {
        auto tls = TlsContext::load(files.cert, files.key);
        EXPECT_TRUE(tls) << tls.error().detail;
        auto bound = Server::bind(io.get_executor(), {.listen = "127.0.0.1:0", .tls = std::move(*tls)},
                                  [&handled](const http::Request&) -> asio::awaitable<Response> {
                                      ++handled;
                                      co_return Response{};
                                  });
        EXPECT_TRUE(bound);
        (*bound)->start();
        return std::move(*bound);
    };
    const auto believed = serve(good);
    const auto misnamed = serve(elsewhere);
    const auto call_to = [&](const Server& server, std::string ca_file) {
        ClientCall wanted = call();
        wanted.url = fmt::format("https://localhost:{}/", server.port());
        wanted.ca_file = std::move(ca_file);
        return wanted;
    };
    expect(Errc::unavailable, ask(call_to(*believed, "")));
    expect(Errc::unavailable, ask(call_to(*believed, other.cert)));
    expect(Errc::unavailable, ask(call_to(*believed, "/nowhere")));
    expect(Errc::unavailable, ask(call_to(*misnamed, elsewhere.cert)));
    EXPECT_EQ(handled, 0U);
    EXPECT_TRUE(ask(call_to(*believed, good.cert)));
    EXPECT_EQ(handled, 1U);
    expect(Errc::unavailable, ask(call_to(*believed, "")));
    testing_support::complete(io, believed->stop(clock.steady_now()));
    testing_support::complete(io, misnamed->stop(clock.steady_now()));
}

TEST_F(ClientTest, AfterStopNothingIsUnderWay) {
    server.script = [&](Connection&, const Asked&) { client.stop(); };
    expect(Errc::timed_out, ask(call()));
    expect(Errc::unavailable, ask(call()));
    EXPECT_EQ(client.under_way(), 0U);
}

TEST_F(ClientTest, ADeadlineThatHasPassedSendsNothing) {
    expect(Errc::unavailable, ask(call(), milliseconds(0)));
    EXPECT_TRUE(server.requests.empty());
}

}  // namespace
}  // namespace roger::http
