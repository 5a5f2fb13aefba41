#include "store/start_times.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "guard/guard.hpp"

namespace roger::store {
namespace {

using std::chrono::hours;

const TimePoint t0{seconds(1'800'000'000)};
constexpr const char* number = "447700900001";

TEST(StartTimesTest, RemembersTheStartsOfADay) {
    StartTimes starts;
    EXPECT_TRUE(starts.of(number).empty());
    starts.add(StartTimes::key_of(number), t0);
    starts.add(StartTimes::key_of("1"), t0 + hours(1));
    starts.add(StartTimes::key_of(number), t0 + hours(2));
    EXPECT_EQ(starts.of(number), (std::vector<TimePoint>{t0, t0 + hours(2)}));
    starts.add(StartTimes::key_of("1"), t0 + hours(24));
    EXPECT_EQ(starts.of(number), std::vector<TimePoint>{t0 + hours(2)});
    EXPECT_EQ(starts.size(), 3U);
    starts.add(StartTimes::key_of("2"), t0 + hours(100));
    EXPECT_TRUE(starts.of(number).empty());
    EXPECT_EQ(starts.size(), 1U);
}

TEST(StartTimesTest, TellsNumbersApartAndTakesAnyText) {
    EXPECT_EQ(StartTimes::key_of("447700900001"), 447700900001U);
    EXPECT_NE(StartTimes::key_of("44x"), StartTimes::key_of("44"));
    EXPECT_NE(StartTimes::key_of(""), StartTimes::key_of("0"));
}

TEST(StartTimesTest, KnowsWhoIsBlockedForLong) {
    StartTimes starts;
    for (int i = 0; i < 4; ++i) starts.add(StartTimes::key_of(number), t0 + std::chrono::minutes(i));
    EXPECT_TRUE(starts.blocked(t0 + std::chrono::minutes(4)).empty());
    starts.add(StartTimes::key_of(number), t0 + std::chrono::minutes(4));
    EXPECT_EQ(starts.blocked(t0 + std::chrono::minutes(5)), std::vector<std::string>{number});
    EXPECT_TRUE(starts.blocked(t0 + hours(1)).empty());
}

/// As if every start were kept and looked at.
RC_GTEST_PROP(StartTimesProperty,
              AgreesWithAPlainList,
              (const std::vector<std::pair<std::uint8_t, std::uint16_t>>& all)) {
    StartTimes starts;
    std::vector<std::pair<std::uint64_t, TimePoint>> plain;
    TimePoint now = t0;
    for (const auto& [who, pause] : all) {
        now += seconds(pause);
        starts.add(who % 8, now);
        plain.emplace_back(who % 8, now);
    }
    for (std::uint64_t who = 0; who < 8; ++who) {
        std::vector<TimePoint> expected;
        for (const auto& [number, at] : plain) {
            if (number == who && at > now - guard::starts_kept) expected.push_back(at);
        }
        if (expected.size() > guard::starts_max) {
            expected.erase(expected.begin(), expected.end() - static_cast<std::ptrdiff_t>(guard::starts_max));
        }
        RC_ASSERT(starts.of(std::to_string(who)) == expected);
    }
}

}  // namespace
}  // namespace roger::store
