// What the store says and keeps when the disk fails: every write and every sync of a commit fails once.
#include <filesystem>
#include <thread>

#include "store/sqlite.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::store::contract {
namespace {

namespace fs = std::filesystem;
using testing_support::DiskFault;
using testing_support::FakeClock;
using testing_support::FaultVfs;
using testing_support::TempDirectory;

class SqliteFaultTest : public testing::Test {
protected:
    std::unique_ptr<Store> open(const std::string& file, std::int64_t checkpoint_pages = 1'000'000) {
        auto store = open_sqlite({.path = (directory.path() / file).string(),
                                  .clock = clock,
                                  .checkpoint_pages = checkpoint_pages,
                                  .vfs = FaultVfs::name});
        EXPECT_TRUE(store) << store.error().detail;
        return store ? std::move(*store) : nullptr;
    }
    /// As after a power cut, or (suffix "") after the process alone was killed.
    std::unique_ptr<Store> open_copy(const std::string& file, const std::string& suffix) {
        const std::string copy = "copy-" + file;
        for (const char* part : {"", "-wal"}) {
            fs::remove(directory.path() / (copy + part));
            const fs::path from = directory.path() / (file + part + suffix);
            if (fs::exists(from)) fs::copy_file(from, directory.path() / (copy + part));
        }
        return open(copy);
    }
    /// The row 1 has ended exactly if the row 2 is there. @return whether both happened
    static bool happened(Store& store) {
        const Loaded found = load(store, {.any = {key(1), key(2)}});
        EXPECT_TRUE(found.rows.contains(key(1)));
        const bool ended = found.rows.at(key(1)) == ended_row(1);
        EXPECT_TRUE(ended || found.rows.at(key(1)) == live_row(1));
        EXPECT_EQ(ended, found.rows.contains(key(2)));
        return ended;
    }

    /// One commit whose Nth operation fails, or so many from there on. @return false once nothing is left to fail
    bool commit_with_fault(DiskFault fault, int nth, int count, Errc expected) {
        const std::string file = "db" + std::to_string(nth);
        auto store = open(file);
        EXPECT_TRUE(save(*store, {live_row(1)}));
        vfs.arm(fault, nth, count);
        const auto done = save(*store, {ended_row(1), live_row(2)});
        vfs.disarm();
        if (done) {
            EXPECT_TRUE(happened(*open_copy(file, ".synced")));
            return false;
        }
        EXPECT_EQ(done.error().code, expected) << done.error().detail;
        EXPECT_EQ(store->live(), 1U);
        if (done.error().code == Errc::unavailable) {
            EXPECT_FALSE(happened(*store));
            EXPECT_FALSE(happened(*open_copy(file, "")));
            EXPECT_TRUE(save(*store, {live_row(3)}));
            const auto after = open_copy(file, ".synced");
            EXPECT_FALSE(happened(*after));
            EXPECT_EQ(after->live(), 2U);
        } else {
            EXPECT_EQ(save(*store, {live_row(3)}).error().code, Errc::timed_out);
            // Closing must not try the sync again: the log is left as it is.
            const auto log_size = fs::file_size(directory.path() / (file + "-wal"));
            store.reset();
            EXPECT_EQ(fs::file_size(directory.path() / (file + "-wal")), log_size);
            (void)happened(*open_copy(file, ".synced"));
            const auto after = open_copy(file, "");
            (void)happened(*after);
            EXPECT_TRUE(save(*after, {live_row(3)}));
        }
        return true;
    }

    int sweep(DiskFault fault, Errc expected, int count = 1) {
        int nth = 0;
        while (commit_with_fault(fault, nth, count, expected) && !HasFailure()) ++nth;
        return nth;
    }

