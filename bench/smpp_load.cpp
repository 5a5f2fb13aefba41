// Messages through one SMPP session as fast as the peer takes them, and the same as bare bytes: what of the peer's
// speed the session lets through, and what it costs.
//
//   smpp_load --port N [--messages 50000] [--window 100] [--binds 1] [--receipts] [--raw]
// --receipts waits for a receipt to each message (the peer must send them); --raw sends bytes made beforehand, and
// reads no more of an answer than its length and command. Prints one line of JSON.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "bench/machine.hpp"
#include "channel/smpp_sms.hpp"
#include "smpp/session.hpp"

namespace {

using namespace roger;
using bench::cpu_seconds;
using bench::MachineClock;
using bench::MachineRandom;
namespace asio = boost::asio;

struct Wanted {
    std::uint16_t port = 0;
    std::size_t messages = 50'000;
    std::size_t window = 100;
    std::size_t binds = 1;
    bool receipts = false;
    bool raw = false;
};

/// From its making to print(): time and CPU.
class Watch {
public:
    void print(std::string_view what, const Wanted& wanted, std::size_t failed) const {
        const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
        const double cpu = cpu_seconds() - cpu_;
        const auto count = static_cast<double>(wanted.messages);
        fmt::print(
            "{{\"way\":\"{}\",\"messages\":{},\"receipts\":{},\"failed\":{},\"per_second\":{:.0f},\"cpu_us\":{:.1f}}}"
            "\n",
            what, wanted.messages, wanted.receipts, failed, count / took, cpu / count * 1e6);
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    double cpu_ = cpu_seconds();
};

constexpr std::string_view a_text = "Your Acme Market verification code is 471100. It is good for five minutes.";
constexpr std::string_view a_number = "447400123456";

/// Keeps as many messages under way as the window takes, until all are accepted and all receipts are here.
class Load {
public:
    explicit Load(const Wanted& wanted) : wanted_(wanted) {}

    int run() {
        channel::SmppSmsOptions options;
        options.peer.name = "bench";
        options.peer.hosts = {fmt::format("127.0.0.1:{}", wanted_.port)};
        options.peer.system_id = "roger";
        options.peer.password = Secret("secret");
        options.peer.window = wanted_.window;
        options.peer.binds = wanted_.binds;
        options.peer.segments_per_second = 100'000;
        options.sender = "ACME";
        auto made = channel::SmppSms::create(
            {.executor = io_.get_executor(),
             .clock = clock_,
             .random = random_,
             .metrics = metrics_,
             .receipts = [this](const channel::PeerReceipt&, const std::function<void(bool)>& done) { receipt(done); },
             .inbound = nullptr},
            options);
        if (!made) return 2;
        sms_ = std::move(*made);
        sms_->start();
        while (!sms_->up()) io_.run_one();
        watch_ = Watch();
        for (std::size_t n = 0; n < wanted_.window * wanted_.binds; ++n) asio::co_spawn(io_, work(), asio::detached);
        io_.run();
        return failed_ == 0 ? 0 : 1;
    }

private:
    asio::awaitable<void> work() {
        while (started_ < wanted_.messages) {
            ++started_;
            channel::Outbound message;
            message.number = a_number;
            message.text = a_text;
            message.pin_dead_at = clock_.service_now() + seconds(300);
            const SteadyTime deadline = clock_.steady_now() + seconds(30);
            const auto accepted = co_await sms_->submit(std::move(message), deadline);
            if (!accepted) ++failed_;
            ++answered_;
        }
        end_if_done();
    }
    void receipt(const std::function<void(bool)>& done) {
        done(true);
        ++received_;
        end_if_done();
    }
    void end_if_done() {
        if (answered_ < wanted_.messages || (wanted_.receipts && received_ + failed_ < wanted_.messages)) return;
        if (std::exchange(ended_, true)) return;
        watch_.print("session", wanted_, failed_);
        asio::co_spawn(io_, stop(), asio::detached);
    }
    asio::awaitable<void> stop() { co_await sms_->stop(); }

