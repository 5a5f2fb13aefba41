#include "smpp/pace.hpp"

#include <gtest/gtest.h>

namespace roger::smpp {
namespace {

constexpr Pace::Pauses pauses{.min = milliseconds(500), .max = milliseconds(2'000)};
const SteadyTime start{std::chrono::hours(1)};

/// How many may go from `from` until `to`, looking every millisecond.
int sent_between(Pace& pace, SteadyTime from, SteadyTime to) {
    int sent = 0;
    for (SteadyTime now = from; now < to; now += milliseconds(1)) {
        while (pace.ready_at() <= now) {
            pace.take(now);
            ++sent;
        }
    }
    return sent;
}

TEST(PaceTest, SendsTheConfiguredRateAndASmallBurst) {
    Pace pace(100, pauses);
    EXPECT_EQ(sent_between(pace, start, start + milliseconds(1)),
              11);  // a tenth of a second's worth, and the one due now
    EXPECT_EQ(sent_between(pace, start + milliseconds(1), start + seconds(10)), 999);
}

TEST(PaceTest, IdleTimeIsNotSavedUp) {
    Pace pace(100, pauses);
    EXPECT_EQ(sent_between(pace, start + seconds(60), start + seconds(60) + milliseconds(1)), 11);
}

TEST(PaceTest, ARateBelowTheBurstStillSends) {
    Pace pace(1, pauses);
    const int sent = sent_between(pace, start, start + seconds(10));
    EXPECT_GE(sent, 10);
    EXPECT_LE(sent, 11);
}

TEST(PaceTest, ThrottledPausesTheBind) {
    Pace pace(100, pauses);
    pace.take(start);
    pace.throttled(start);
    EXPECT_EQ(pace.ready_at(), start + milliseconds(500));
    // The rest of the window is refused too: the same event.
    pace.throttled(start + milliseconds(10));
    EXPECT_EQ(pace.ready_at(), start + milliseconds(500));
    EXPECT_EQ(pace.rate(), 50);
}

TEST(PaceTest, PausesDoubleUntilSomethingIsAccepted) {
    Pace pace(100, pauses);
    SteadyTime now = start;
    for (const int pause : {500, 1'000, 2'000, 2'000}) {
        pace.throttled(now);
        EXPECT_EQ(pace.ready_at() - now, milliseconds(pause));
        now = pace.ready_at();
    }
    pace.accepted();
    pace.throttled(now);
    EXPECT_EQ(pace.ready_at() - now, milliseconds(500));
}

TEST(PaceTest, TheRateIsHalvedAndGrowsBack) {
    Pace pace(100, pauses);
    pace.throttled(start);
    EXPECT_EQ(pace.rate(), 50);
    const SteadyTime resumed = pace.ready_at();
    const int first_second = sent_between(pace, resumed, resumed + seconds(1));
    EXPECT_GE(first_second, 50);
    EXPECT_LE(first_second, 61);  // 50 growing to 55, and the burst
    sent_between(pace, resumed + seconds(1), resumed + seconds(10));
    EXPECT_NEAR(pace.rate(), 100, 1);
}

TEST(PaceTest, ThePeerCannotStopItForGood) {
    Pace pace(100, pauses);
    SteadyTime now = start;
    for (int n = 0; n < 100; ++n) {
        pace.throttled(now);
        now = pace.ready_at();
    }
    EXPECT_EQ(pace.rate(), 1);
    EXPECT_GT(sent_between(pace, now, now + seconds(2)), 0);
}

TEST(PaceTest, WithoutALimitOnlyPausesCount) {
    Pace pace(0, pauses);
    for (int n = 0; n < 10'000; ++n) {
        ASSERT_LE(pace.ready_at(), start);
        pace.take(start);
    }
    pace.throttled(start);
    EXPECT_EQ(pace.ready_at(), start + milliseconds(500));
}

}  // namespace
}  // namespace roger::smpp
