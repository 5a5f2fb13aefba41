// Deadlines, limits and stopping. Times are short, and tests wait for what the server does, never for a time.
#include <sys/resource.h>

#include <atomic>

#include <gtest/gtest.h>
#include <boost/asio/redirect_error.hpp>

#include "http/server_fixture_test.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::string_view get_once = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

/// All deadlines far away: each test brings one near.
Options patient() {
    Options options;
    options.limits.header_deadline = options.limits.body_deadline = seconds(60);
    options.limits.idle_deadline = options.limits.write_deadline = seconds(60);
    return options;
}

TEST(ServerLimitsTest, ASlowHeaderIsAnswered408AfterItsDeadline) {
    Options options = patient();
    options.limits.header_deadline = milliseconds(100);
    TestServer server(options);
    RawClient client(server.port());
    const auto start = Clock::now();
    client.send("GET /a HTTP/1.1\r\nHo");
    const std::string all = client.read_to_end();
    EXPECT_GE(Clock::now() - start, milliseconds(100));
    EXPECT_TRUE(all.starts_with("HTTP/1.1 408 ")) << all;
    EXPECT_NE(all.find("\r\nConnection: close\r\n"), std::string::npos);
}

// A byte now and then must not move the deadline (Slowloris).
TEST(ServerLimitsTest, DrippingBytesDoNotMoveTheDeadline) {
    Options options = patient();
    options.limits.header_deadline = milliseconds(100);
    TestServer server(options);
    RawClient client(server.port());
    client.send("GET /a HTTP/1.1\r\nX: ");
    int dripped = 0;
    for (; dripped < 1000 && !client.readable(milliseconds(5)); ++dripped) client.send("x");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
    EXPECT_LT(dripped, 1000);
}

TEST(ServerLimitsTest, ASlowBodyIsAnswered408AfterItsDeadline) {
    Options options = patient();
    options.limits.body_deadline = milliseconds(100);
    TestServer server(options);
    RawClient client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab");
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
}

TEST(ServerLimitsTest, AnIdleConnectionIsClosedSilently) {
    Options options = patient();
    options.limits.idle_deadline = milliseconds(50);
    TestServer server(options);
    RawClient never(server.port());
    EXPECT_EQ(never.read_to_end(), "");
    RawClient once(server.port());
    once.send(get_once);
    EXPECT_EQ(once.read_response().body, "0 /a  ");
    EXPECT_EQ(once.read_to_end(), "");
}

asio::awaitable<Response> answer_much(const Request&) {
    Response response;
    response.body.assign(16 << 20, 'x');
    co_return response;
}

TEST(ServerLimitsTest, AClientThatDoesNotReadIsDropped) {
    Options options = patient();
    options.limits.write_deadline = milliseconds(50);
    TestServer server(options, answer_much);
    RawClient client(server.port());
    client.shrink_window();
    client.send(get_once);
    client.read_until("\r\n\r\n");
    while (server.connections() != 0) std::this_thread::yield();
    EXPECT_LT(client.read_to_end().size(), std::size_t{16 << 20});
}

TEST(ServerLimitsTest, ALargeAnswerArrivesWhole) {
    TestServer server(patient(), answer_much);
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        client.send(get_once);
        EXPECT_EQ(client.read_response().body.size(), std::size_t{16 << 20});
    }
}

TEST(ServerLimitsTest, ConnectionsBeyondTheLimitAreClosedUnansweredUntilOneEnds) {
    Options options = patient();
    options.limits.connections_max = 2;
    TestServer server(options);
    auto first = std::make_unique<RawClient>(server.port());
    RawClient second(server.port());
    for (RawClient* client : {first.get(), &second}) {
        client->send(get_once);
        EXPECT_EQ(client->read_response().body, "0 /a  ");
    }
    RawClient third(server.port());
    EXPECT_EQ(third.read_to_end(), "");
    first.reset();
    while (server.connections() != 1) std::this_thread::yield();
    RawClient fourth(server.port());
    fourth.send(get_once);
    EXPECT_EQ(fourth.read_response().body, "0 /a  ");
}

// The kernel completes connections although accept() fails; they must be served once descriptors are free again.
TEST(ServerLimitsTest, RunningOutOfDescriptorsPausesAcceptingWithoutSpinning) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    // UBSan's vptr check probes memory through a pipe, and takes "no descriptor left" for a bad object.
    GTEST_SKIP() << "the sanitizer itself needs a free descriptor";
