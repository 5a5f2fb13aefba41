#include "alert/silence.hpp"

#include <gtest/gtest.h>

namespace roger::alert {
namespace {

constexpr seconds patience{900};

class SilenceTest : public testing::Test {
protected:
    void accept(unsigned times) {
        for (unsigned i = 0; i < times; ++i) silence.accepted(now);
    }
    void answer(unsigned times) {
        for (unsigned i = 0; i < times; ++i) silence.receipt();
    }
    bool silent_after(seconds later) { return silence.is_silent(now + later, patience); }

    Silence silence;
    SteadyTime now{};
};

TEST_F(SilenceTest, ARouteWhoseReceiptsStopIsSilentWhenItsPatienceIsOver) {
    answer(10);
    accept(10);
    EXPECT_FALSE(silent_after(seconds(899)));
    EXPECT_TRUE(silent_after(seconds(900)));
    accept(1'000);
    EXPECT_TRUE(silent_after(seconds(900))) << "the first one counts";
    answer(1);
    EXPECT_FALSE(silent_after(seconds(9'000)));
}

TEST_F(SilenceTest, ARouteThatGivesNoReceiptsIsNotSilent) {
    accept(1'000);
    EXPECT_FALSE(silent_after(seconds(9'000)));
    answer(9);
    accept(1'000);
    EXPECT_FALSE(silent_after(seconds(9'000))) << "that few may have been another's";
}

TEST_F(SilenceTest, FewMessagesAreNoProof) {
    answer(10);
    accept(9);
    EXPECT_FALSE(silent_after(seconds(90'000)));
    accept(1);
    EXPECT_TRUE(silent_after(seconds(90'000)));
}

}  // namespace
}  // namespace roger::alert
