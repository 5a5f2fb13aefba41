// Every call that a hundred requests make of the disk fails, one after the other: once, and from there on for a while.
//   ROGER_SWEEP_STRIDE=N  every Nth call alone (23)
#include <filesystem>
#include <iostream>

#include "store/hundred_requests_test.hpp"
#include "store/sqlite.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::store::contract {
namespace {

using testing_support::DiskFault;
using testing_support::FakeClock;
using testing_support::FaultVfs;
using testing_support::TempDirectory;

struct Tally {
    int runs = 0;
    int unharmed = 0;    ///< every transaction was answered
    int not_opened = 0;  ///< a sentence at the start
    int refused = 0;     ///< status 5, then service again
    int in_doubt = 0;    ///< exit 75
};

class SqliteSweepTest : public testing::Test {
protected:
    SqliteSweepTest() { disk.syncs = false; }
    ~SqliteSweepTest() override { FaultVfs::instance(); }

    Result<std::unique_ptr<Store>> open() {
        return open_sqlite({.path = path,
                            .clock = clock,
                            .reader_connections = 1,
                            .checkpoint_pages = 20,
                            .restart_pages = 60,
                            .vfs = FaultVfs::name});
    }

    /// Goes on until all is saved, a commit is in doubt, or the disk fails for good.
    void serve(Store& store) {
        bool refused = false;
        int tries = 0;
        while (answered < hundred && tries < tries_max) {
            const auto saved = save(store, hundred_changes(answered));
            if (saved) {
                ++answered;
                tries = 0;
            } else if (saved.error().code == Errc::timed_out) {
                ++tally.in_doubt;
                in_doubt = true;
                return;
            } else {
                ASSERT_EQ(saved.error().code, Errc::unavailable) << saved.error().detail;
                refused = true;
                clock.advance(seconds(1));
                if (++tries == patience) disk.disarm();  // the disk is well again
            }
            search(store);
        }
        ASSERT_EQ(answered, hundred) << "it never goes on";
        ++(refused ? tally.refused : tally.unharmed);
    }
    /// A search is right or fails.
    void search(const Store& store) {
        const int n = std::max(0, answered - 2);
        const auto found = store.read({.key = key(n)});
        if (!found) {
            EXPECT_EQ(found.error().code, Errc::unavailable) << found.error().detail;
        } else if (answered > 0) {
            ASSERT_EQ(found->size(), 1U);
            EXPECT_EQ(found->front(), hundred_row(n, answered));
        }
    }
    /// A run whose Nth call fails. @return false once there is none
    bool run(DiskFault fault, int nth, int count) {
        ++tally.runs;
        answered = 0;
        in_doubt = false;
        for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path + part);
        disk.arm(fault, nth, count);
        {
            auto store = open();
            if (store) {
                serve(**store);
            } else {
                ++tally.not_opened;
                EXPECT_NE(store.error().code, Errc::timed_out);
            }
        }
        const bool struck = disk.struck();
        disk.disarm();
        auto after = open();
        EXPECT_TRUE(after) << after.error().detail;
        if (!after) return false;
        const int there = transactions_of(**after);
        EXPECT_GE(there, answered);
        EXPECT_LE(there, answered + (in_doubt ? 1 : 0));
        EXPECT_TRUE(save(**after, {live_row(hundred + 1)}));
        after->reset();
        EXPECT_EQ(integrity(path, FaultVfs::name), "ok");
        return struck;
    }
    Tally sweep(const char* what, DiskFault fault, int count) {
        int nth = 0;
        for (bool struck = true; struck && !HasFailure(); nth += stride) {
            SCOPED_TRACE(std::string(what) + ", call " + std::to_string(nth));
            struck = run(fault, nth, count);
        }
        std::cout << "sweep: " << what << ": " << tally.runs << " runs, every " << stride << ". of " << nth - stride
                  << " calls; unharmed " << tally.unharmed << ", not opened " << tally.not_opened << ", refused "
                  << tally.refused << ", in doubt " << tally.in_doubt << '\n';
        return tally;
    }

    static constexpr int patience = 3;
    static constexpr int tries_max = 10;
    static constexpr int for_a_while = 1'000'000;  ///< until it is disarmed

    const int stride = setting_of_run("ROGER_SWEEP_STRIDE", 23);
    FaultVfs& disk = FaultVfs::instance();
    TempDirectory directory;
    FakeClock clock;
    const std::string path = (directory.path() / "roger.db").string();
    Tally tally;
    int answered = 0;
    bool in_doubt = false;
};

TEST_F(SqliteSweepTest, AnErrorOfAnyCallIsBorneRefusedOrInDoubt) {
    const Tally found = sweep("an error once", DiskFault::any_error, 1);
    EXPECT_GT(found.unharmed, 0);
    EXPECT_GT(found.in_doubt, 0);
}

TEST_F(SqliteSweepTest, ErrorsFromAnyCallOnAreRefusedOrInDoubt) {
    EXPECT_GT(sweep("errors from there on", DiskFault::any_error, for_a_while).in_doubt, 0);
}

TEST_F(SqliteSweepTest, AFullDiskAtAnyWriteIsBorneOrRefused) {
    const Tally found = sweep("no room once", DiskFault::disk_full, 1);
    EXPECT_GT(found.unharmed, 0);
    EXPECT_EQ(found.in_doubt, 0);
}

TEST_F(SqliteSweepTest, AFullDiskFromAnyWriteOnIsRefusedUntilThereIsRoom) {
    const Tally found = sweep("no room from there on", DiskFault::disk_full, for_a_while);
    EXPECT_GT(found.refused, 0);
    EXPECT_EQ(found.in_doubt, 0);
}

TEST_F(SqliteSweepTest, ALongLogNeedsNoMoreRoomForItsIndex) {
    auto store = open_sqlite({.path = path,
                              .clock = clock,
                              .checkpoint_pages = 1'000'000,
                              .restart_pages = 1'000'000,
                              .vfs = FaultVfs::name});
    ASSERT_TRUE(store) << store.error().detail;
    disk.arm(DiskFault::index_growth_error, 0, for_a_while);
    const auto save_every = [&](int step) {
        std::vector<Request> rows;
        for (int n = 0; n < 8000; n += step) rows.push_back(ended_row(n));
        ASSERT_TRUE(save(**store, std::move(rows)));
    };
    save_every(1);
    constexpr std::uintmax_t log_bytes = 4096 * std::uintmax_t{4096 + 24};  // what the first part of the index is for
    // One row of each page, so that the log grows by nearly all of the table.
    while (std::filesystem::file_size(path + "-wal") <= log_bytes && !HasFatalFailure()) save_every(20);
}

}  // namespace
}  // namespace roger::store::contract
