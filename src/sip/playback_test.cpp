#include "sip/playback.hpp"

#include <array>

#include <gtest/gtest.h>

namespace roger::sip {
namespace {

constexpr std::uint8_t silent = 0xD5;

Playback::Plan plan(unsigned repeat, bool gate = false) {
    Playback::Plan plan{.law = voice::G711::a_law, .message = Codes(10 * frame_samples - 40, 'm'), .repeat = repeat};
    plan.pin_spoken_at = 5 * frame_samples + 1;
    if (gate) plan.prompt = Codes(3 * frame_samples, 'p');
    return plan;
}

/// A letter for each frame: what it begins with.
class Heard {
public:
    explicit Heard(Playback::Plan plan) : playback(std::move(plan)) {}
    std::string listen(unsigned frames) {
        std::string all;
        for (unsigned i = 0; i < frames; ++i) {
            std::array<std::uint8_t, frame_samples> frame{};
            playback.next(frame);
            all += frame[0] == silent ? '.' : static_cast<char>(frame[0]);
            last = frame;
        }
        return all;
    }
    Playback playback;
    std::array<std::uint8_t, frame_samples> last{};
};

std::string silence(unsigned frames) { return std::string(frames, '.'); }
const std::string message(10, 'm');

TEST(PlaybackTest, SaysTheMessageSoOftenWithSilenceAround) {
    Heard heard(plan(2));
    EXPECT_EQ(heard.listen(Playback::lead_in), silence(Playback::lead_in));
    EXPECT_EQ(heard.listen(10), message);
    EXPECT_EQ(heard.last[frame_samples - 41], 'm');
    EXPECT_EQ(heard.last[frame_samples - 40], silent) << "the rest of the last frame";
    EXPECT_EQ(heard.listen(Playback::between), silence(Playback::between));
    EXPECT_EQ(heard.listen(10), message);
    EXPECT_FALSE(heard.playback.over());
    EXPECT_EQ(heard.listen(Playback::tail), silence(Playback::tail));
    EXPECT_TRUE(heard.playback.over());
    EXPECT_FALSE(heard.playback.no_key());
    EXPECT_EQ(heard.listen(100), silence(100));
}

TEST(PlaybackTest, ThePinIsSpokenWithItsLastSampleAndNotBefore) {
    Heard heard(plan(1));
    heard.listen(Playback::lead_in + 5);
    EXPECT_FALSE(heard.playback.pin_spoken());
    heard.listen(1);
    EXPECT_TRUE(heard.playback.pin_spoken());
}

TEST(PlaybackTest, KeyOneSaysItAgainFromTheBeginning) {
    Heard heard(plan(1));
    heard.listen(Playback::lead_in + 4);
    heard.playback.key('2');
    EXPECT_EQ(heard.listen(2), "mm") << "another key changes nothing";
    heard.playback.key('1');
    EXPECT_EQ(heard.listen(Playback::before_again), silence(Playback::before_again));
    EXPECT_EQ(heard.listen(10), message);
    heard.listen(Playback::tail - 1);
    heard.playback.key('1');
    EXPECT_EQ(heard.listen(Playback::before_again), silence(Playback::before_again)) << "also after the last word";
    EXPECT_EQ(heard.listen(10), message);
    heard.listen(Playback::tail);
    EXPECT_TRUE(heard.playback.over());
    heard.playback.key('1');
    EXPECT_TRUE(heard.playback.over());
}

TEST(PlaybackTest, WithoutAKeyTheGateStaysShut) {
    Heard heard(plan(2, true));
    const std::string asked = "ppp" + silence(Playback::key_wait);
    EXPECT_EQ(heard.listen(Playback::lead_in + 2 * (3 + Playback::key_wait)),
              silence(Playback::lead_in) + asked + asked);
    EXPECT_TRUE(heard.playback.over());
    EXPECT_TRUE(heard.playback.no_key());
    EXPECT_FALSE(heard.playback.pin_spoken());
    heard.playback.key('1');
    EXPECT_EQ(heard.listen(200), silence(200));
}

TEST(PlaybackTest, KeyOneOpensTheGateAtOnceAndAnotherKeyDoesNot) {
    Heard heard(plan(1, true));
    heard.listen(Playback::lead_in + 1);
    heard.playback.key('5');
    EXPECT_EQ(heard.listen(2), "pp");
    heard.listen(Playback::key_wait - 1);
    heard.playback.key('1');
    EXPECT_EQ(heard.listen(Playback::before_again + 10), silence(Playback::before_again) + message);
    EXPECT_TRUE(heard.playback.pin_spoken());
}

}  // namespace
}  // namespace roger::sip
