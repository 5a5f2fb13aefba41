#include "app/disk.hpp"

#include <gtest/gtest.h>

namespace roger::app {
namespace {

constexpr std::uint64_t gigabyte = 1'000'000'000;

TEST(DiskTest, UnderAGibibyteOrATwentiethIsShort) {
    EXPECT_TRUE(is_short({.free = gigabyte, .all = 2 * gigabyte}));
    EXPECT_FALSE(is_short({.free = 2 * gigabyte, .all = 20 * gigabyte}));
    EXPECT_TRUE(is_short({.free = 49 * gigabyte, .all = 1'000 * gigabyte}));
    EXPECT_FALSE(is_short({.free = 51 * gigabyte, .all = 1'000 * gigabyte}));
}

TEST(DiskTest, AtTheEdgeItDoesNotComeAndGo) {
    const DiskSpace edge{.free = 51 * gigabyte, .all = 1'000 * gigabyte};
    EXPECT_FALSE(is_short(edge, false));
    EXPECT_TRUE(is_short(edge, true));
    EXPECT_FALSE(is_short({.free = 56 * gigabyte, .all = 1'000 * gigabyte}, true));
}

TEST(DiskTest, TheRoomOfADirectoryIsFound) {
    const auto space = disk_space("/");
    ASSERT_TRUE(space);
    EXPECT_LE(space->free, space->all);
    EXPECT_GT(space->all, 0U);
    EXPECT_FALSE(disk_space("/nowhere/at/all"));
    EXPECT_EQ(describe({.free = 1'234'000'000, .all = 10 * gigabyte}, "/data"), "1.2 GB (12 %) free at /data");
}

}  // namespace
}  // namespace roger::app
