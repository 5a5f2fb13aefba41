#include "smpp/back_off.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace roger::smpp {
namespace {

constexpr Timing timing;

TEST(BackOffTest, WaitsLongerWithEachFailureUpToTheLimit) {
    testing_support::SeededRandom random;
    BackOff back_off(timing, 1, 0);
    for (const int longest : {1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000, 30'000}) {
        const milliseconds wait = back_off.after(Ended::unreachable, random.next_u64());
        EXPECT_LE(wait.count(), longest);
        EXPECT_GE(wait.count(), longest / 2);
    }
    for (int n = 0; n < 100; ++n) {
        EXPECT_LE(back_off.after(Ended::unreachable, random.next_u64()), timing.back_off_max);
    }
}

TEST(BackOffTest, ABindThatWasUpComesBackWithinASecond) {
    testing_support::SeededRandom random;
    BackOff back_off(timing, 1, 0);
    for (int n = 0; n < 10; ++n) (void)back_off.after(Ended::unreachable, random.next_u64());
    EXPECT_LE(back_off.after(Ended::after_bound, random.next_u64()), seconds(1));
}

TEST(BackOffTest, WaitsAreSpread) {
    testing_support::SeededRandom random;
    std::set<milliseconds> waits;
    for (int n = 0; n < 50; ++n) {
        BackOff back_off(timing, 1, 0);
        waits.insert(back_off.after(Ended::unreachable, random.next_u64()));
    }
    EXPECT_GT(waits.size(), 20U);
}

TEST(BackOffTest, EveryHostIsTriedBeforeTheFirstWait) {
    BackOff back_off(timing, 3, 1);
    EXPECT_EQ(back_off.host(), 1U);
    EXPECT_LE(back_off.after(Ended::unreachable, 77), milliseconds(100));
    EXPECT_EQ(back_off.host(), 2U);
    EXPECT_LE(back_off.after(Ended::unreachable, 77), milliseconds(100));
    EXPECT_EQ(back_off.host(), 0U);
    EXPECT_GE(back_off.after(Ended::unreachable, 77), milliseconds(500));
    EXPECT_EQ(back_off.host(), 1U);
}

TEST(BackOffTest, ALostBindGoesToTheNextHostAtOnce) {
    BackOff back_off(timing, 2, 0);
    EXPECT_LE(back_off.after(Ended::after_bound, 99), milliseconds(100));
    EXPECT_EQ(back_off.host(), 1U);
}

TEST(BackOffTest, WrongCredentialsAreNotTriedAgainSoonNorElsewhere) {
    testing_support::SeededRandom random;
    BackOff back_off(timing, 2, 0);
    for (int n = 0; n < 20; ++n) {
        const milliseconds wait = back_off.after(Ended::credentials, random.next_u64());
        EXPECT_GE(wait, seconds(60));
        EXPECT_LE(wait, seconds(90));
        EXPECT_EQ(back_off.host(), 0U);
    }
}

TEST(BackOffTest, AHangingSessionIsGivenTime) {
    testing_support::SeededRandom random;
    BackOff back_off(timing, 1, 0);
    for (int n = 0; n < 20; ++n) {
        const milliseconds wait = back_off.after(Ended::already_bound, random.next_u64());
        EXPECT_GE(wait, seconds(15));
        EXPECT_LE(wait, seconds(30));
    }
}

TEST(BackOffTest, StatusesOfABindAreSorted) {
    EXPECT_EQ(ended_by(pdu::BindError::credentials), Ended::credentials);
    EXPECT_EQ(ended_by(pdu::BindError::already_bound), Ended::already_bound);
    EXPECT_EQ(ended_by(pdu::BindError::transient), Ended::unreachable);
}

}  // namespace
}  // namespace roger::smpp
