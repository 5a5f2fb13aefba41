#include "http/server.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>

#include "http/server_fixture_test.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;

constexpr std::string_view get_a = "GET /a?q=1 HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerTest, AConnectionIsKeptForFurtherRequests) {
    TestServer server;
    RawClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        client.send(get_a);
        const Seen seen = client.read_response();
        EXPECT_EQ(seen.head, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n");
        EXPECT_EQ(seen.body, "0 /a q=1 ");
    }
    EXPECT_EQ(server.connections(), 1U);
}

asio::awaitable<Response> answer_later(const Request& request) {
    // Later requests are ready sooner: only the order of the connection can keep the answers in order.
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(milliseconds(request.path == "/1" ? 20 : 0));
    boost::system::error_code ec;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    Response response = co_await echo(request);
    co_return response;
}

TEST(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
    TestServer server({}, answer_later);
    RawClient client(server.port());
    client.send(
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read_response().body, "0 /1  ");
    EXPECT_EQ(client.read_response().body, "1 /2  abc");
    const Seen last = client.read_response();
    EXPECT_EQ(last.body, "0 /3  ");
    EXPECT_NE(last.head.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerTest, ManyPipelinedRequestsAreAllAnswered) {
    TestServer server;
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 500; ++i) requests += fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i);
    client.send(requests);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(client.read_response().body, fmt::format("0 /{}  ", i));
}

TEST(ServerTest, HeadGetsTheHeadAlone) {
    TestServer server;
    RawClient client(server.port());
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.read_response(false).head.find("\r\nContent-Length: 6\r\n"), std::string::npos);
    client.send(get_a);
    EXPECT_EQ(client.read_response().body, "0 /a q=1 ");
}

TEST(ServerTest, AChunkedBodyIsRead) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    client.send("2\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(client.read_response().body, "1 /a  abcde");
}

TEST(ServerTest, AClientThatExpectsContinueIsToldToGoOn) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    EXPECT_EQ(client.read_response().body, "1 /a  abc");
}

TEST(ServerTest, ATooLargeBodyIsRefusedInsteadOfContinued) {
    TestServer server;
    RawClient client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
}

TEST(ServerTest, Http10ClosesUnlessItAsksToKeep) {
    TestServer server;
    RawClient closing(server.port());
    closing.send("GET /a HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(closing.read_to_end().ends_with("Connection: close\r\n\r\n0 /a  "));
    RawClient keeping(server.port());
    for (int i = 0; i < 2; ++i) {
        keeping.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_NE(keeping.read_response().head.find("\r\nConnection: keep-alive\r\n"), std::string::npos);
    }
}

TEST(ServerTest, AHandlerMayEndTheConnection) {
    TestServer server({}, [](const Request&) -> asio::awaitable<Response> {
        Response response;
        response.close = true;
        co_return response;
    });
    RawClient client(server.port());
    client.send(std::string(get_a) + std::string(get_a));
    const std::string all = client.read_to_end();
    EXPECT_TRUE(all.ends_with("Connection: close\r\n\r\n"));
    EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << "one answer only";
}

TEST(ServerTest, AThrowingHandlerCostsOnlyItsConnection) {
    TestServer server({}, [](const Request& request) -> asio::awaitable<Response> {
        if (request.path == "/throw") throw std::runtime_error("as a test");
        Response response = co_await echo(request);
        co_return response;
    });
    RawClient client(server.port());
    client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.read_to_end(), "");
    RawClient other(server.port());
    other.send(get_a);
    EXPECT_EQ(other.read_response().body, "0 /a q=1 ");
}

TEST(ServerTest, TheHandlerSeesThePeersAddress) {
    TestServer server({}, [](const Request& request) -> asio::awaitable<Response> {
        Response response;
        response.body = request.remote_address;
        co_return response;
    });
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        client.send(get_a);
        EXPECT_EQ(client.read_response().body, "127.0.0.1");
    }
}

// A dual-stack socket reports IPv4 peers as ::ffff:127.0.0.1.
TEST(ServerTest, AnIpv4PeerOverIpv6IsShownAsIpv4) {
    Options options;
    options.listen = "[::]:0";
    asio::io_context probe;
    if (!Server::bind(probe.get_executor(), options, echo)) GTEST_SKIP() << "no IPv6 here";
    TestServer server(options, [](const Request& request) -> asio::awaitable<Response> {
        Response response;
        response.body = request.remote_address;
        co_return response;
    });
    RawClient client(server.port());
    client.send(get_a);
    EXPECT_EQ(client.read_response().body, "127.0.0.1");
}

