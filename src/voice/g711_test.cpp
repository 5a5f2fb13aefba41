#include "voice/g711.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <limits>

namespace roger::voice {
namespace {

constexpr int lowest = std::numeric_limits<std::int16_t>::min();
constexpr int highest = std::numeric_limits<std::int16_t>::max();

std::int16_t sample(int value) { return static_cast<std::int16_t>(value); }

/// The positive segments of ITU-T G.711 table 1a and 2a: where each begins, the code there, its step. A-law's numbers
/// are of 4096 to full scale (times 8 for 16 bits), µ-law's of 8192 (times 4).
struct Segment {
    int begins;
    std::uint8_t code;
    int step;
};
constexpr std::array a_law_segments = {
    Segment{0, 0x80, 2},    Segment{32, 0x90, 2},   Segment{64, 0xA0, 4},    Segment{128, 0xB0, 8},
    Segment{256, 0xC0, 16}, Segment{512, 0xD0, 32}, Segment{1024, 0xE0, 64}, Segment{2048, 0xF0, 128},
};
constexpr std::array mu_law_segments = {
    Segment{31, 0xEF, 4},   Segment{95, 0xDF, 8},     Segment{223, 0xCF, 16},   Segment{479, 0xBF, 32},
    Segment{991, 0xAF, 64}, Segment{2015, 0x9F, 128}, Segment{4063, 0x8F, 256},
};

TEST(G711Test, ALawHasTheStepsOfTheTable) {
    for (const Segment& segment : a_law_segments) {
        for (int i = 0; i < 16; ++i) {
            const int code = (segment.code + i) ^ 0x55;  // the table's codes are before the inversion of even bits
            const int low = (segment.begins + i * segment.step) * 8;
            const int high = low + segment.step * 8;
            EXPECT_EQ(encode_a_law(sample(low)), code) << low;
            EXPECT_EQ(encode_a_law(sample(high - 1)), code) << high;
            EXPECT_EQ(decode_a_law(static_cast<std::uint8_t>(code)), (low + high) / 2) << code;
        }
    }
}

TEST(G711Test, MuLawHasTheStepsOfTheTable) {
    for (const Segment& segment : mu_law_segments) {
        for (int i = 0; i < 16; ++i) {
            const int code = segment.code - i;
            const int low = (segment.begins + i * segment.step) * 4;
            const int high = low + segment.step * 4;
            EXPECT_EQ(encode_mu_law(sample(low)), code) << low;
            if (high <= highest) EXPECT_EQ(encode_mu_law(sample(high - 1)), code) << high;
            EXPECT_EQ(decode_mu_law(static_cast<std::uint8_t>(code)), (low + high) / 2) << code;
        }
    }
    EXPECT_EQ(encode_mu_law(0), 0xFF);
    EXPECT_EQ(encode_mu_law(3), 0xFF);
    EXPECT_EQ(encode_mu_law(4), 0xFE);
    EXPECT_EQ(decode_mu_law(0xFF), 0);
    EXPECT_EQ(decode_mu_law(0x80), 8031 * 4);
}

// A code that is decoded and encoded again must not wander; µ-law's second zero is the one code without a sample.
TEST(G711Test, EveryCodeComesBack) {
    for (int code = 0; code < 256; ++code) {
        const auto byte = static_cast<std::uint8_t>(code);
        EXPECT_EQ(encode_a_law(decode_a_law(byte)), code);
        EXPECT_EQ(encode_mu_law(decode_mu_law(byte)), code == 0x7F ? 0xFF : code);
    }
}

/// Every sample there is becomes a value within half a step, in order, and negatives mirror.
template <class Encode, class Decode>
void expect_faithful(Encode encode_sample, Decode decode_code, int smallest_step, int bias, int clip) {
    int before = lowest - 1;
    for (int value = lowest; value <= highest; ++value) {
        const std::uint8_t code = encode_sample(sample(value));
        const int got = decode_code(code);
        ASSERT_GE(got, before) << value;
        before = got;
        const int size = std::abs(value);
        if (size < clip) {
            const int step = static_cast<int>(std::bit_floor(static_cast<unsigned>(size + bias))) / 16;
            ASSERT_LE(std::abs(got - value), std::max(smallest_step, step) / 2) << value;
        }
        ASSERT_EQ(encode_sample(sample(-1 - value)), code ^ 0x80) << value;
    }
}

TEST(G711Test, All65536SamplesStayWithinHalfAStep) {
    expect_faithful(encode_a_law, decode_a_law, 16, 0, highest);
    expect_faithful(encode_mu_law, decode_mu_law, 8, 33 * 4, 8158 * 4);
}

TEST(G711Test, TheLoudestSamplesAreClippedAndNotWrapped) {
    EXPECT_EQ(encode_a_law(sample(lowest)), 0x2A);
    EXPECT_EQ(encode_a_law(sample(highest)), 0xAA);
    EXPECT_EQ(encode_mu_law(sample(lowest)), 0x00);
    EXPECT_EQ(encode_mu_law(sample(highest)), 0x80);
}

TEST(G711Test, SilenceIsWhatZeroBecomes) {
    EXPECT_EQ(encode(G711::a_law, std::array<std::int16_t, 2>{}), std::vector<std::uint8_t>(2, silence(G711::a_law)));
    EXPECT_EQ(encode(G711::mu_law, std::array<std::int16_t, 1>{}), std::vector<std::uint8_t>{silence(G711::mu_law)});
    EXPECT_EQ(decode(G711::mu_law, std::array<std::uint8_t, 1>{0xFF}), std::vector<std::int16_t>{0});
}

}  // namespace
}  // namespace roger::voice