#endif
#endif
    TestServer server(patient());
    RawClient waiting_for_room(server.port());
    waiting_for_room.send(get_once);
    waiting_for_room.read_response();  // so that everything the server opens lazily is open
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    const int next_free = ::dup(client);
    ::close(next_free);
    rlimit full = before;
    full.rlim_cur = static_cast<rlim_t>(next_free);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &full), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);

    // The server goes on answering the connections that it has.
    waiting_for_room.send(get_once);
    EXPECT_EQ(waiting_for_room.read_response().body, "0 /a  ");
    rusage start{};
    rusage end{};
    ::getrusage(RUSAGE_SELF, &start);
    // Waiting for an answer that must not come yet is how the test lets the pause go by.
    const timeval patience{.tv_sec = 0, .tv_usec = 300'000};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ASSERT_EQ(::send(client, get_once.data(), get_once.size(), 0), static_cast<ssize_t>(get_once.size()));
    char byte = 0;
    EXPECT_EQ(::recv(client, &byte, 1, 0), -1);
    ::getrusage(RUSAGE_SELF, &end);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    const auto micros = [](const rusage& usage) {
        return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
               usage.ru_stime.tv_usec;
    };
    EXPECT_LT(micros(end) - micros(start), 150'000) << "the accept loop spins";

    const timeval longer{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &longer, sizeof longer);
    EXPECT_EQ(::recv(client, &byte, 1, 0), 1);
    ::close(client);
}

std::atomic<bool> handler_entered = false;
std::atomic<bool> handler_may_answer = false;

asio::awaitable<Response> answer_when_allowed(const Request& request) {
    handler_entered = true;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    boost::system::error_code ec;
    while (!handler_may_answer) {
        timer.expires_after(milliseconds(1));
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    Response response = co_await echo(request);
    co_return response;
}

class ServerStopTest : public testing::Test {
protected:
    ServerStopTest() { handler_entered = handler_may_answer = false; }
    ~ServerStopTest() override { handler_may_answer = true; }
    static void wait_for_handler() {
        while (!handler_entered) std::this_thread::yield();
    }
};

TEST_F(ServerStopTest, RequestsUnderWayAreFinishedAndIdleConnectionsEnded) {
    TestServer server(patient(), answer_when_allowed);
    RawClient idle(server.port());
    RawClient busy(server.port());
    busy.send(get_once);
    wait_for_handler();
    auto stopped = server.stop(seconds(60));
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(stopped.wait_for(seconds(0)), std::future_status::timeout);
    handler_may_answer = true;
    const std::string all = busy.read_to_end();
    EXPECT_NE(all.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(all.ends_with("0 /a  "));
    stopped.wait();
    EXPECT_EQ(server.connections(), 0U);
}

TEST_F(ServerStopTest, ARequestHalfReadIsStillAnswered) {
    TestServer server(patient());
    RawClient client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    client.read_until("100 Continue\r\n\r\n");  // now the server is in the middle of it
    auto stopped = server.stop(seconds(60));
    client.send("abc");
    EXPECT_TRUE(client.read_to_end().ends_with("1 /a  abc"));
    stopped.wait();
}

TEST_F(ServerStopTest, TheDeadlineEndsWhatDoesNotFinish) {
    TestServer server(patient(), answer_when_allowed);
    RawClient client(server.port());
    client.send(get_once);
    wait_for_handler();
    server.stop(milliseconds(30)).wait();
    EXPECT_EQ(client.read_to_end(), "");
    handler_may_answer = true;  // the handler still runs and finds nobody to answer
    while (server.connections() != 0) std::this_thread::yield();
}

TEST_F(ServerStopTest, NewConnectionsAreRefused) {
    TestServer server(patient());
    server.stop(milliseconds(0)).wait();
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), -1);
    ::close(client);
}

/// Keeps the thread busy until the next tick has come due, and ends its connection in the same turn: so the stop that
/// waited for it goes on right before the tick's handler, which can be cancelled no more.
asio::awaitable<Response> throw_past_a_tick(asio::steady_timer& gate) {
    handler_entered = true;
    boost::system::error_code ec;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    const auto past_a_tick = Clock::now() + milliseconds(20);
    while (Clock::now() < past_a_tick) {
    }
    throw std::runtime_error("as a test");
}

TEST_F(ServerStopTest, AStopThatMeetsATickEndsTheTicks) {
    asio::io_context io{1};
    asio::steady_timer gate(io, Clock::time_point::max());
    Options options = patient();
    options.listen = "127.0.0.1:0";
    options.limits.idle_deadline = milliseconds(80);  // a tick is an eighth of the shortest
    auto server = Server::bind(io.get_executor(), options, [&gate](const Request&) { return throw_past_a_tick(gate); });
    ASSERT_TRUE(server);
    (*server)->start();
    RawClient client((*server)->port());
    client.send(get_once);
    while (!handler_entered) io.run_one();
    bool stopped = false;
    asio::co_spawn(io, (*server)->stop(Clock::now() + seconds(60)),
                   [&stopped](const std::exception_ptr&) { stopped = true; });
    while (io.poll_one() > 0) {
    }
    EXPECT_FALSE(stopped);
    gate.cancel();
    io.run_for(seconds(20));
    EXPECT_TRUE(stopped);
    EXPECT_TRUE(io.stopped()) << "something armed itself again";
}

TEST_F(ServerStopTest, AServerMayBeDestroyedWithoutHavingBeenStopped) {
    asio::io_context io;
    Options options;
    options.listen = "127.0.0.1:0";
    auto server = Server::bind(io.get_executor(), options, echo);
    ASSERT_TRUE(server);
    (*server)->start();
    RawClient client((*server)->port());
    while ((*server)->connections() == 0) io.run_one();
    server->reset();
    io.run();  // everything ends by itself
    EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace roger::http
