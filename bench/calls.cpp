// How many calls one process carries: places N calls over a trunk on this machine, each of which is answered at once
// and gets its own speech back, and says what that took: processor time while all of them talk, and how many frames
// were late. The trunk is another process, so that its time is not ours. Ends by itself.
//   calls [--calls N] [--seconds S] [--rate R]
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <CLI/CLI.hpp>

#include "bench/machine.hpp"
#include "sip/agent.hpp"

namespace {

using namespace std::chrono_literals;
using roger::SteadyTime;
using roger::bench::cpu_seconds;
using std::chrono::steady_clock;

constexpr auto give_up_after = 60s;  ///< beyond what was asked for

int bind_udp(std::uint16_t& port) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int size = 8 << 20;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(own);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&own), length) != 0) std::exit(1);
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &length);
    port = ntohs(own.sin_port);
    return descriptor;
}

std::string header(const std::string& message, const std::string& name) {
    const std::size_t at = message.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return message.substr(begin, message.find("\r\n", begin) - begin);
}

std::string answer(const std::string& request, std::uint16_t port, std::uint16_t speech) {
    std::string text = "SIP/2.0 200 OK\r\n";
    for (const char* name : {"Via", "From", "Call-ID", "CSeq"})
        text += fmt::format("{}: {}\r\n", name, header(request, name));
    const std::string to = header(request, "To");
    text += fmt::format("To: {}{}\r\n", to, to.find(";tag=") == std::string::npos ? ";tag=peer" : "");
    if (!request.starts_with("INVITE")) return text + "Content-Length: 0\r\n\r\n";
    const std::string sdp = fmt::format(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 8 101\r\n"
        "a=rtpmap:101 telephone-event/8000\r\n",
        speech);
    return text +
           fmt::format(
               "Contact: <sip:peer@127.0.0.1:{}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{}",
               port, sdp.size(), sdp);
}

/// The trunk, until it is killed: answers everything, and sends speech back to where it came from.
[[noreturn]] void be_the_trunk(int sip, std::uint16_t port, int speech, std::uint16_t speech_port) {
    std::array<char, 65536> buffer{};
    std::array<pollfd, 2> ready{pollfd{sip, POLLIN, 0}, pollfd{speech, POLLIN, 0}};
    while (true) {
        ::poll(ready.data(), ready.size(), -1);
        for (const int descriptor : {sip, speech}) {
            sockaddr_in from{};
            socklen_t size = sizeof(from);
            auto* const address = reinterpret_cast<sockaddr*>(&from);
            ssize_t got = 0;
            while ((got = ::recvfrom(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT, address, &size)) > 0) {
                std::string out(buffer.data(), static_cast<std::size_t>(got));
                if (descriptor == sip) {
                    if (out.starts_with("ACK") || out.starts_with("SIP/2.0")) continue;
                    out = answer(out, port, speech_port);
                }
                ::sendto(descriptor, out.data(), out.size(), 0, address, size);
            }
        }
    }
}

struct Counts {
    std::atomic<unsigned> talking{0};
    std::atomic<unsigned> delivered{0};
    std::atomic<unsigned> completed{0};
    std::atomic<unsigned> ended{0};
};

roger::sip::CallSink count_into(Counts& counts) {
    return [&counts](const roger::sip::CallEvent& event) {
        using roger::sip::Progress;
        if (event.progress == Progress::answered) ++counts.talking;
        if (event.progress == Progress::pin_spoken) ++counts.delivered;
        if (event.progress != Progress::ended) return;
        if (event.how == roger::sip::Ended::completed) ++counts.completed;
        ++counts.ended;
    };
}

int measure(unsigned calls, unsigned seconds, unsigned rate, std::uint16_t port) {
    auto audio = std::make_shared<roger::voice::Audio>();
    audio->samples.assign(std::size_t{8000} * (seconds + calls / rate), 3000);
    audio->pin_spoken_at = audio->samples.size() / 2;
    Counts counts;
    roger::sip::Agent agent;
    const auto trunk = agent.open({.name = "bench",
                                   .host = "127.0.0.1",
                                   .port = port,
                                   .transport = roger::sip::Transport::udp,
                                   .rtp_low = 30000,
                                   .rtp_high = 39999,
                                   .call_max = 600s},
                                  [](bool, const std::string&) {});
    const SteadyTime begun = steady_clock::now();
    for (unsigned i = 0; i < calls; ++i) {
        std::this_thread::sleep_until(begun + i * 1000ms / rate);
        (void)agent.place(trunk, {.number = fmt::format("4477009{:05}", i), .caller_id = "", .message = audio},
                          count_into(counts));
    }
    const SteadyTime give_up = steady_clock::now() + std::chrono::seconds(2 * seconds) + give_up_after;
    while (counts.talking < calls && steady_clock::now() < give_up) std::this_thread::sleep_for(10ms);
    const auto frames = agent.media();
    const double cpu = cpu_seconds();
    const SteadyTime plateau = steady_clock::now();
    std::this_thread::sleep_for(std::chrono::seconds(seconds) - 2s);
    const auto later = agent.media();
    const std::chrono::duration<double> lasted = steady_clock::now() - plateau;
    const double cores = (cpu_seconds() - cpu) / lasted.count();
    while (counts.ended < calls && steady_clock::now() < give_up) std::this_thread::sleep_for(10ms);
    const auto sent = static_cast<double>(later.frames - frames.frames);
    fmt::print(
        "{} calls: {} answered, {} spoken through, {} completed; {:.2f} core while all talk, {:.0f} frames/s, "
        "{:.2f} % of them more than 10 ms late\n",
        calls, counts.talking.load(), counts.delivered.load(), counts.completed.load(), cores, sent / lasted.count(),
        100.0 * static_cast<double>(later.late - frames.late) / std::max(sent, 1.0));
    return counts.completed == calls ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned calls = 500;
    unsigned seconds = 20;
    unsigned rate = 50;
    CLI::App app("Calls at a time over one trunk");
    app.add_option("--calls", calls, "at a time")->check(CLI::Range(1, 2500));
    app.add_option("--seconds", seconds, "that all of them talk")->check(CLI::Range(5, 120));
    app.add_option("--rate", rate, "new calls a second")->check(CLI::Range(1, 1000));
    CLI11_PARSE(app, argc, argv);
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &descriptors);
    std::uint16_t port = 0;
    std::uint16_t speech_port = 0;
    const int sip = bind_udp(port);
    const int speech = bind_udp(speech_port);
    const pid_t trunk = ::fork();
    if (trunk == 0) be_the_trunk(sip, port, speech, speech_port);
    ::close(sip);
    ::close(speech);
    const int result = measure(calls, seconds, rate, port);
    ::kill(trunk, SIGKILL);
    ::waitpid(trunk, nullptr, 0);
    return result;
}