    Wanted wanted_;
    asio::io_context io_{1};
    MachineClock clock_;
    MachineRandom random_;
    observe::Metrics metrics_;
    std::unique_ptr<channel::SmppSms> sms_;
    Watch watch_;
    std::size_t started_ = 0;
    std::size_t answered_ = 0;
    std::size_t received_ = 0;
    std::size_t failed_ = 0;
    bool ended_ = false;
};

/// The same bytes without a session: a blocking socket, answers counted by their length and command.
class Replay {
public:
    explicit Replay(const Wanted& wanted) : wanted_(wanted), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {}
    ~Replay() { ::close(socket_); }
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    int run() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(wanted_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 2;
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pdu::Octets bind;
        (void)pdu::append({.command = pdu::Command::bind_transceiver,
                           .sequence = 1,
                           .body = pdu::Bind{.system_id = "roger", .password = Secret("secret")}},
                          bind);
        if (!send(bind) || !read_some()) return 2;
        answered_ = 0;  // the bind's
        pdu::ShortMessage message;
        message.source = {5, 0, "ACME"};
        message.destination = {1, 1, std::string(a_number)};
        message.validity_period = "000000000500000R";
        message.registered_delivery = 1;
        message.text.assign(a_text.begin(), a_text.end());
        (void)pdu::append_submit(message, {}, 0, submit_);
        const Watch watch;
        while (answered_ < wanted_.messages || (wanted_.receipts && received_ < wanted_.messages)) {
            if (!fill_window() || !read_some()) return 2;
        }
        watch.print("raw", wanted_, 0);
        return 0;
    }

private:
    bool fill_window() {
        for (; sent_ < wanted_.messages && sent_ - answered_ < wanted_.window; ++sent_) {
            const std::size_t at = out_.size();
            out_.insert(out_.end(), submit_.begin(), submit_.end());
            put_sequence(at, static_cast<std::uint32_t>(sent_ + 2));
        }
        const bool sent = send(out_);
        out_.clear();
        return sent;
    }
    void put_sequence(std::size_t at, std::uint32_t sequence) {
        for (std::size_t i = 0; i < 4; ++i)
            out_[at + 12 + i] = static_cast<std::uint8_t>(sequence >> (24 - 8 * i) & 0xffU);
    }
    bool send(pdu::OctetView bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (written <= 0) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return true;
    }
    bool read_some() {
        std::array<std::uint8_t, 16 * 1024> room;
        const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
        if (got <= 0) return false;
        input_.insert(input_.end(), room.begin(), room.begin() + got);
        pdu::OctetView rest(input_);
        for (auto frame = pdu::next_frame(rest); frame.kind == pdu::Frame::Kind::complete;
             frame = pdu::next_frame(rest)) {
            count(rest.first(frame.bytes));
            rest = rest.subspan(frame.bytes);
        }
        pdu::Octets left(rest.begin(), rest.end());
        input_.swap(left);
        return true;
    }
    void count(pdu::OctetView frame) {
        if (frame[4] == 0x80) {
            ++answered_;
            return;
        }
        ++received_;
        constexpr std::array<std::uint8_t, 12> head{0, 0, 0, 17, 0x80, 0, 0, 5, 0, 0, 0, 0};
        out_.insert(out_.end(), head.begin(), head.end());
        out_.insert(out_.end(), frame.begin() + 12, frame.begin() + 16);
        out_.push_back(0);
    }

    Wanted wanted_;
    int socket_;
    pdu::Octets submit_;
    pdu::Octets out_;
    pdu::Octets input_;
    std::size_t sent_ = 0;
    std::size_t answered_ = 0;
    std::size_t received_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    CLI::App cli{"Messages through one SMPP session"};
    cli.add_option("--port", wanted.port)->required();
    cli.add_option("--messages", wanted.messages);
    cli.add_option("--window", wanted.window);
    cli.add_option("--binds", wanted.binds);
    cli.add_flag("--receipts", wanted.receipts);
    cli.add_flag("--raw", wanted.raw);
    CLI11_PARSE(cli, argc, argv);
    return wanted.raw ? Replay(wanted).run() : Load(wanted).run();
}
