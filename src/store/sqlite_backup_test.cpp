#include "store/sqlite_backup.hpp"

#include <sys/stat.h>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/sqlite.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::store::contract {
namespace {

namespace fs = std::filesystem;

class SqliteBackupTest : public testing::Test {
protected:
    [[nodiscard]] std::string file(const char* name) const { return (directory.path() / name).string(); }
    std::unique_ptr<Store> open(const char* name) {
        auto store = open_sqlite({.path = file(name), .clock = clock});
        EXPECT_TRUE(store) << store.error().detail;
        return store ? std::move(*store) : nullptr;
    }
    static std::size_t count(const Store& store) { return store.read({.limit = 200})->size(); }

    testing_support::TempDirectory directory;
    testing_support::FakeClock clock;
};

const auto silent = [](std::int64_t) {};

TEST_F(SqliteBackupTest, TheCopyHasWhatWasCommittedAndTheOriginalGoesOn) {
    const auto store = open("roger.db");
    ASSERT_TRUE(save(*store, {live_row(1), ended_row(2), live_row(3)}));
    const auto copied = back_up(file("roger.db"), file("copy.db"), silent);
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(copied->requests, 3);
    EXPECT_EQ(copied->bytes, static_cast<std::int64_t>(fs::file_size(file("copy.db"))));
    ASSERT_TRUE(save(*store, {ended_row(1)}));

    const auto copy = open("copy.db");
    EXPECT_EQ(copy->live(), 2U);
    EXPECT_EQ(load(*copy, {.live = {key(1)}}).rows.at(key(1)), live_row(1));
    EXPECT_EQ(store->live(), 1U);
}

// Rows 2n and 2n+1 are always written together: a copy that has one of them only was made of two moments.
TEST_F(SqliteBackupTest, ACopyMadeUnderLoadIsOfOneMoment) {
    const auto store = open("roger.db");
    std::atomic<bool> stop = false;
    std::atomic<int> pairs = 0;
    std::thread load([&] {
        while (!stop) {
            const int n = ++pairs;
            EXPECT_TRUE(save(*store, {live_row(2 * n), ended_row(2 * n + 1)}));
        }
    });
    for (int round = 0; round < 5; ++round) {
        const int before = pairs;
        while (pairs < before + 5) std::this_thread::yield();
        const std::string to = file(("copy" + std::to_string(round)).c_str());
        const auto copied = back_up(file("roger.db"), to, silent);
        EXPECT_TRUE(copied) << copied.error().detail;
        if (copied) EXPECT_EQ(copied->requests % 2, 0);
    }
    stop = true;
    load.join();
    const auto copy = open("copy4");
    EXPECT_EQ(copy->live() * 2, static_cast<std::size_t>(back_up(file("copy4"), file("count"), silent)->requests));
}

TEST_F(SqliteBackupTest, OnlyItsOwnerMayReadIt) {
    const mode_t mask = ::umask(0);
    (void)open("roger.db");
    ASSERT_TRUE(back_up(file("roger.db"), file("copy.db"), silent));
    ::umask(mask);
    EXPECT_EQ(fs::status(file("copy.db")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SqliteBackupTest, WhatCannotBeCopiedIsSaidAndLeavesNothing) {
    EXPECT_EQ(back_up(file("none.db"), file("copy.db"), silent).error().code, Errc::not_found);
    std::ofstream(file("garbage.db")) << std::string(10'000, 'x');
    EXPECT_FALSE(back_up(file("garbage.db"), file("copy.db"), silent));
    (void)open("roger.db");
    EXPECT_FALSE(back_up(file("roger.db"), file("no/such/directory"), silent));
    EXPECT_FALSE(fs::exists(file("copy.db")));

    std::ofstream(file("taken")) << "mine";
    EXPECT_EQ(back_up(file("roger.db"), file("taken"), silent).error().code, Errc::blocked);
    EXPECT_EQ(fs::file_size(file("taken")), 4U);
}

}  // namespace
}  // namespace roger::store::contract