TEST(ServerTest, ABrokenRequestGetsTheBodyOfItsPath) {
    Options options;
    options.broken = [](std::string_view path, Response& response) {
        response.content_type = "application/json";
        response.body = fmt::format("broken {} {}", response.status, path);
        response.status = 200;  // ignored: the status of broken transport is the server's
    };
    TestServer server(std::move(options));
    const std::pair<std::string, std::string> cases[] = {
        {"POST /verify/json HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
         "broken 400 /verify/json"},
        {"POST /verify/json HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\n", "broken 413 /verify/json"},
        {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n", "broken 414 /" + std::string(9000, 'x')},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "broken 400 "},
        {"\x16\x03\x01", "broken 400 "},
    };
    for (const auto& [bytes, body] : cases) {
        RawClient client(server.port());
        client.send(bytes);
        const std::string all = client.read_to_end();
        EXPECT_NE(all.find("\r\nConnection: close\r\n"), std::string::npos) << bytes;
        EXPECT_EQ(all.substr(std::min(all.find("\r\n\r\n"), all.size() - 4) + 4), body);
        EXPECT_EQ(all.substr(9, 3), body.substr(7, 3));
    }
}

TEST(ServerTest, WhatFollowsABrokenRequestIsNeverARequest) {
    std::atomic<int> handled = 0;
    TestServer server({}, [&handled](const Request& request) {
        ++handled;
        return echo(request);
    });
    RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 35\r\n\r\n" + std::string(get_a));
    const std::string all = client.read_to_end();
    EXPECT_TRUE(all.starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(all.find("HTTP/1.1 2", 1), std::string::npos);
    EXPECT_EQ(handled, 0);
}

asio::awaitable<void> count_to_three(StreamWriter& writer) {
    for (int i = 1; i <= 3; ++i) {
        if (!co_await writer.write(fmt::format("data: {}\n\n", i))) co_return;
    }
}

TEST(ServerTest, AStreamIsWrittenUntilItEnds) {
    TestServer server({}, [](const Request&) -> asio::awaitable<Response> {
        Response response;
        response.stream = count_to_three;
        co_return response;
    });
    RawClient client(server.port());
    client.send(get_a);
    EXPECT_EQ(client.read_to_end(),
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
              "data: 1\n\ndata: 2\n\ndata: 3\n\n");
}

std::atomic<bool> stream_ended = false;

asio::awaitable<void> stream_for_ever(StreamWriter& writer) {
    const std::string chunk(1000, 'x');
    asio::steady_timer timer(co_await asio::this_coro::executor);
    boost::system::error_code ec;
    while (co_await writer.write(chunk)) {
        timer.expires_after(milliseconds(1));
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    stream_ended = true;
}

asio::awaitable<Response> answer_with_stream(const Request&) {
    Response response;
    response.stream = stream_for_ever;
    co_return response;
}

TEST(ServerTest, AStreamNoticesThatThePeerIsGone) {
    stream_ended = false;
    TestServer server({}, answer_with_stream);
    {
        RawClient client(server.port());
        client.send(get_a);
        client.read_until("\r\n\r\nxxx");
    }
    while (server.connections() != 0) std::this_thread::yield();
    EXPECT_TRUE(stream_ended);
}

TEST(ServerTest, AStreamEndsWhenTheServerStops) {
    stream_ended = false;
    TestServer server({}, answer_with_stream);
    RawClient client(server.port());
    client.send(get_a);
    client.read_until("\r\n\r\nxxx");
    server.stop(seconds(10)).wait();
    EXPECT_TRUE(stream_ended);
    client.read_to_end();
}

class UnixSocketTest : public testing::Test {
protected:
    UnixSocketTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "roger-http-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        options.listen = "unix:" + path();
    }
    ~UnixSocketTest() override { std::filesystem::remove_all(directory); }
    [[nodiscard]] std::string path() const { return directory + "/roger.sock"; }
    Result<std::unique_ptr<Server>> bind() { return Server::bind(io.get_executor(), options, echo); }

    asio::io_context io;
    std::string directory;
    Options options;
};

TEST_F(UnixSocketTest, OnlyTheOwnerMayConnect) {
    TestServer server(options, [](const Request& request) -> asio::awaitable<Response> {
        Response response;
        response.body = request.remote_address;
        co_return response;
    });
    struct stat status{};
    ASSERT_EQ(::lstat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(server.port(), 0);
    RawClient client(path());
    client.send(get_a);
    EXPECT_EQ(client.read_response().body, "local");
    server.stop(milliseconds(0)).wait();
    EXPECT_FALSE(std::filesystem::exists(path()));
}

// The mode of the file keeps others out; should somebody loosen it, the check of the peer's user still does.
TEST_F(UnixSocketTest, AnotherUserIsNotAnswered) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    TestServer server(options);
    ASSERT_EQ(::chmod(directory.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(path().c_str(), 0666), 0);
    constexpr uid_t somebody = 12345;
    std::string seen = "not run";
    bool comes_near = false;
    std::thread other([&] {
        // The plain system call changes this thread alone; the library's function would change the server too.
        ASSERT_EQ(::syscall(SYS_setresuid, somebody, somebody, somebody), 0);
        comes_near = ::access(path().c_str(), R_OK | W_OK) == 0;
        if (!comes_near) return;
        RawClient client(path());
        client.send(get_a);
        seen = client.read_to_end();
    });
    other.join();
    if (!comes_near) GTEST_SKIP() << "a directory above keeps other users out already";
    EXPECT_EQ(seen, "");
}

TEST_F(UnixSocketTest, ASocketFileOfACrashIsReplacedButALivingServerIsNot) {
    {
        asio::local::stream_protocol::acceptor crashed(io, asio::local::stream_protocol::endpoint(path()));
        const auto living = bind();
        ASSERT_FALSE(living);
        EXPECT_EQ(living.error().code, Errc::unavailable);
        EXPECT_NE(living.error().detail.find("another process listens"), std::string::npos);
    }
    ASSERT_TRUE(std::filesystem::exists(path()));
    EXPECT_TRUE(bind());
}

TEST_F(UnixSocketTest, AFileThatIsNoSocketIsKept) {
    std::filesystem::create_directory(path());
    const auto got = bind();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Errc::unavailable);
    EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST(ServerBindTest, AnAddressInUseIsUnavailableWithAdvice) {
    TestServer server;
    asio::io_context io;
    Options options;
    options.listen = fmt::format("127.0.0.1:{}", server.port());
    const auto taken = Server::bind(io.get_executor(), options, echo);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Errc::unavailable);
    EXPECT_EQ(taken.error().detail,
              options.listen + " is taken by another program; stop it or listen on another address");
    options.listen = "nonsense";
    const auto unreadable = Server::bind(io.get_executor(), options, echo);
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace roger::http
