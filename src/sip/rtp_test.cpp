#include "sip/rtp.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::sip {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets packet(std::uint8_t first, Octets rest) {
    Octets bytes{first, 0x80 | 101, 0x12, 0x34, 0, 0, 0, 7, 0xDE, 0xAD, 0xBE, 0xEF};
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
}

TEST(RtpTest, AHeaderIsReadAsItIsWritten) {
    const RtpPacket written{.type = 8, .marker = true, .sequence = 65535, .timestamp = 0xFFFFFF60, .source = 0xCAFE};
    const auto bytes = write_rtp_header(written);
    const auto read = read_rtp(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->type, 8);
    EXPECT_TRUE(read->marker);
    EXPECT_EQ(read->sequence, 65535);
    EXPECT_EQ(read->timestamp, 0xFFFFFF60U);
    EXPECT_EQ(read->source, 0xCAFEU);
    EXPECT_TRUE(read->payload.empty());
}

TEST(RtpTest, PayloadStandsBetweenExtensionAndPadding) {
    const Octets bytes = packet(0xB1, {1, 1, 1, 1, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 42, 43, 0, 2});
    const auto read = read_rtp(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(Octets(read->payload.begin(), read->payload.end()), (Octets{42, 43}));
}

TEST(RtpTest, RefusesWhatIsNotWhole) {
    EXPECT_FALSE(read_rtp({}));
    EXPECT_FALSE(read_rtp(Octets(11, 0x80)));
    EXPECT_FALSE(read_rtp(packet(0x40, {})));                     // version 1
    EXPECT_FALSE(read_rtp(packet(0x8F, {1, 2, 3})));              // 15 sources
    EXPECT_FALSE(read_rtp(packet(0x90, {0, 0, 0})));              // extension cut short
    EXPECT_FALSE(read_rtp(packet(0x90, {0, 0, 0xFF, 0xFF, 0})));  // extension longer than the packet
    EXPECT_FALSE(read_rtp(packet(0xA0, {0})));                    // padding of none
    EXPECT_FALSE(read_rtp(packet(0xA0, {200})));                  // padding longer than the packet
}

RC_GTEST_PROP(RtpProperty, AnyBytesAreReadWithinTheirBounds, (const std::vector<std::uint8_t>& bytes)) {
    if (const auto read = read_rtp(bytes)) {
        RC_ASSERT(read->payload.empty() ||
                  (read->payload.data() >= bytes.data() &&
                   read->payload.data() + read->payload.size() <= bytes.data() + bytes.size()));
        (void)read_event(read->payload);
    }
}

TEST(RtpTest, EventsAreKeysUpToFifteen) {
    const Octets one{1, 0x8A, 0x03, 0x20};
    const auto event = read_event(one);
    ASSERT_TRUE(event);
    EXPECT_EQ(key_of(event->event), '1');
    EXPECT_TRUE(event->end);
    EXPECT_EQ(event->duration, 800);
    EXPECT_FALSE(read_event(Octets{1, 2, 3}));
    EXPECT_EQ(key_of(11), '#');
    EXPECT_EQ(key_of(15), 'D');
    EXPECT_FALSE(key_of(16));  // flash
}

}  // namespace
}  // namespace roger::sip
