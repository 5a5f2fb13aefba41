#include "channel/breaker.hpp"

#include <gtest/gtest.h>

namespace roger::channel {
namespace {

constexpr SteadyTime t0{seconds(1000)};

TEST(BreakerTest, OpensAfterFailuresInARowAndLetsOneTryAgain) {
    Breaker breaker;
    for (unsigned i = 1; i < Breaker::failures_max; ++i) {
        EXPECT_FALSE(breaker.failed(t0));
        EXPECT_TRUE(breaker.closed(t0));
    }
    EXPECT_TRUE(breaker.failed(t0));
    EXPECT_FALSE(breaker.closed(t0));
    EXPECT_FALSE(breaker.failed(t0 + seconds(1))) << "a call that was under way";
    EXPECT_FALSE(breaker.closed(t0 + Breaker::open_for - milliseconds(1)));
    EXPECT_TRUE(breaker.closed(t0 + Breaker::open_for));
    EXPECT_TRUE(breaker.failed(t0 + Breaker::open_for)) << "the first failure opens it again";
    EXPECT_FALSE(breaker.closed(t0 + Breaker::open_for));
}

TEST(BreakerTest, OneThatWorksForgetsTheFailuresBefore) {
    Breaker breaker;
    for (unsigned i = 1; i < Breaker::failures_max; ++i) breaker.failed(t0);
    breaker.worked();
    for (unsigned i = 1; i < Breaker::failures_max; ++i) EXPECT_FALSE(breaker.failed(t0));
    EXPECT_TRUE(breaker.failed(t0));
    breaker.worked();
    EXPECT_TRUE(breaker.closed(t0));
}

}  // namespace
}  // namespace roger::channel
