#include "sip/srtp.hpp"

#include <gtest/gtest.h>

#include "sip/rtp.hpp"

namespace roger::sip {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets packet(std::uint16_t sequence) {
    const auto header = write_rtp_header({.type = 8, .sequence = sequence, .timestamp = 160, .source = 7});
    Octets bytes(header.begin(), header.end());
    bytes.insert(bytes.end(), frame_samples, 0xD5);
    return bytes;
}

SrtpKey key(std::uint8_t fill, bool short_tag = false) {
    SrtpKey key{.short_tag = short_tag};
    key.value.fill(fill);
    return key;
}

TEST(SrtpTest, WhatOneSideSealsTheOtherOpens) {
    for (const bool short_tag : {false, true}) {
        Srtp ours(key(1, short_tag));
        Srtp theirs(key(1, short_tag));
        Octets sealed = packet(65535);
        ASSERT_TRUE(ours.seal(sealed));
        EXPECT_EQ(sealed.size(), packet(0).size() + (short_tag ? 4U : 10U));
        EXPECT_NE(sealed[20], 0xD5);
        const auto clear = theirs.open(sealed);
        EXPECT_EQ(Octets(clear.begin(), clear.end()), packet(65535));
        Octets after = packet(0);  // the sequence has rolled over
        ASSERT_TRUE(ours.seal(after));
        EXPECT_FALSE(theirs.open(after).empty());
    }
}

TEST(SrtpTest, ForgedRepeatedOrBrokenPacketsAreNotOpened) {
    Srtp ours(key(1));
    Srtp theirs(key(1));
    Srtp others(key(2));
    Octets sealed = packet(1);
    ASSERT_TRUE(ours.seal(sealed));
    Octets forged = sealed;
    forged[30] ^= 1U;
    EXPECT_TRUE(theirs.open(forged).empty());
    Octets copy = sealed;
    EXPECT_TRUE(others.open(copy).empty());
    copy = sealed;
    EXPECT_FALSE(theirs.open(copy).empty());
    copy = sealed;
    EXPECT_TRUE(theirs.open(copy).empty()) << "a repetition";
    for (std::size_t size = 0; size < 30; ++size) {
        Octets cut(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_TRUE(theirs.open(cut).empty()) << size;
    }
}

}  // namespace
}  // namespace roger::sip
