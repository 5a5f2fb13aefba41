#include "voice/speaker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/support/real_time.hpp"

namespace roger::voice {
namespace {

namespace asio = boost::asio;
using testing_support::complete;
using verification::Voice;

/// Says a phrase as 1,000 samples of its own value, a digit d as 100 samples of d + 1; counts what it was asked for.
class FakeEngine final : public Engine {
public:
    explicit FakeEngine(asio::any_io_executor executor) : gate(std::move(executor)) {
        gate.expires_at(SteadyTime::max());
    }

    asio::awaitable<Result<Samples>> say(Piece piece, SteadyTime /*deadline*/) override {
        ++asked[piece.locale + "/" + std::string(to_string(piece.voice)) + "/" + piece.text];
        if (hold) {
            boost::system::error_code ignored;
            co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        if (broken) co_return fail(Errc::unavailable, "the engine is broken");
        if (piece.text.size() == 1) co_return Samples(100, static_cast<std::int16_t>(piece.text[0] - '0' + 1));
        co_return Samples(1'000, 99);
    }
    asio::awaitable<void> stop() override {
        gate.cancel();
        co_return;
    }
    std::string trouble() const override { return ""; }
    [[nodiscard]] int pieces() const {
        int sum = 0;
        for (const auto& [piece, times] : asked) sum += times;
        return sum;
    }

    asio::steady_timer gate;
    bool hold = false;
    bool broken = false;
    std::map<std::string, int> asked;
};

/// Plays recording "d7" as 100 samples of 1007, and any other as 500 of 50.
class FakeMedia final : public Engine {
public:
    asio::awaitable<Result<Samples>> say(Piece piece, SteadyTime /*deadline*/) override {
        asked.push_back(piece.text);
        if (broken) co_return fail(Errc::unavailable, "the recording is gone");
        if (piece.text.size() == 2) co_return Samples(100, static_cast<std::int16_t>(1'000 + piece.text[1] - '0'));
        co_return Samples(500, 50);
    }
    asio::awaitable<void> stop() override { co_return; }
    std::string trouble() const override { return ""; }

    std::vector<std::string> asked;
    bool broken = false;
};

class SpeakerTest : public testing::Test {
protected:
    ~SpeakerTest() override { complete(io, speaker.stop()); }
    Result<std::shared_ptr<const Audio>> speak(const std::string& text,
                                               Voice voice = Voice::female,
                                               milliseconds limit = milliseconds(30'000)) {
        return complete(io, speaker.speak({"en-gb", voice, text}, clock.steady_now() + limit));
    }
    void settle() {
        io.restart();
        io.poll();
    }

    const std::string text = "Your code is: 1, 2, 3, 4. Again: 1, 2, 3, 4.";
    testing_support::RealClock clock;
    asio::io_context io{1};
    std::unique_ptr<FakeEngine> made = std::make_unique<FakeEngine>(io.get_executor());
    FakeEngine* engine = made.get();
    std::unique_ptr<FakeMedia> made_media = std::make_unique<FakeMedia>();
    FakeMedia* media = made_media.get();
    Speaker speaker{io.get_executor(), clock, std::move(made), std::move(made_media)};
};

TEST_F(SpeakerTest, AMessageIsItsPiecesWithPausesAndTellsWhereThePinWasSaid) {
    const auto audio = speak(text);
    ASSERT_TRUE(audio);
    Samples expected(800, 0);  // before the first word
    const auto put = [&](std::size_t pause, std::size_t length, std::int16_t value) {
        expected.insert(expected.end(), pause, 0);
        expected.insert(expected.end(), length, value);
    };
    put(0, 1'000, 99);
    std::size_t pin_end = 0;
    for (int time = 0; time < 2; ++time) {
        for (std::int16_t digit = 1; digit <= 4; ++digit) {
            put(digit == 1 ? 5'600 : 2'400, 100, static_cast<std::int16_t>(digit + 1));
        }
        if (time == 0) pin_end = expected.size();
        if (time == 0) put(5'600, 1'000, 99);
    }
    EXPECT_EQ((*audio)->samples, expected);
    EXPECT_EQ((*audio)->pin_spoken_at, pin_end);
}

TEST_F(SpeakerTest, APhraseAndADigitAreMadeOncePerVoice) {
    ASSERT_TRUE(speak(text));
    settle();
    EXPECT_EQ(engine->pieces(), 12) << "two phrases and, whatever the PIN, all ten digits";
    ASSERT_TRUE(speak("Your code is: 9, 9, 0, 7. Again: 9, 9, 0, 7."));
    settle();
    EXPECT_EQ(engine->pieces(), 12);
    ASSERT_TRUE(speak(text, Voice::male));
    settle();
    EXPECT_EQ(engine->pieces(), 24);
    for (const auto& [piece, times] : engine->asked) EXPECT_EQ(times, 1) << piece;
}

TEST_F(SpeakerTest, NoPinIsKept) {
    ASSERT_TRUE(speak(text));
    settle();
    const std::size_t kept = speaker.kept_bytes();
    ASSERT_TRUE(speak("The PIN 1234 is not spelt"));
    ASSERT_TRUE(speak("Your code is: a, b, 7, c. Again: a, b, 7, c."));
    settle();
    EXPECT_EQ(speaker.kept_bytes(), kept);
    for (const auto& [piece, times] : engine->asked) EXPECT_EQ(piece.find("1, 2"), std::string::npos);
    ASSERT_TRUE(speak("The PIN 1234 is not spelt"));
    EXPECT_EQ(engine->asked["en-gb/female/The PIN 1234 is not spelt"], 2);
}

TEST_F(SpeakerTest, CallersAtOnceWaitForTheSamePiece) {
    engine->hold = true;
    int answers = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(io, speaker.speak({"en-gb", Voice::female, text}, SteadyTime::max()),
                       [&](const std::exception_ptr&, const Result<std::shared_ptr<const Audio>>& got) {
                           answers += got ? 1 : 0;
                       });
    }
    settle();
    EXPECT_EQ(engine->pieces(), 12);
    EXPECT_EQ(answers, 0);
    engine->hold = false;
    engine->gate.cancel();
    while (answers < 20) io.run_one();
    EXPECT_EQ(engine->pieces(), 12);
}

TEST_F(SpeakerTest, ACallerLeavesAtItsDeadlineAndThePieceIsMadeAllTheSame) {
    engine->hold = true;
    const auto late = speak(text, Voice::female, milliseconds(50));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Errc::unavailable);
    engine->gate.cancel();
    settle();
    engine->hold = false;
    ASSERT_TRUE(speak(text));
    EXPECT_EQ(engine->pieces(), 12);
}

TEST_F(SpeakerTest, AFailureIsNotKept) {
    engine->broken = true;
    const auto failed = speak(text);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable);
    settle();
    EXPECT_EQ(speaker.kept_bytes(), 0U);
    engine->broken = false;
    EXPECT_TRUE(speak(text));
}

TEST_F(SpeakerTest, TextsOutOfRangeAreTheCallersFault) {
    EXPECT_EQ(speak("").error().code, Errc::invalid_argument);
    EXPECT_EQ(speak(std::string(3'000, 'x')).error().code, Errc::invalid_argument);
}

TEST_F(SpeakerTest, AfterTheStopNothingIsSaid) {
    complete(io, speaker.stop());
    EXPECT_EQ(speak(text).error().code, Errc::unavailable);
}

class SpeakerMediaTest : public SpeakerTest {
protected:
    SpeakerMediaTest() {
        for (char digit = '0'; digit <= '9'; ++digit) {
            own.emplace_back(std::string("digit_") + digit, std::string("d") + digit);
        }
    }
    Result<std::shared_ptr<const Audio>> play(const std::string& what) {
        Utterance utterance{.locale = "en-gb", .text = what, .media = own};
        return complete(io, speaker.speak(std::move(utterance), clock.steady_now() + seconds(30)));
    }
    std::vector<std::pair<std::string, std::string>> own;
};

TEST_F(SpeakerMediaTest, RecordingsTakeThePlaceOfTheWordsAndThePinStandsBetweenThem) {
    own.emplace_back("welcome_message", "welcome");
    own.emplace_back("bye_message", "bye");
    const auto audio = play(text);
    ASSERT_TRUE(audio);
    Samples expected(800, 0);
    expected.insert(expected.end(), 500, 50);
    for (std::int16_t digit = 1; digit <= 4; ++digit) {
        expected.insert(expected.end(), digit == 1 ? 5'600 : 2'400, 0);
        expected.insert(expected.end(), 100, static_cast<std::int16_t>(1'000 + digit));
    }
    const std::size_t pin_end = expected.size();
    expected.insert(expected.end(), 5'600, 0);
    expected.insert(expected.end(), 500, 50);
    EXPECT_EQ((*audio)->samples, expected);
    EXPECT_EQ((*audio)->pin_spoken_at, pin_end);
    EXPECT_EQ(engine->pieces(), 0);
    settle();
    EXPECT_EQ(media->asked.size(), 12U) << "and, whatever the PIN, every digit";
    ASSERT_TRUE(play("Your code is: 9, 9, 0, 7."));
    settle();
    EXPECT_EQ(media->asked.size(), 12U);
}

TEST_F(SpeakerMediaTest, TheWordsAreSpokenWhenTheRecordingsCannotBe) {
    const auto spoken = speak(text);
    const auto with_letters = speak("Your code is: a, 2, 3, 4.");
    EXPECT_EQ((*play("Your code is: a, 2, 3, 4."))->samples, (*with_letters)->samples) << "no recording of a letter";
    EXPECT_TRUE(media->asked.empty());
    media->broken = true;
    EXPECT_EQ((*play(text))->samples, (*spoken)->samples);
    EXPECT_FALSE(media->asked.empty());
    media->broken = false;
    EXPECT_NE((*play(text))->samples, (*spoken)->samples);
}

TEST(SpeakerBoundTest, WhatIsKeptIsBoundedAndTheOldestGoes) {
    asio::io_context io{1};
    testing_support::RealClock clock;
    auto made = std::make_unique<FakeEngine>(io.get_executor());
    FakeEngine* engine = made.get();
    Speaker speaker(io.get_executor(), clock, std::move(made), nullptr, 20'000);
    const auto say = [&](const std::string& phrase) {
        ASSERT_TRUE(complete(io, speaker.speak({"en-gb", Voice::female, phrase + ": 1, 2, 3, 4"}, SteadyTime::max())));
        io.restart();
        io.poll();
    };
    for (int i = 0; i < 100; ++i) {
        say("phrase " + std::to_string(i));
        ASSERT_LE(speaker.kept_bytes(), 20'000U);
    }
    say("phrase 99");
    EXPECT_EQ(engine->asked["en-gb/female/phrase 99:"], 1);
    EXPECT_EQ(engine->asked["en-gb/female/1"], 1) << "what is used stays";
    say("phrase 0");
    EXPECT_EQ(engine->asked["en-gb/female/phrase 0:"], 2);
    complete(io, speaker.stop());
}

}  // namespace
}  // namespace roger::voice
