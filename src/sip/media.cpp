#include "sip/media.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/time.hpp"
#include "sip/dtmf.hpp"
#include "sip/srtp.hpp"

namespace roger::sip {
namespace {

constexpr milliseconds slot_length{1};
constexpr std::size_t slots = 20;  ///< of one frame
constexpr milliseconds late_after{10};
constexpr milliseconds give_up_after{1000};  ///< the machine slept: what was missed is not said faster
constexpr unsigned datagrams_at_once = 8;    ///< of one call in one frame; one comes, a flood waits or is lost

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address address_of(const MediaAnswer& answer) {
    Address address;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET, answer.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(answer.port);
        std::memcpy(&address.storage, &v4, sizeof(v4));
        address.size = sizeof(v4);
    } else if (inet_pton(AF_INET6, answer.address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(answer.port);
        std::memcpy(&address.storage, &v6, sizeof(v6));
        address.size = sizeof(v6);
    }
    return address;
}

/// The port may differ: not everybody sends from where they hear.
bool same_host(const sockaddr_storage& a, const sockaddr_storage& b) {
    if (a.ss_family != b.ss_family) return false;
    if (a.ss_family == AF_INET) {
        return reinterpret_cast<const sockaddr_in&>(a).sin_addr.s_addr ==
               reinterpret_cast<const sockaddr_in&>(b).sin_addr.s_addr;
    }
    return std::memcmp(&reinterpret_cast<const sockaddr_in6&>(a).sin6_addr,
                       &reinterpret_cast<const sockaddr_in6&>(b).sin6_addr, sizeof(in6_addr)) == 0;
}

/// Room for what has come to one socket; one for all calls.
class Inbox {
public:
    Inbox() {
        for (unsigned i = 0; i < datagrams_at_once; ++i) {
            pieces_[i] = {buffers_[i].data(), buffers_[i].size()};
            messages_[i].msg_hdr.msg_iov = &pieces_[i];
            messages_[i].msg_hdr.msg_iovlen = 1;
            messages_[i].msg_hdr.msg_name = &from_[i];
        }
    }
    /// Calls `take(datagram, from)` with each datagram that is there.
    template <class Take>
    void read(int descriptor, Take take) {
        for (auto& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        const int count = ::recvmmsg(descriptor, messages_.data(), datagrams_at_once, MSG_DONTWAIT, nullptr);
        for (int i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(i);
            take(std::span(buffers_[at]).first(messages_[at].msg_len), from_[at]);
        }
    }

private:
    std::array<std::array<std::uint8_t, rtp_packet_max>, datagrams_at_once> buffers_{};
    std::array<iovec, datagrams_at_once> pieces_{};
    std::array<sockaddr_storage, datagrams_at_once> from_{};
    std::array<mmsghdr, datagrams_at_once> messages_{};
};

/// One call, on the media thread.
class Sender {
public:
    Sender(std::uint64_t id, MediaStream stream)
        : id_(id), stream_(std::move(stream)), playback_(std::move(stream_.plan)), to_(address_of(stream_.answer)) {
        if (stream_.answer.key && stream_.own_key) {
            seal_.emplace(*stream_.own_key);
            open_.emplace(*stream_.answer.key);
        }
    }
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

    void send_frame() {
        std::array<std::uint8_t, frame_samples> frame{};
        playback_.next(frame);
        const RtpPacket packet{.type = static_cast<std::uint8_t>(stream_.answer.codec),
                               .marker = first_,
                               .sequence = stream_.sequence++,
                               .timestamp = stream_.timestamp,
                               .source = stream_.source};
        stream_.timestamp += frame_samples;
        first_ = false;
        const auto header = write_rtp_header(packet);
        packet_.assign(header.begin(), header.end());
        packet_.insert(packet_.end(), frame.begin(), frame.end());
        if (seal_ && !seal_->seal(packet_)) return;
        // A full buffer or an unreachable port loses one frame, as the network would.
        (void)::sendto(stream_.socket.descriptor(), packet_.data(), packet_.size(), 0,
                       reinterpret_cast<const sockaddr*>(&to_.storage), to_.size);
    }
    void hear(Inbox& inbox) {
        inbox.read(stream_.socket.descriptor(), [this](std::span<std::uint8_t> datagram, const sockaddr_storage& from) {
            if (same_host(from, to_.storage)) take(datagram);
        });
    }
    void tell() {
        if (playback_.pin_spoken() && !told_spoken_) {
            told_spoken_ = true;
            stream_.sink(MediaEvent::pin_spoken);
        }
        if (playback_.over() && !told_over_) {
            told_over_ = true;
            stream_.sink(playback_.no_key() ? MediaEvent::no_key : MediaEvent::over);
        }
    }

private:
    void take(std::span<std::uint8_t> datagram) {
        std::span<const std::uint8_t> clear = datagram;
        if (open_) clear = open_->open(datagram);
        const auto packet = read_rtp(clear);
        if (!packet) return;
        if (stream_.answer.event_type) {
            // We offered one number for it and they answered with another: both are in use for it.
            if (packet->type != *stream_.answer.event_type && packet->type != event_type_offered) return;
            const auto event = read_event(packet->payload);
            if (!event) return;
            if (const auto key = events_.take(packet->timestamp, *event)) playback_.key(*key);
        } else if (packet->type == static_cast<std::uint8_t>(stream_.answer.codec)) {
            const auto samples = voice::decode(stream_.answer.codec, packet->payload);
            if (const auto key = tones_.hear(samples)) playback_.key(*key);
        }
    }

