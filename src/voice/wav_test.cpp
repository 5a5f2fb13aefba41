#include "voice/wav.hpp"

#include <gtest/gtest.h>

#include <array>

namespace roger::voice {
namespace {

std::string number(unsigned value, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i, value >>= 8U) bytes += static_cast<char>(value & 0xFFU);
    return bytes;
}

std::string chunk(const std::string& name, const std::string& body) {
    return name + number(static_cast<unsigned>(body.size()), 4) + body + std::string(body.size() % 2, '\0');
}

struct Head {
    unsigned tag = 1;
    unsigned channels = 1;
    unsigned rate = 22'050;
    unsigned bits = 16;
};
std::string format(const Head& head) {
    return chunk("fmt ", number(head.tag, 2) + number(head.channels, 2) + number(head.rate, 4) + number(0, 4) +
                             number(0, 2) + number(head.bits, 2));
}
std::string riff(const std::string& chunks) { return "RIFF" + number(0, 4) + "WAVE" + chunks; }

TEST(WavTest, WhatIsWrittenCanBeRead) {
    const Samples samples{0, 1, -1, 32'767, -32'768};
    const std::string file = write_wav(samples);
    EXPECT_EQ(file.size(), 44U + 10U);
    const auto read = read_wav(file);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->rate, 8'000U);
    EXPECT_EQ(read->samples, samples);
}

TEST(WavTest, TheHeadIsTheUsualOne) {
    EXPECT_EQ(write_wav(std::array<std::int16_t, 1>{0x0102}),
              "RIFF" + number(38, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(1, 2) + number(8'000, 4) +
                  number(16'000, 4) + number(2, 2) + number(16, 2) + "data" + number(2, 4) + "\x02\x01");
}

// Programs that write into a pipe cannot know the length: espeak-ng says 2 GB, sox 0xFFFFFFFF.
TEST(WavTest, ALengthBeyondTheEndMeansToTheEnd) {
    for (const unsigned length : {0xFFFFFFFFU, 0x7FFFF000U, 5U}) {
        const auto read = read_wav(riff(format({}) + "data" + number(length, 4) + std::string("\1\0\2\0", 4)));
        ASSERT_TRUE(read) << length;
        EXPECT_EQ(read->samples, (Samples{1, 2})) << length;
    }
}

// Of a file that somebody keeps the same is a download that broke off.
TEST(WavTest, AWholeFileHoldsWhatItSays) {
    const std::string file = write_wav(Samples{1, 2, 3, 4});
    EXPECT_EQ(read_whole_wav(file)->samples, (Samples{1, 2, 3, 4}));
    for (std::size_t size = 0; size < file.size(); ++size) {
        EXPECT_FALSE(read_whole_wav(std::string_view(file).substr(0, size))) << size;
    }
    for (const unsigned length : {0xFFFFFFFFU, 0x7FFFF000U}) {
        EXPECT_TRUE(read_whole_wav(riff(format({}) + "data" + number(length, 4) + std::string("\1\0\2\0", 4))));
    }
}

TEST(WavTest, OtherChunksAreSkipped) {
    const auto read = read_wav(riff(chunk("LIST", "odd") + format({}) + chunk("fact", "1234") + chunk("data", "ab")));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->samples.size(), 1U);
}

TEST(WavTest, TwoChannelsBecomeTheirMean) {
    const auto read = read_wav(riff(format({.channels = 2}) + chunk("data", std::string("\2\0\4\0", 4))));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->samples, Samples{3});
}

TEST(WavTest, ReadsTheCodesOfTelephony) {
    const auto a_law = read_wav(riff(format({.tag = 6, .rate = 8'000, .bits = 8}) + chunk("data", "\xD5\xAA")));
    ASSERT_TRUE(a_law);
    EXPECT_EQ(a_law->samples, (Samples{8, 32'256}));
    const auto mu_law = read_wav(riff(format({.tag = 7, .rate = 8'000, .bits = 8}) + chunk("data", "\xFF\x80")));
    ASSERT_TRUE(mu_law);
    EXPECT_EQ(mu_law->samples, (Samples{0, 32'124}));
}

TEST(WavTest, ReadsTheExtensibleForm) {
    std::string body = number(0xFFFE, 2) + number(1, 2) + number(48'000, 4) + number(0, 4) + number(2, 2) +
                       number(16, 2) + number(22, 2) + number(16, 2) + number(0, 4);
    EXPECT_FALSE(read_wav(riff(chunk("fmt ", body) + chunk("data", "ab"))));
    body += number(1, 2) + std::string(14, 'x');
    EXPECT_TRUE(read_wav(riff(chunk("fmt ", body) + chunk("data", "ab"))));
}

TEST(WavTest, EverythingElseIsRefused) {
    const std::string good = riff(format({}) + chunk("data", "abcd"));
    ASSERT_TRUE(read_wav(good));
    for (std::size_t size = 0; size < good.size() - 3; ++size) EXPECT_FALSE(read_wav(good.substr(0, size))) << size;
    for (const auto& head : {Head{.tag = 3}, Head{.channels = 0}, Head{.channels = 3}, Head{.rate = 3'999},
                             Head{.rate = 96'001}, Head{.bits = 8}, Head{.bits = 24}, Head{.tag = 7, .bits = 16}}) {
        EXPECT_FALSE(read_wav(riff(format(head) + chunk("data", "abcd"))));
    }
    EXPECT_FALSE(read_wav(riff(chunk("data", "abcd") + format({}))));
    EXPECT_FALSE(read_wav(riff(chunk("fmt ", "short") + chunk("data", "abcd"))));
    EXPECT_FALSE(read_wav(riff(format({}) + chunk("data", ""))));
    EXPECT_FALSE(read_wav(riff(format({}) + chunk("data", std::string(wav_bytes_max, 'a')))));
    EXPECT_FALSE(read_wav("hello"));
}

}  // namespace
}  // namespace roger::voice
