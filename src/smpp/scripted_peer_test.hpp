// An SMSC for tests, on a free port of the loopback, in the test's own io_context and thread: answers as a good SMSC
// does unless the test gives it another script. And a session with a clock that the test turns; nothing sleeps.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "pdu/pdu.hpp"
#include "smpp/session.hpp"
#include "tests/support/fakes.hpp"

namespace roger::smpp {

/// One connection as the peer sees it.
class PeerConnection : public std::enable_shared_from_this<PeerConnection> {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Heard = std::function<void(PeerConnection&, const pdu::Pdu&)>;

    PeerConnection(Socket socket, boost::asio::ssl::context* tls) : socket_(std::move(socket)) {
        if (tls != nullptr) tls_.emplace(socket_, *tls);
    }

    void start(Heard heard) {
        heard_ = std::move(heard);
        if (!tls_) return read();
        tls_->async_handshake(boost::asio::ssl::stream_base::server,
                              [self = shared_from_this()](const boost::system::error_code& ec) {
                                  if (ec) return self->close();
                                  self->read();
                              });
    }
    void send(const pdu::Pdu& pdu) {
        pdu::Octets bytes;
        ASSERT_TRUE(pdu::append(pdu, bytes));
        send_raw(bytes);
    }
    void send_raw(const pdu::Octets& bytes) {
        boost::system::error_code ignored;
        if (tls_) {
            boost::asio::write(*tls_, boost::asio::buffer(bytes), ignored);
        } else {
            boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
        }
    }
    void answer(const pdu::Pdu& request, std::uint32_t status, pdu::Body body = pdu::Empty{}) {
        send({.command = pdu::response_to(request.command),
              .status = status,
              .sequence = request.sequence,
              .body = std::move(body)});
    }
    /// Ends it with a RST.
    void reset() {
        boost::system::error_code ignored;
        socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
        close();
    }
    void close() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        open_ = false;
    }
    [[nodiscard]] bool open() const { return open_; }
    [[nodiscard]] std::size_t bytes_read() const { return bytes_read_; }
    /// Resets as soon as so many bytes have come; what came with them is not looked at.
    void reset_after(std::size_t bytes) { bytes_max_ = bytes; }

private:
    void read() {
        const auto room = boost::asio::buffer(room_);
        auto got = [self = shared_from_this()](const boost::system::error_code& ec, std::size_t bytes) {
            if (ec) return self->close();
            self->take(bytes);
            if (self->open_) self->read();
        };
        if (tls_) {
            tls_->async_read_some(room, std::move(got));
        } else {
            socket_.async_read_some(room, std::move(got));
        }
    }
    void take(std::size_t bytes) {
        bytes_read_ += bytes;
        if (bytes_read_ >= bytes_max_) return reset();
        input_.insert(input_.end(), room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(bytes));
        pdu::Frame frame = pdu::next_frame(input_);
        for (; open_ && frame.kind == pdu::Frame::Kind::complete; frame = pdu::next_frame(input_)) {
            const auto pdu = pdu::decode(pdu::OctetView(input_).first(frame.bytes));
            input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(frame.bytes));
            ASSERT_TRUE(pdu);
            heard_(*this, *pdu);
        }
        ASSERT_NE(frame.kind, pdu::Frame::Kind::broken);
    }

    Socket socket_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;
    Heard heard_;
    std::array<std::uint8_t, 4096> room_{};
    pdu::Octets input_;
    std::size_t bytes_read_ = 0;
    std::size_t bytes_max_ = std::numeric_limits<std::size_t>::max();
    bool open_ = true;
};

class ScriptedPeer {
public:
    explicit ScriptedPeer(boost::asio::io_context& io, boost::asio::ssl::context* tls = nullptr)
        : tls_(tls), acceptor_(io, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
        port_ = acceptor_.local_endpoint().port();
        accept();
    }
    [[nodiscard]] std::string host() const { return fmt::format("127.0.0.1:{}", port_); }
    /// Nobody listens there any more.
    void stop_listening() { acceptor_.close(); }

    void behave_well(PeerConnection& connection, const pdu::Pdu& pdu) {
        using pdu::Command;
        switch (pdu.command) {
            case Command::bind_transceiver:
            case Command::bind_transmitter:
            case Command::bind_receiver: return connection.answer(pdu, 0, pdu::BindAnswer{"smsc"});
            case Command::submit_sm: return connection.answer(pdu, 0, pdu::MessageAnswer{fmt::format("{}", ++ids_)});
            case Command::enquire_link:
            case Command::unbind: return connection.answer(pdu, 0);
            default: return;
        }
    }
    [[nodiscard]] std::size_t count(pdu::Command command) const {
        return static_cast<std::size_t>(std::ranges::count(heard, command, &pdu::Pdu::command));
    }
    [[nodiscard]] PeerConnection& newest() { return *connections.back(); }

