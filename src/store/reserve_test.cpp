#include "store/reserve.hpp"

#include <sys/stat.h>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_directory.hpp"

namespace roger::store {
namespace {

namespace fs = std::filesystem;

TEST(ReserveTest, ItsSizeFollowsTheFileSystem) {
    EXPECT_EQ(reserve_bytes(0), 0);
    EXPECT_EQ(reserve_bytes((4 << 20) - 1), 0);
    EXPECT_EQ(reserve_bytes(4 << 20), 256 << 10);
    EXPECT_EQ(reserve_bytes(16 << 20), 1 << 20);
    EXPECT_EQ(reserve_bytes(256 << 20), 16 << 20);
    EXPECT_EQ(reserve_bytes(std::int64_t{1} << 40), 16 << 20);
}

TEST(ReserveTest, ItIsAllocatedGivenUpOnceAndMadeAgain) {
    const testing_support::TempDirectory directory;
    const std::string path = (directory.path() / "reserve").string();
    const Reserve reserve(path);
    EXPECT_FALSE(reserve.give_up()) << "there is none yet";
    const std::int64_t bytes = reserve.missing();
    ASSERT_GT(bytes, 0);
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(reserve.make());
        ASSERT_TRUE(reserve.make()) << "it is there";
        EXPECT_EQ(reserve.missing(), 0);
        struct stat file{};
        ASSERT_EQ(::stat(path.c_str(), &file), 0);
        EXPECT_EQ(file.st_size, bytes);
        EXPECT_GE(file.st_blocks * 512, bytes) << "not only promised";
        EXPECT_EQ(file.st_mode & 0777U, 0600U);
        EXPECT_TRUE(reserve.give_up());
        EXPECT_FALSE(reserve.give_up());
        EXPECT_EQ(reserve.missing(), bytes);
    }
}

TEST(ReserveTest, OneThatWasCutShortIsMadeWhole) {
    const testing_support::TempDirectory directory;
    const std::string path = (directory.path() / "reserve").string();
    const Reserve reserve(path);
    ASSERT_TRUE(reserve.make());
    fs::resize_file(path, 1000);
    EXPECT_GT(reserve.missing(), 0);
    ASSERT_TRUE(reserve.make());
    EXPECT_EQ(reserve.missing(), 0);
}

TEST(ReserveTest, WhereItCannotBeMadeThereIsASentence) {
    const testing_support::TempDirectory directory;
    const std::string path = (directory.path() / "reserve").string();
    fs::create_directory(path);
    const Reserve reserve(path);
    const auto made = reserve.make();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::unavailable);
    EXPECT_NE(made.error().detail.find(path), std::string::npos) << made.error().detail;
}

TEST(ReserveTest, WithoutAPathThereIsNone) {
    const Reserve none("");
    EXPECT_EQ(none.missing(), 0);
    EXPECT_TRUE(none.make());
    EXPECT_FALSE(none.give_up());
}

}  // namespace
}  // namespace roger::store
