#include "verification/workflow.hpp"

#include <gtest/gtest.h>

namespace roger::verification {
namespace {

TEST(WorkflowTest, BothTimesThatDoNotDivideGiveTheWaitToThePin) {
    EXPECT_EQ(make_plan(1, seconds(300), seconds(100)).pin_expiry, seconds(300));
    EXPECT_EQ(make_plan(1, seconds(300), seconds(110)).pin_expiry, seconds(110));
    EXPECT_EQ(make_plan(1, seconds(60), seconds(900)).pin_expiry, seconds(900));
    EXPECT_EQ(make_plan(1, seconds(3600), {}).pin_expiry, seconds(3600));
    EXPECT_EQ(make_plan(1, {}, seconds(110)).pin_expiry, seconds(300)) << "under 300 the default stays";
    EXPECT_EQ(make_plan(1, {}, seconds(301)).pin_expiry, seconds(301));
}

TEST(WorkflowTest, OneEventWorkflowsWaitAsLongAsThePinLives) {
    const Plan plan = make_plan(6, seconds(600), seconds(60));
    EXPECT_EQ(wait_after(plan, 0), seconds(600));
    EXPECT_EQ(wait_after(make_plan(1, seconds(600), seconds(60)), 0), seconds(60));
}

}  // namespace
}  // namespace roger::verification
