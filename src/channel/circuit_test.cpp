#include "channel/circuit.hpp"

#include <gtest/gtest.h>

namespace roger::channel {
namespace {

constexpr SteadyTime t0{seconds(1'000)};

void fail(Circuit& circuit, SteadyTime now, unsigned times = 1) {
    for (unsigned i = 0; i < times; ++i) {
        circuit.begin();
        circuit.failed(now);
    }
}

TEST(CircuitTest, OpensAfterFiveFailuresInARow) {
    Circuit circuit;
    fail(circuit, t0, 4);
    circuit.succeeded();
    fail(circuit, t0, 4);
    EXPECT_TRUE(circuit.admits(t0));
    fail(circuit, t0);
    EXPECT_FALSE(circuit.admits(t0));
    EXPECT_FALSE(circuit.admits(t0 + milliseconds(999)));
    EXPECT_TRUE(circuit.admits(t0 + seconds(1)));
}

TEST(CircuitTest, HalfOpenAdmitsOneAttempt) {
    Circuit circuit;
    fail(circuit, t0, 5);
    const SteadyTime later = t0 + seconds(1);
    circuit.begin();
    EXPECT_FALSE(circuit.admits(later));
    circuit.succeeded();
    EXPECT_TRUE(circuit.admits(later));
    fail(circuit, later, 4);
    EXPECT_TRUE(circuit.admits(later)) << "a success begins anew";
}

TEST(CircuitTest, RestsLongerEachTimeUpToHalfAMinute) {
    Circuit circuit;
    fail(circuit, t0, 5);
    SteadyTime now = t0;
    for (const seconds pause :
         {seconds(1), seconds(2), seconds(4), seconds(8), seconds(16), seconds(30), seconds(30)}) {
        EXPECT_FALSE(circuit.admits(now + pause - milliseconds(1))) << pause.count();
        now += pause;
        EXPECT_TRUE(circuit.admits(now));
        fail(circuit, now);
    }
}

TEST(CircuitTest, FailuresOfAttemptsThatWereUnderWayDoNotAddUp) {
    Circuit circuit;
    for (int i = 0; i < 1'000; ++i) circuit.begin();
    for (int i = 0; i < 1'000; ++i) circuit.failed(t0);
    EXPECT_TRUE(circuit.admits(t0 + seconds(1)));
}

}  // namespace
}  // namespace roger::channel
