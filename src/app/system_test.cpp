#include "app/system.hpp"

#include <sys/resource.h>
#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace roger::app {
namespace {

constexpr std::chrono::hours day{24};

TEST(SystemClockTest, ServiceTimeStartsAsWallTimeAndNeverGoesBack) {
    const SystemClock clock;
    EXPECT_LT(std::chrono::abs(clock.service_now() - clock.wall_now()), seconds(10));
    TimePoint last = clock.service_now();
    for (int i = 0; i < 100'000; ++i) {
        const TimePoint now = clock.service_now();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST(SystemClockTest, FrozenTimeStandsStill) {
    SystemClock clock;
    const TimePoint at = clock.service_now() + day;
    clock.freeze(at);
    const SteadyTime began = clock.steady_now();
    while (clock.steady_now() - began < milliseconds(3)) ASSERT_EQ(clock.service_now(), at);
    clock.freeze(at + seconds(1));
    EXPECT_EQ(clock.service_now(), at + seconds(1));
    EXPECT_LT(clock.wall_now(), at) << "wall time goes on";
}

TEST(SystemClockTest, AnOffsetLetsItRunOnFromThereAndNotBefore) {
    SystemClock clock;
    const TimePoint target = clock.service_now() + day;
    clock.freeze(target);
    clock.set_offset(clock.offset_for(target));
    const TimePoint now = clock.service_now();
    EXPECT_GE(now, target);
    EXPECT_LT(now, target + seconds(10));
    while (clock.service_now() == now) {
    }
    EXPECT_GT(clock.service_now(), now);
}

TEST(SystemClockTest, AStoredOffsetMovesTheNextProcessAsFar) {
    SystemClock first;
    const milliseconds offset = first.offset_for(first.service_now() + 3 * day);
    SystemClock second;
    second.set_offset(offset);
    const auto ahead = second.service_now() - second.wall_now();
    EXPECT_LT(std::chrono::abs(ahead - 3 * day), seconds(10));
    EXPECT_LE(std::chrono::abs(offset - 3 * day), milliseconds(1000));
}

TEST(DescriptorLimitTest, IsRaisedToWhatTheUserMayHave) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit low = before;
    low.rlim_cur = std::min<rlim_t>(before.rlim_max, 200);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);
    rlimit after{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(SystemRandomTest, NoTwoDrawsAreAlike) {
    SystemRandom random;
    std::set<std::vector<std::byte>> seen;
    for (int i = 0; i < 2000; ++i) {  // several blocks of the pool
        std::vector<std::byte> drawn(16);
        random.fill(drawn);
        EXPECT_TRUE(seen.insert(drawn).second);
    }
    for (const std::size_t size : {std::size_t{1024}, std::size_t{1025}, std::size_t{10'000}}) {
        std::vector<std::byte> drawn(size);
        random.fill(drawn);
        const std::set<std::byte> values(drawn.begin(), drawn.end());
        EXPECT_GT(values.size(), 200U) << size;
    }
    random.fill({});
}

}  // namespace
}  // namespace roger::app
