#include "guard/reason.hpp"

#include <gtest/gtest.h>

namespace roger::guard {
namespace {

TEST(ReasonTest, SaysWhatIsKnown) {
    Reason reason{.rule = "demo", .scope = "account"};
    EXPECT_EQ(to_header(reason), "rule=demo; scope=account");
    reason.seen = 3;
    reason.limit = 2;
    reason.until = TimePoint(seconds(1'800'000'000));
    EXPECT_EQ(to_header(reason), "rule=demo; scope=account; seen=3; limit=2; until=2027-01-15T08:00:00.000Z");
}

TEST(ReasonTest, OfOtherAccountsAClientLearnsNothing) {
    const Reason reason{.rule = "number-window",
                        .scope = "number",
                        .seen = 5,
                        .limit = 5,
                        .until = TimePoint(seconds(1'800'000'000)),
                        .over_all_accounts = true};
    EXPECT_EQ(to_header(reason), "rule=number-window; until=2027-01-15T08:00:00.000Z");
    EXPECT_EQ(to_text(reason), "rule=number-window; scope=number; seen=5; limit=5; until=2027-01-15T08:00:00.000Z");
}

}  // namespace
}  // namespace roger::guard
