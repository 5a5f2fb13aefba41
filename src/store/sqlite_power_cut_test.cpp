// The power is cut at every sync of a hundred requests, with checkpoints and a log that is begun anew among them; and
// at each of them many times over, for what the disk has kept of the writes under way differs.
//   ROGER_POWER_CUTS=N  cuts at each sync (2); ROGER_SEED=N  of what is kept (1)
#include <filesystem>
#include <fstream>
#include <iostream>

#include "store/hundred_requests_test.hpp"
#include "store/sqlite.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/power_cut_vfs.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::store::contract {
namespace {

using testing_support::FakeClock;
using testing_support::FaultVfs;
using testing_support::PowerCutVfs;
using testing_support::TempDirectory;

class SqlitePowerCutTest : public testing::Test {
protected:
    SqlitePowerCutTest() { FaultVfs::instance().syncs = false; }
    ~SqlitePowerCutTest() override {
        PowerCutVfs::instance();
        FaultVfs::instance();
    }

    /// Goes on from one cut. No transaction that was answered may be missing, and the one under way is whole or not
    /// there.
    void cut(int sync, int answered) {
        std::mt19937_64 dice(static_cast<std::uint64_t>(seed) << 40U | static_cast<std::uint64_t>(sync) << 16U |
                             static_cast<std::uint64_t>(++cuts));
        const std::string after = (directory.path() / "after").string();
        std::filesystem::remove(after + "-shm");
        for (const char* part : {"", "-wal", "-journal"}) {
            std::ofstream(after + part, std::ios::binary) << disk.after_cut(path + part, dice);
        }
        SCOPED_TRACE("seed " + std::to_string(seed) + ", sync " + std::to_string(sync) + ", cut " +
                     std::to_string(cuts) + ", answered " + std::to_string(answered));
        auto store = open_sqlite({.path = after, .clock = clock, .reader_connections = 1, .vfs = FaultVfs::name});
        ASSERT_TRUE(store) << store.error().detail;
        const int there = transactions_of(**store);
        ASSERT_GE(there, answered);
        ASSERT_LE(there, answered + 1);
        ASSERT_TRUE(save(**store, {live_row(hundred + 1)})) << "it goes on";
        store->reset();
        ASSERT_EQ(integrity(after, FaultVfs::name), "ok");
    }

    const int cuts_each = setting_of_run("ROGER_POWER_CUTS", 2);
    const int seed = setting_of_run("ROGER_SEED", 1);
    PowerCutVfs& disk = PowerCutVfs::instance();
    TempDirectory directory;
    FakeClock clock;
    const std::string path = (directory.path() / "roger.db").string();
    int cuts = 0;
};

TEST_F(SqlitePowerCutTest, AtEverySyncNothingAnsweredIsLostAndNothingIsHalf) {
    std::atomic<int> answered = 0;
    int syncs = 0;
    disk.before_sync = [&] {
        ++syncs;
        for (int i = 0; i < cuts_each && !HasFatalFailure(); ++i) cut(syncs, answered);
    };
    auto opened = open_sqlite({.path = path,
                               .clock = clock,
                               .reader_connections = 1,
                               .checkpoint_pages = 20,
                               .restart_pages = 60,
                               .vfs = PowerCutVfs::name});
    ASSERT_TRUE(opened) << opened.error().detail;
    auto store = std::move(*opened);
    for (int n = 0; n < hundred && !HasFatalFailure(); ++n) {
        ASSERT_TRUE(save(*store, hundred_changes(n)));
        ++answered;
    }
    store.reset();  // whose last checkpoint syncs too
    EXPECT_GT(syncs, hundred + 10) << "each commit, and checkpoints";
    std::cout << "power-cut: " << syncs << " syncs of " << hundred << " requests, " << cuts << " cuts, seed " << seed
              << '\n';
}

}  // namespace
}  // namespace roger::store::contract
