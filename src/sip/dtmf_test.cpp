#include "sip/dtmf.hpp"

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "voice/g711.hpp"

namespace roger::sip {
namespace {

constexpr double amplitude = 6000;

/// So many milliseconds of tones, as a trunk sends them: through µ-law and back.
std::vector<std::int16_t> tones(std::initializer_list<double> frequencies, int length_ms, double loud = amplitude) {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(length_ms) * 8);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        double sum = 0;
        for (const double f : frequencies)
            sum += loud * std::sin(2 * std::numbers::pi * f * static_cast<double>(i) / 8000);
        samples[i] = static_cast<std::int16_t>(sum);
    }
    return voice::decode(voice::G711::mu_law, voice::encode(voice::G711::mu_law, samples));
}

std::string heard(ToneKeys& keys, const std::vector<std::int16_t>& samples) {
    std::string all;
    for (std::size_t at = 0; at < samples.size(); at += frame_samples) {
        const std::size_t size = std::min(frame_samples, samples.size() - at);
        if (const auto key = keys.hear(std::span(samples).subspan(at, size))) all += *key;
    }
    return all;
}

TEST(DtmfTest, HearsEveryKeyOnceHoweverLongItIsHeld) {
    const double rows[] = {697, 770, 852, 941};
    const double columns[] = {1209, 1336, 1477, 1633};
    const std::string names = "123A456B789C*0#D";
    for (std::size_t i = 0; i < names.size(); ++i) {
        ToneKeys keys;
        EXPECT_EQ(heard(keys, tones({rows[i / 4], columns[i % 4]}, 80)), names.substr(i, 1));
        EXPECT_EQ(heard(keys, tones({rows[i / 4], columns[i % 4]}, 1000)), "") << "still held";
    }
}

TEST(DtmfTest, TwoPressesWithAPauseAreTwoKeys) {
    ToneKeys keys;
    EXPECT_EQ(heard(keys, tones({697, 1209}, 100)), "1");
    EXPECT_EQ(heard(keys, std::vector<std::int16_t>(800, 0)), "");
    EXPECT_EQ(heard(keys, tones({697, 1209}, 100)), "1");
}

TEST(DtmfTest, OneToneAChordAWhisperOrAClickAreNoKey) {
    for (const auto& sound :
         {tones({697}, 200), tones({1209}, 200), tones({697, 770, 1209}, 200), tones({697, 1209, 400, 2500}, 200),
          tones({697, 1209}, 200, 40), tones({697, 1209}, 20), tones({440, 480}, 200)}) {
        ToneKeys keys;
        EXPECT_EQ(heard(keys, sound), "");
    }
    ToneKeys keys;
    std::vector<std::int16_t> twisted = tones({697}, 200, 9000);
    const auto faint = tones({1209}, 200, 900);
    for (std::size_t i = 0; i < twisted.size(); ++i) twisted[i] = static_cast<std::int16_t>(twisted[i] + faint[i]);
    EXPECT_EQ(heard(keys, twisted), "") << "20 dB apart";
}

RC_GTEST_PROP(DtmfProperty, NoiseIsNoKey, (const std::vector<std::int16_t>& samples)) {
    ToneKeys keys;
    RC_ASSERT(!keys.hear(samples));
}

TEST(DtmfTest, AnEventIsOneKeyHoweverOftenItIsSent) {
    EventKeys keys;
    EXPECT_EQ(keys.take(1000, {.event = 1, .end = false, .duration = 160}), '1');
    EXPECT_FALSE(keys.take(1000, {.event = 1, .end = false, .duration = 320}));
    EXPECT_FALSE(keys.take(1000, {.event = 1, .end = true, .duration = 480}));
    EXPECT_EQ(keys.take(9000, {.event = 1, .end = true, .duration = 480}), '1') << "only its end arrived";
    EXPECT_FALSE(keys.take(9500, {.event = 16, .end = true, .duration = 480}));
}

}  // namespace
}  // namespace roger::sip
