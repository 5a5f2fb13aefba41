// A SIP peer on a UDP socket that does what its test says, message by message, and a listener for what a call tells.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sip/agent.hpp"

namespace roger::sip {

constexpr int patience_ms = 20'000;  ///< a test that waits so long has failed

/// A UDP socket of this machine.
class TestSocket {
public:
    /// @param address  127.0.0.1, or another of the loopback's
    explicit TestSocket(std::uint32_t address = INADDR_LOOPBACK)
        : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(address);
        socklen_t size = sizeof(any);
        EXPECT_EQ(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&any), size), 0);
        EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&any), &size), 0);
        port_ = ntohs(any.sin_port);
    }
    ~TestSocket() { ::close(descriptor_); }
    TestSocket(const TestSocket&) = delete;
    TestSocket& operator=(const TestSocket&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// @return "" when nothing comes in time
    std::string receive(int wait_ms = patience_ms) {
        pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, wait_ms) != 1) return "";
        std::string bytes(65536, '\0');
        socklen_t size = sizeof(from_);
        const auto got =
            ::recvfrom(descriptor_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from_), &size);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return bytes;
    }
    void send(std::string_view bytes, std::uint16_t port) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port);
        ::sendto(descriptor_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
    }
    [[nodiscard]] std::uint16_t from_port() const { return ntohs(from_.sin_port); }

private:
    int descriptor_;
    std::uint16_t port_ = 0;
    sockaddr_in from_{};
};

/// The value of a header, or "".
inline std::string header(const std::string& message, const std::string& name) {
    const std::size_t at = message.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return message.substr(begin, message.find("\r\n", begin) - begin);
}

class ScriptedPeer {
public:
    [[nodiscard]] std::uint16_t port() const { return socket_.port(); }
    [[nodiscard]] std::uint16_t speech_port() const { return speech.port(); }

    /// The next request of that method; repetitions of others are passed over.
    std::string expect(const std::string& method) {
        while (true) {
            std::string message = socket_.receive();
            if (message.empty()) {
                ADD_FAILURE() << "no " << method;
                return "";
            }
            if (message.starts_with(method + " ")) return message;
        }
    }
    /// Whether another message of that method is there within a moment.
    bool anything(const std::string& method, int wait_ms) {
        while (true) {
            const std::string message = socket_.receive(wait_ms);
            if (message.empty()) return false;
            if (message.starts_with(method + " ")) return true;
        }
    }
    void answer(const std::string& request,
                const std::string& status,
                const std::string& more = "",
                const std::string& tag = "peer") {
        std::string text = "SIP/2.0 " + status + "\r\n";
        for (const char* name : {"Via", "From", "Call-ID", "CSeq"}) {
            text += fmt::format("{}: {}\r\n", name, header(request, name));
        }
        std::string to = header(request, "To");
        if (to.find(";tag=") == std::string::npos && !status.starts_with("100")) to += ";tag=" + tag;
        text += "To: " + to + "\r\n" + more;
        if (more.find("Content-Length") == std::string::npos) text += "Content-Length: 0\r\n\r\n";
        socket_.send(text, socket_.from_port());
    }
    [[nodiscard]] std::string sdp(const std::string& media = "RTP/AVP 8 101") const {
        return fmt::format(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} {}\r\n"
            "a=rtpmap:101 telephone-event/8000\r\n",
            speech.port(), media);
    }
    [[nodiscard]] std::string accept(const std::string& body) const {
        return fmt::format(
            "Contact: <sip:callee@127.0.0.1:{}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
            port(), body.size(), body);
    }
    /// A request within the call, as the callee sends it.
    void request(const std::string& invite, const std::string& method, const std::string& tag = "peer") {
        const std::string contact = header(invite, "Contact");
        socket_.send(
            fmt::format("{} {} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{};branch=z9hG4bK{}{}\r\nMax-Forwards: 70\r\n"
                        "From: {};tag={}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {}\r\nContent-Length: 0\r\n\r\n",
                        method, contact.substr(1, contact.find('>') - 1), port(), method, ++sequence_,
                        header(invite, "To"), tag, header(invite, "From"), header(invite, "Call-ID"), sequence_,
                        method),
            socket_.from_port());
    }
    /// The next final answer to something that was sent here.
    std::string expect_answer() {
        while (true) {
            std::string message = socket_.receive();
            if (message.empty() || message.starts_with("SIP/2.0 ")) return message;
        }
    }
    TestSocket& socket() { return socket_; }

    TestSocket speech;

private:
    TestSocket socket_;
    int sequence_ = 0;
};

/// What a call told, waited for.
class Told {
public:
    CallSink sink() {
        return [this](const CallEvent& event) {
            const std::lock_guard lock(mutex_);
            events_.push_back(event);
            changed_.notify_all();
        };
    }
    /// The next event that is not `trying`.
    CallEvent next() {
        std::unique_lock lock(mutex_);
        while (true) {
            const bool came = changed_.wait_for(lock, milliseconds(patience_ms), [this] { return !events_.empty(); });
            if (!came) {
                ADD_FAILURE() << "the call told nothing";
                return {.progress = Progress::ended, .how = Ended::stopped, .reason = "nothing was told"};
            }
            CallEvent event = events_.front();
            events_.pop_front();
            if (event.progress != Progress::trying) return event;
        }
    }
    CallEvent end() {
        while (true) {
            CallEvent event = next();
            if (event.progress == Progress::ended) return event;
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<CallEvent> events_;
};

inline std::shared_ptr<const voice::Audio> beep(std::size_t samples, std::size_t pin_spoken_at) {
    auto audio = std::make_shared<voice::Audio>();
    audio->samples.assign(samples, 8000);
    audio->pin_spoken_at = pin_spoken_at;
    return audio;
}

}  // namespace roger::sip