    FaultVfs& vfs = FaultVfs::instance();
    TempDirectory directory;
    FakeClock clock;
};

TEST_F(SqliteFaultTest, AFullDiskAtAnyWriteOfACommitChangesNothing) {
    EXPECT_GT(sweep(DiskFault::disk_full, Errc::unavailable, 1'000'000), 1);
}

TEST_F(SqliteFaultTest, AFullDiskIsNoneForALogThatCanBeBegunAnew) {
    const auto store = open("db");
    for (int n = 0; n < 20; ++n) ASSERT_TRUE(save(*store, {live_row(n)}));
    const fs::path log = directory.path() / "db-wal";
    const auto bytes = fs::file_size(log);
    // The log may not grow, the database may.
    vfs.arm(DiskFault::disk_full, 0, 1);
    ASSERT_TRUE(save(*store, {live_row(20)}));
    vfs.disarm();
    EXPECT_EQ(fs::file_size(log), bytes + 12) << "half the header of a frame, which had no room";
    EXPECT_EQ(open_copy("db", "")->live(), 21U);
    EXPECT_EQ(open_copy("db", ".synced")->live(), 21U);
}

TEST_F(SqliteFaultTest, AnErrorOfAnyWriteOfACommitLeavesItInDoubt) {
    EXPECT_GT(sweep(DiskFault::write_error, Errc::timed_out), 1);
}

TEST_F(SqliteFaultTest, AnErrorOfTheSyncOfACommitLeavesItInDoubt) {
    EXPECT_GT(sweep(DiskFault::sync_error, Errc::timed_out), 0);
}

TEST_F(SqliteFaultTest, AFullDiskIsBorneUntilThereIsRoomAgain) {
    const auto store = open("db");
    ASSERT_TRUE(save(*store, {live_row(1)}));
    vfs.arm(DiskFault::disk_full, 0, 1'000'000);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(save(*store, {ended_row(1), live_row(2)}).error().code, Errc::unavailable);
        EXPECT_FALSE(happened(*store));
        EXPECT_EQ(*store->read({.key = key(1)}), std::vector{live_row(1)});
        EXPECT_EQ(store->next_due(), live_row(1).due);
    }
    vfs.disarm();
    ASSERT_TRUE(save(*store, {ended_row(1), live_row(2)}));
    EXPECT_TRUE(happened(*open_copy("db", ".synced")));
}

TEST_F(SqliteFaultTest, AFullDiskThatStopsCheckpointsStopsNothingElse) {
    const auto store = open("db", 5);
    ASSERT_TRUE(save(*store, {live_row(1)}));
    vfs.arm(DiskFault::disk_full, 0, 1'000'000);
    int refused = 0;
    for (int i = 0; i < 20; ++i) refused += save(*store, {live_row(2 + i)}).has_value() ? 0 : 1;
    EXPECT_EQ(refused, 20);
    vfs.disarm();
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(save(*store, {live_row(2 + i)}));
    EXPECT_EQ(open_copy("db", ".synced")->live(), 201U);
}

TEST_F(SqliteFaultTest, AFailedSyncOfACheckpointStopsTheStore) {
    const auto store = open("db", 2);
    // It fails once only: a second try would succeed and prove nothing.
    int confirmed = 0;
    vfs.arm(DiskFault::database_sync_error, 0, 1);
    while (confirmed < 1000 && save(*store, {live_row(confirmed)})) ++confirmed;
    vfs.disarm();
    ASSERT_LT(confirmed, 1000);
    EXPECT_EQ(save(*store, {live_row(confirmed + 1)}).error().code, Errc::timed_out);
    EXPECT_GE(open_copy("db", ".synced")->live(), static_cast<std::size_t>(confirmed));
}

TEST_F(SqliteFaultTest, ReadersRunBesideTheCommitThread) {
    const auto store = open("db", 10);
    std::atomic<bool> stop = false;
    std::atomic<int> seen = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
            int newest = 0;
            while (!stop) {
                const int committed = seen;
                const auto rows = store->read({.account = "acme", .limit = 200});
                ASSERT_TRUE(rows);
                ASSERT_GE(static_cast<int>(rows->size()), committed);
                newest = std::max(newest, static_cast<int>(rows->size()));
            }
        });
    }
    for (int n = 0; n < 150; ++n) {
        ASSERT_TRUE(save(*store, {live_row(n)}));
        ++seen;
    }
    stop = true;
}

}  // namespace
}  // namespace roger::store::contract