    /// Instead of behave_well(), for each PDU.
    std::function<void(PeerConnection&, const pdu::Pdu&)> script;
    /// For each new connection, before it is read.
    std::function<void(PeerConnection&)> accepted;
    std::vector<std::shared_ptr<PeerConnection>> connections;
    std::vector<pdu::Pdu> heard;

private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& ec, PeerConnection::Socket socket) {
            if (ec) return;
            // Else a second small answer waits for the first one's acknowledgement, which takes real time.
            socket.set_option(boost::asio::ip::tcp::no_delay(true));
            auto connection = std::make_shared<PeerConnection>(std::move(socket), tls_);
            connections.push_back(connection);
            if (accepted) accepted(*connection);
            connection->start([this](PeerConnection& from, const pdu::Pdu& pdu) {
                heard.push_back(pdu);
                if (script) return script(from, pdu);
                behave_well(from, pdu);
            });
            accept();
        });
    }

    boost::asio::ssl::context* tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    int ids_ = 0;
};

class SessionFixture : public testing::Test {
protected:
    using Ids = Result<std::vector<std::string>>;
    using Outcome = std::shared_ptr<std::optional<Ids>>;

    SessionFixture() {
        options.name = "smsc";
        options.hosts = {peer.host()};
        options.system_id = "roger";
        options.password = Secret("secret");
        options.timing.gather = {};  // settle() polls: it waits for no timer
    }
    ~SessionFixture() override {
        session.reset();
        settle();  // the coroutines find their connections closed, and end
    }

    void begin() {
        Hooks hooks;
        hooks.message = [this](pdu::Pdu message, std::function<void(bool)> done) {
            messages.push_back(std::move(message));
            acknowledge.push_back(std::move(done));
        };
        hooks.up = [this](bool up) { ups.push_back(up); };
        hooks.answered = [this](std::uint32_t status, SteadyTime::duration) { statuses.push_back(status); };
        auto made = Session::create({io.get_executor(), clock, random, std::move(hooks)}, options);
        ASSERT_TRUE(made) << made.error().detail;
        session = std::move(*made);
        session->start();
    }
    void begin_bound() {
        begin();
        run_until([this] { return session->up(); });
    }
    /// Runs what is ready until it holds; gives up after 10 s, so that a broken session fails a test and hangs none.
    void run_until(const std::function<bool()>& holds) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!holds()) {
            io.restart();
            io.run_one_for(std::chrono::milliseconds(100));
            ASSERT_LT(std::chrono::steady_clock::now(), patience) << "what the test waits for does not come";
        }
    }
    /// Runs all that is ready. On the loopback what one side has written the other can read at once.
    void settle() {
        for (int quiet = 0; quiet < 3;) {
            io.restart();
            quiet = io.poll() == 0 ? quiet + 1 : 0;
        }
    }
    void advance(milliseconds time) {
        clock.advance(time);
        if (session) session->run_due();
        settle();
    }
    /// The bind is lost, and the next one is waited for.
    void run_until_down() {
        run_until([this] { return !session->up(); });
        settle();
    }
    static Segment segment(std::string_view text = "hi") {
        Segment made;
        made.message.destination.text = "447400123456";
        made.message.text.assign(text.begin(), text.end());
        return made;
    }
    Outcome submit(std::vector<Segment> segments, milliseconds allowed = seconds(3)) {
        auto outcome = std::make_shared<std::optional<Ids>>();
        boost::asio::co_spawn(io, session->submit(std::move(segments), clock.steady_now() + allowed),
                              [outcome](const std::exception_ptr&, Ids ids) { *outcome = std::move(ids); });
        return outcome;
    }
    Outcome submit(std::string_view text = "hi", milliseconds allowed = seconds(3)) {
        return submit(std::vector{segment(text)}, allowed);
    }
    const Ids& result(const Outcome& outcome) {
        run_until([&] { return outcome->has_value(); });
        static const Ids none = fail(Errc::conflict, "the test gave up");
        return *outcome ? **outcome : none;
    }
    void expect_error(const Outcome& outcome, Errc code) {
        const Ids& ids = result(outcome);
        ASSERT_FALSE(ids);
        EXPECT_EQ(ids.error().code, code) << to_string(ids.error().code) << ": " << ids.error().detail;
    }
    void stop() {
        bool stopped = false;
        boost::asio::co_spawn(io, session->stop(), [&](const std::exception_ptr&) { stopped = true; });
        settle();
        for (int n = 0; n < 100 && !stopped; ++n) advance(milliseconds(100));
        EXPECT_TRUE(stopped);
    }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> found;
        for (const pdu::Pdu& pdu : peer.heard) {
            if (pdu.command != pdu::Command::submit_sm) continue;
            const auto& text = std::get<pdu::ShortMessage>(pdu.body).text;
            found.emplace_back(text.begin(), text.end());
        }
        return found;
    }

    boost::asio::io_context io{1};
    testing_support::FakeClock clock;
    testing_support::SeededRandom random;
    ScriptedPeer peer{io};
    Options options;
    std::unique_ptr<Session> session;
    std::vector<pdu::Pdu> messages;
    std::vector<std::function<void(bool)>> acknowledge;
    std::vector<bool> ups;
    std::vector<std::uint32_t> statuses;
};

}  // namespace roger::smpp