    std::uint64_t id_;
    MediaStream stream_;
    Playback playback_;
    Address to_;
    std::optional<Srtp> seal_;
    std::optional<Srtp> open_;
    EventKeys events_;
    ToneKeys tones_;
    std::vector<std::uint8_t> packet_;
    bool first_ = true;
    bool told_spoken_ = false;
    bool told_over_ = false;
};

}  // namespace

struct Media::State {
    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;
    std::uint64_t last_id = 0;
    std::vector<std::pair<std::uint64_t, MediaStream>> added;
    std::vector<std::uint64_t> removed;
    std::atomic<std::uint64_t> frames{0};
    std::atomic<std::uint64_t> late{0};

    // Of the media thread alone:
    std::array<std::vector<std::unique_ptr<Sender>>, slots> wheel;
    std::size_t streams = 0;
    Inbox inbox;
    std::thread thread;

    void run();
    bool take_changes();
    void run_slot(std::size_t slot, SteadyTime due);
};

/// Waits when there is nothing to send. @return false at the end
bool Media::State::take_changes() {
    std::vector<std::pair<std::uint64_t, MediaStream>> fresh;
    std::vector<std::uint64_t> gone;
    {
        std::unique_lock lock(mutex);
        if (streams == 0) wake.wait(lock, [this] { return stopping || !added.empty() || !removed.empty(); });
        if (stopping) return false;
        fresh.swap(added);
        gone.swap(removed);
    }
    for (auto& [id, stream] : fresh) {
        auto& emptiest = *std::ranges::min_element(wheel, {}, [](const auto& slot) { return slot.size(); });
        emptiest.push_back(std::make_unique<Sender>(id, std::move(stream)));
        ++streams;
    }
    for (const std::uint64_t id : gone) {
        for (auto& slot : wheel)
            streams -= std::erase_if(slot, [id](const auto& sender) { return sender->id() == id; });
    }
    return true;
}

void Media::State::run_slot(std::size_t slot, SteadyTime due) {
    for (const auto& sender : wheel[slot]) {
        sender->hear(inbox);
        sender->send_frame();
        sender->tell();
        frames.fetch_add(1, std::memory_order_relaxed);
        if (std::chrono::steady_clock::now() - due > late_after) late.fetch_add(1, std::memory_order_relaxed);
    }
}

void Media::State::run() {
    SteadyTime due = std::chrono::steady_clock::now();
    std::size_t slot = 0;
    while (true) {
        const bool idle = streams == 0;
        if (!take_changes()) return;
        if (idle || std::chrono::steady_clock::now() - due > give_up_after) due = std::chrono::steady_clock::now();
        run_slot(slot, due);
        slot = (slot + 1) % slots;
        due += slot_length;
        std::this_thread::sleep_until(due);
    }
}

Media::Media() : state_(std::make_unique<State>()) {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Media::~Media() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

std::uint64_t Media::add(MediaStream stream) {
    std::uint64_t id = 0;
    {
        const std::lock_guard lock(state_->mutex);
        id = ++state_->last_id;
        state_->added.emplace_back(id, std::move(stream));
    }
    state_->wake.notify_one();
    return id;
}

void Media::remove(std::uint64_t stream) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->removed.push_back(stream);
    }
    state_->wake.notify_one();
}

Media::Stats Media::stats() const { return {.frames = state_->frames.load(), .late = state_->late.load()}; }

}  // namespace roger::sip
