#include "sip/media.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

#include <gtest/gtest.h>

#include "sip/peer_test.hpp"
#include "sip/srtp.hpp"

namespace roger::sip {
namespace {

using voice::G711;

std::span<const std::uint8_t> octets(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class MediaTest : public testing::Test {
protected:
    MediaStream stream(G711 law = G711::mu_law) {
        MediaStream stream;
        stream.socket = *RtpPorts("127.0.0.1", 30000, 30999).take();
        stream.answer = {.address = "127.0.0.1", .port = ear.port(), .codec = law};
        stream.plan = {.law = law, .message = Codes(20 * frame_samples, 'm'), .pin_spoken_at = 100};
        stream.source = 7;
        stream.sequence = 65535;
        stream.timestamp = 0xFFFFFFFF;
        stream.sink = [this](MediaEvent event) {
            const std::lock_guard lock(mutex_);
            events_.push_back(event);
            changed_.notify_all();
        };
        return stream;
    }
    std::optional<MediaEvent> next_event() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, milliseconds(patience_ms), [this] { return !events_.empty(); })) return {};
        const MediaEvent event = events_.front();
        events_.pop_front();
        return event;
    }
    std::optional<MediaEvent> next_event_now() {
        const std::lock_guard lock(mutex_);
        if (events_.empty()) return {};
        const MediaEvent event = events_.front();
        events_.pop_front();
        return event;
    }
    TestSocket ear;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<MediaEvent> events_;

protected:
    Media media;  // ends first
};

TEST_F(MediaTest, SendsFramesInOrderFromTheirRandomBeginnings) {
    media.add(stream());
    std::uint16_t sequence = 65535;
    std::uint32_t timestamp = 0xFFFFFFFF;
    for (int i = 0; i < 50; ++i) {
        const std::string bytes = ear.receive();
        const auto packet = read_rtp(octets(bytes));
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->sequence, sequence++);
        EXPECT_EQ(packet->timestamp, timestamp);
        EXPECT_EQ(packet->source, 7U);
        EXPECT_EQ(packet->type, 0);
        timestamp += frame_samples;
    }
    EXPECT_EQ(next_event(), MediaEvent::pin_spoken);
    EXPECT_EQ(next_event(), MediaEvent::over);
    EXPECT_GE(media.stats().frames, 50U);
}

TEST_F(MediaTest, NothingIsSentAfterItsEndAndOthersGoOn) {
    const auto first = media.add(stream());
    ASSERT_NE(ear.receive(), "");
    media.remove(first);
    while (!ear.receive(200).empty()) {
    }
    media.add(stream());
    EXPECT_NE(ear.receive(), "");
}

TEST_F(MediaTest, KeysAreHeardFromTheAddressOfTheAnswerOnly) {
    constexpr std::uint32_t elsewhere = INADDR_LOOPBACK + 1;
    for (const bool stranger : {true, false}) {
        TestSocket callee(elsewhere);
        MediaStream call = stream();
        call.answer.address = "127.0.0.2";
        call.answer.port = callee.port();
        call.answer.event_type = 101;
        const std::uint16_t port = call.socket.port();
        media.add(std::move(call));
        const std::string key("\x80\x65\0\1\0\0\0\1\0\0\0\1\1\x8a\3\x20", 16);
        unsigned loud = 0;
        while (loud < 5) loud += callee.receive().back() == 'm' ? 1U : 0U;
        for (int i = 0; i < 4; ++i) (stranger ? ear : callee).send(key, port);
        EXPECT_EQ(next_event(), MediaEvent::pin_spoken);
        while (!next_event_now()) {
            const std::string frame = callee.receive();
            ASSERT_NE(frame, "");
            loud += frame.back() == 'm' ? 1U : 0U;
        }
        EXPECT_EQ(loud > 20, !stranger) << loud;
    }
}

TEST_F(MediaTest, SecureStreamsAreSealedWithOurKeyAndHeardWithTheirs) {
    MediaStream secure = stream();
    SrtpKey ours;
    SrtpKey theirs;
    ours.value.fill(1);
    theirs.value.fill(2);
    secure.own_key = ours;
    secure.answer.key = theirs;
    secure.answer.event_type = 101;
    secure.plan.prompt = Codes(frame_samples, 'p');
    const std::uint16_t port = secure.socket.port();
    media.add(std::move(secure));
    Srtp open(ours);
    std::string bytes = ear.receive();
    const auto clear = open.open(std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()));
    const auto packet = read_rtp(clear);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->payload.size(), frame_samples);
    std::vector<std::uint8_t> key{0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0x8A, 3, 0x20};
    Srtp seal(theirs);
    ASSERT_TRUE(seal.seal(key));
    ear.send({reinterpret_cast<const char*>(key.data()), key.size()}, port);
    EXPECT_EQ(next_event(), MediaEvent::pin_spoken);
}

TEST(RtpPortsTest, GivesEvenPortsOfItsRangeUntilNoneIsLeft) {
    RtpPorts ports("127.0.0.1", 29501, 29505);
    const auto first = ports.take();
    const auto second = ports.take();
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->port() + second->port(), 29502 + 29504);
    EXPECT_FALSE(ports.take());
    EXPECT_FALSE(RtpPorts("192.0.2.1", 29501, 29505).take()) << "not of this machine";
}

}  // namespace
}  // namespace roger::sip
