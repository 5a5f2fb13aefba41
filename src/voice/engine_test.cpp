// The engines, and espeak-ng's voices.
#include "voice/engine.hpp"

#include <gtest/gtest.h>

#include "message/message.hpp"
#include "tests/support/real_time.hpp"
#include "tests/support/scripts.hpp"
#include "voice/espeak.hpp"
#include "voice/program.hpp"

namespace roger::voice {
namespace {

using testing_support::complete;
using verification::Voice;

class EngineTest : public testing::Test {
protected:
    Result<Samples> say(const EngineOptions& options, Piece piece) {
        auto engine = make_engine(io.get_executor(), options);
        if (!engine) return tl::unexpected<Error>(engine.error());
        auto said = complete(io, (*engine)->say(std::move(piece), clock.steady_now() + seconds(30)));
        complete(io, (*engine)->stop());
        return said;
    }
    EngineOptions command(const std::string& lines, std::vector<std::string> arguments = {}) {
        EngineOptions options{.kind = EngineKind::command};
        arguments.insert(arguments.begin(), scripts.script("engine", lines));
        options.command = std::move(arguments);
        return options;
    }
    /// A WAV file of so many loud samples.
    std::string sound(std::size_t samples) {
        Samples loud(samples);
        for (std::size_t i = 0; i < samples; ++i) loud[i] = i % 2 == 0 ? 9'000 : -9'000;
        return scripts.write("sound.wav", write_wav(loud));
    }

    testing_support::Scripts scripts;
    testing_support::RealClock clock;
    boost::asio::io_context io{1};
};

TEST_F(EngineTest, ACommandGetsTextVoiceAndLocaleAndItsSoundIsAClip) {
    sound(4'000);
    const auto options = command("cat >$DIR/text; echo \"$@\" >$DIR/arguments; cat $DIR/sound.wav",
                                 {"--voice=${voice}", "${locale}/${voice}/${locale}", "${text}"});
    const auto said = say(options, {"fr-ca", Voice::male, "Bonjour ${voice}"});
    ASSERT_TRUE(said);
    EXPECT_EQ(said->size(), 4'000U);
    EXPECT_EQ(scripts.read("text"), "Bonjour ${voice}");
    EXPECT_EQ(scripts.read("arguments"), "--voice=male fr-ca/male/fr-ca ${text}\n");
    ASSERT_TRUE(say(options, {"en-gb", Voice::female, "Hello"}));
    EXPECT_EQ(scripts.read("arguments"), "--voice=female en-gb/female/en-gb ${text}\n");
}

TEST_F(EngineTest, WhatIsNoSoundIsUnavailableAndTheTextIsNotInTheReason) {
    for (const auto* lines : {"cat", "head -c 100000 /dev/urandom", "printf RIFF", "cat /dev/zero", "exit 3"}) {
        const auto said = say(command(lines), {"en-gb", Voice::female, "the secret words"});
        ASSERT_FALSE(said) << lines;
        EXPECT_EQ(said.error().code, Errc::unavailable);
        EXPECT_EQ(said.error().detail.find("secret"), std::string::npos) << said.error().detail;
    }
}

TEST_F(EngineTest, AnEngineSaysWhatKeepsItFromSpeaking) {
    EXPECT_FALSE(make_engine(io.get_executor(), {.kind = EngineKind::command}));
    EXPECT_FALSE(make_engine(io.get_executor(), {.kind = EngineKind::recordings, .recordings = scripts.path("none")}));
    const auto missing = make_engine(io.get_executor(), {.kind = EngineKind::command, .command = {"/no/such"}});
    ASSERT_TRUE(missing);
    EXPECT_EQ((*missing)->trouble(), "/no/such is not installed, or may not be executed");
}

TEST(EspeakTest, NoDigitStandsAmongTheArguments) {
    for (const message::LocaleInfo& locale : message::locales()) {
        const auto command = espeak_command(locale.name, Voice::male);
        EXPECT_EQ(command, espeak_command(locale.name, Voice::male));
        EXPECT_EQ(command.front(), "espeak-ng");
        EXPECT_EQ(command[2].find('+'), std::string::npos);
        EXPECT_EQ(espeak_command(locale.name, Voice::female)[2], command[2] + "+f3");
    }
    EXPECT_EQ(espeak_command("xx-xx", Voice::male)[2], "en-us");
}

TEST(EspeakTest, SomeLanguagesNeedWordsForTheirDigits) {
    EXPECT_EQ(espeak_character("en-gb", "4"), "4");
    EXPECT_EQ(espeak_character("ja-jp", "1"), "1");
    EXPECT_EQ(espeak_character("ja-jp", "4"), "よん");
    EXPECT_EQ(espeak_character("fil-ph", "0"), "sero");
    EXPECT_EQ(espeak_character("fil-ph", "A"), "A");
}

// With the espeak-ng of this machine, where there is one.
TEST_F(EngineTest, EspeakSpeaksEveryLocaleInBothVoices) {
    if (!can_run("espeak-ng")) GTEST_SKIP() << "espeak-ng is not installed";
    for (const message::LocaleInfo& locale : message::locales()) {
        const auto zero = say({}, {std::string(locale.name), Voice::female, "0"});
        const auto seven = say({}, {std::string(locale.name), Voice::male, "7"});
        ASSERT_TRUE(zero && seven) << locale.name;
        EXPECT_GT(zero->size(), 800U) << locale.name;
        EXPECT_LT(zero->size(), 16'000U) << locale.name;
        EXPECT_NE(*zero, *seven) << locale.name;
    }
}

TEST_F(EngineTest, EspeaksTwoVoicesDiffer) {
    if (!can_run("espeak-ng")) GTEST_SKIP() << "espeak-ng is not installed";
    EXPECT_NE(*say({}, {"en-us", Voice::female, "Hello"}), *say({}, {"en-us", Voice::male, "Hello"}));
}

}  // namespace
}  // namespace roger::voice
