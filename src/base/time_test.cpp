#include "base/time.hpp"

#include <gtest/gtest.h>

namespace roger {
namespace {

TEST(TimeTest, WritesBothForms) {
    const TimePoint time{milliseconds(1'767'323'045'678)};
    EXPECT_EQ(to_rfc3339(time), "2026-01-02T03:04:05.678Z");
    EXPECT_EQ(to_v1_date(time), "2026-01-02 03:04:05");
    EXPECT_EQ(to_rfc3339(TimePoint{}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.678Z"), time);
}

TEST(TimeTest, RefusesOtherForms) {
    for (const auto* text : {"", "2026-01-02", "2026-01-02T03:04:05Z", "2026-13-02T03:04:05.678Z",
                             "2026-02-30T03:04:05.678Z", "2026-01-02T24:04:05.678Z", "2026-01-02 03:04:05.678Z",
                             "2026-01-02T03:04:05.678z", "-026-01-02T03:04:05.678Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace roger
