#include "voice/recordings.hpp"

#include <gtest/gtest.h>

#include "tests/support/scripts.hpp"

namespace roger::voice {
namespace {

using verification::Voice;

/// A WAV file whose sound is that many samples long, by which it is known again.
std::string wav(std::size_t samples) {
    Samples loud(samples);
    for (std::size_t i = 0; i < samples; ++i) loud[i] = i % 2 == 0 ? 9'000 : -9'000;
    return write_wav(loud);
}

class RecordingsTest : public testing::Test {
protected:
    RecordingsTest() { digits("en-gb"); }
    void digits(const std::string& locale, std::size_t length = 800) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            length += 80;
            folder.write("r/" + locale + "/" + std::string(1, digit) + ".wav", wav(length));
        }
    }
    Result<Recordings> load() { return Recordings::load(folder.path("r")); }
    std::string refusal() {
        const auto loaded = load();
        if (loaded) return "";
        return loaded.error().detail;
    }
    static std::size_t length(const Recordings& recordings, const Piece& piece) {
        const Samples* clip = recordings.find(piece);
        return clip == nullptr ? 0 : clip->size();
    }

    testing_support::Scripts folder;
};

TEST_F(RecordingsTest, DigitsAndPhrasesAreFoundByTheirWords) {
    folder.write("r/en-gb/hello-your-acme-code-is.wav", wav(4'000));
    folder.write("r/ja-jp/コードは.wav", wav(4'800));
    digits("ja-jp");
    folder.write("r/en-gb/male/7.wav", wav(5'600));
    folder.write("r/README", "not a recording");
    const auto recordings = load();
    ASSERT_TRUE(recordings) << recordings.error().detail;
    EXPECT_EQ(length(*recordings, {"en-gb", Voice::female, "0"}), 880U);
    EXPECT_EQ(length(*recordings, {"en-gb", Voice::female, "Hello. Your ACME code is:"}), 4'000U);
    EXPECT_EQ(length(*recordings, {"ja-jp", Voice::female, "コードは"}), 4'800U);
    EXPECT_EQ(length(*recordings, {"en-gb", Voice::male, "7"}), 5'600U);
    EXPECT_EQ(length(*recordings, {"en-gb", Voice::male, "8"}), 1'520U) << "taken from above";
    EXPECT_EQ(length(*recordings, {"en-gb", Voice::female, "Hello. Your Other code is:"}), 0U);
    EXPECT_EQ(length(*recordings, {"de-de", Voice::female, "0"}), 0U);
}

TEST_F(RecordingsTest, ANameTellsAPhraseAndNoCharacterOfAPin) {
    EXPECT_EQ(Recordings::name_of({"en-gb", Voice::male, "I repeat, your code is:"}),
              "en-gb/i-repeat-your-code-is.wav");
    EXPECT_EQ(Recordings::name_of({"en-gb", Voice::male, "../../etc/passwd"}), "en-gb/etc-passwd.wav");
    EXPECT_EQ(Recordings::name_of({"en-gb", Voice::male, "7"}), "en-gb/?.wav");
}

TEST_F(RecordingsTest, WhatCannotBeUsedIsNamed) {
    EXPECT_EQ(refusal(), "");
    folder.write("r/en-gb/bad.wav", "hello");
    EXPECT_EQ(refusal(), "en-gb/bad.wav: not a WAV file");
    folder.write("r/en-gb/bad.wav", wav(800));
    folder.write("r/de-de/0.wav", wav(800));
    EXPECT_EQ(refusal(), folder.path("r") + "/de-de has no 1.wav");
    const auto none = Recordings::load(folder.path("none"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Errc::invalid_argument);
}

TEST_F(RecordingsTest, BytesFromElsewhereCanBeAdded) {
    Recordings recordings;
    ASSERT_TRUE(recordings.add("en-gb/3.wav", wav(2'400)));
    EXPECT_FALSE(recordings.add("en-gb/4.wav", "<html>not found</html>"));
    EXPECT_EQ(length(recordings, {"en-gb", Voice::female, "3"}), 2'400U);
    EXPECT_EQ(length(recordings, {"en-gb", Voice::female, "4"}), 0U);
}

}  // namespace
}  // namespace roger::voice
