#include "voice/clip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace roger::voice {
namespace {

constexpr unsigned engine_rate = 22'050;

Samples tone(double hertz, double length_s, double amplitude, unsigned rate) {
    Samples samples(static_cast<std::size_t>(length_s * rate));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
        samples[i] = static_cast<std::int16_t>(amplitude * std::sin(phase));
    }
    return samples;
}
Samples silence_of(double length_s, unsigned rate) { return Samples(static_cast<std::size_t>(length_s * rate), 0); }

Samples operator+(Samples one, const Samples& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

int peak_of(const Samples& samples) {
    int peak = 0;
    for (const std::int16_t sample : samples) peak = std::max(peak, std::abs(static_cast<int>(sample)));
    return peak;
}
double level_of(const Samples& samples) {
    double sum = 0;
    for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

TEST(ClipTest, AToneKeepsItsLengthAndPitchAtTheTelephonesRate) {
    const auto clip = make_clip({engine_rate, tone(440, 1, 9'000, engine_rate)});
    ASSERT_TRUE(clip);
    EXPECT_NEAR(static_cast<double>(clip->size()), 8'000, 80);
    int crossings = 0;
    for (std::size_t i = 1; i < clip->size(); ++i) crossings += (*clip)[i - 1] < 0 && (*clip)[i] >= 0 ? 1 : 0;
    EXPECT_NEAR(crossings, 440, 4);
}

// What a telephone cannot carry must not come back as another tone (aliasing): 5 kHz would be 3 kHz.
TEST(ClipTest, WhatIsAboveTheTelephonesBandIsGone) {
    const Samples low = tone(1'000, 0.5, 6'000, engine_rate);
    Samples both = tone(5'000, 0.5, 6'000, engine_rate);
    for (std::size_t i = 0; i < low.size(); ++i) both[i] = static_cast<std::int16_t>(both[i] + low[i]);
    const auto expected = make_clip({engine_rate, low});
    const auto got = make_clip({engine_rate, both});
    ASSERT_TRUE(expected && got);
    ASSERT_EQ(expected->size(), got->size());
    // Away from the ends, where the filter swings in.
    for (std::size_t i = 400; i + 400 < got->size(); ++i) ASSERT_NEAR((*got)[i], (*expected)[i], 40) << i;
}

TEST(ClipTest, EveryClipIsAsLoudAsTheOthers) {
    for (const double amplitude : {60.0, 1'000.0, 32'000.0}) {
        const auto clip = make_clip({engine_rate, tone(440, 1, amplitude, engine_rate)});
        ASSERT_TRUE(clip);
        EXPECT_NEAR(level_of(*clip), 3'277, 100) << amplitude;
    }
}

TEST(ClipTest, APeakIsNeverBeyondThreeDecibelsUnderFullScale) {
    Samples spiky = tone(440, 1, 200, 8'000);
    spiky[4'000] = 32'767;
    const auto clip = make_clip({8'000, spiky});
    ASSERT_TRUE(clip);
    EXPECT_LE(peak_of(*clip), 22'939);
    EXPECT_GE(peak_of(*clip), 22'900);
}

TEST(ClipTest, SilenceAtTheEndsGoesAndWithinIsShortened) {
    const Samples word = tone(440, 0.3, 9'000, 8'000);
    const auto clip =
        make_clip({8'000, silence_of(1, 8'000) + word + silence_of(2, 8'000) + word + silence_of(1, 8'000)});
    ASSERT_TRUE(clip);
    const double expected = 2 * 2'400 + static_cast<double>(inner_silence_max) + 4 * 80;  // and the margins
    EXPECT_NEAR(static_cast<double>(clip->size()), expected, 240);
    const auto short_pause = make_clip({8'000, word + silence_of(0.2, 8'000) + word});
    ASSERT_TRUE(short_pause);
    EXPECT_NEAR(static_cast<double>(short_pause->size()), 2 * 2'400 + 1'600, 160);
}

TEST(ClipTest, SilenceAndEndlessSoundAreRefused) {
    EXPECT_FALSE(make_clip({engine_rate, silence_of(1, engine_rate)}));
    EXPECT_FALSE(make_clip({8'000, Samples{0}}));
    EXPECT_TRUE(make_clip({8'000, tone(440, 19.9, 9'000, 8'000)}));
    EXPECT_FALSE(make_clip({8'000, tone(440, 20.1, 9'000, 8'000)}));
    EXPECT_TRUE(make_clip({8'000, Samples{-32'768}}));
}

}  // namespace
}  // namespace roger::voice
