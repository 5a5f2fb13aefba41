#include "store/sqlite.hpp"

#include <filesystem>
#include <thread>

#include <sqlite3.h>

#include "store/row_codec.hpp"
#include "tests/contract/knowledge_contract.hpp"
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

/// A database in a directory of its own; a crash moves on to a copy of its files.
class SqlitePlace {
public:
    std::unique_ptr<Store> open() {
        auto store = try_open();
        EXPECT_TRUE(store) << store.error().detail;
        return store ? std::move(*store) : nullptr;
    }
    Result<std::unique_ptr<Store>> try_open() {
        return open_sqlite({.path = path(),
                            .clock = clock,
                            .reader_connections = 1,
                            .checkpoint_pages = checkpoint_pages,
                            .restart_pages = restart_pages,
                            .vfs = vfs});
    }
    void crash() { go_on_with(""); }
    /// To a copy of the files, or of what stands in FILE + suffix.
    void go_on_with(const std::string& suffix) {
        const std::string old = path();
        ++copies_;
        fs::create_directory(directory_.path() / std::to_string(copies_));
        for (const char* part : {"", "-wal"}) {
            if (fs::exists(old + part + suffix)) fs::copy_file(old + part + suffix, path() + part);
        }
    }
    /// Runs SQL beside the store, as an operator would.
    void sql(const std::string& text) const {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
        sqlite3_close(handle);
    }
    [[nodiscard]] std::string path() const {
        const fs::path base = directory_.path();
        return (copies_ == 0 ? base / "roger.db" : base / std::to_string(copies_) / "roger.db").string();
    }

    FakeClock clock;
    std::string vfs;
    std::int64_t checkpoint_pages = 1'000'000;  // none, where a test does not ask for them
    std::int64_t restart_pages = 1'000'000;

private:
    TempDirectory directory_;
    int copies_ = 0;
};

/// The machine loses its power: only what was synced is left.
class PowerCutPlace : public SqlitePlace {
public:
    PowerCutPlace() {
        FaultVfs::instance();
        vfs = FaultVfs::name;
    }
    void crash() { go_on_with(".synced"); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreContract, SqlitePlace);
INSTANTIATE_TYPED_TEST_SUITE_P(SqlitePowerCut, StoreContract, PowerCutPlace);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, KnowledgeContract, SqlitePlace);
INSTANTIATE_TYPED_TEST_SUITE_P(SqlitePowerCut, KnowledgeContract, PowerCutPlace);

class SqliteTest : public testing::Test {
protected:
    SqlitePlace place;
};

TEST_F(SqliteTest, TheDatabaseIsForItsUserAlone) {
    const auto store = place.open();
    ASSERT_TRUE(save(*store, {live_row(1)}));
    for (const char* part : {"", "-wal", "-shm"}) {
        EXPECT_EQ(fs::status(place.path() + part).permissions(), fs::perms::owner_read | fs::perms::owner_write)
            << part;
    }
}

TEST_F(SqliteTest, ADirectoryThatIsNotThereOrNotWritableIsASentence) {
    for (const char* path : {"/no/such/directory/roger.db", "/proc/roger.db"}) {
        const auto store = open_sqlite({.path = path, .clock = place.clock});
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, Errc::unavailable);
        EXPECT_NE(store.error().detail.find(path), std::string::npos) << store.error().detail;
    }
}

TEST_F(SqliteTest, ANewerSchemaIsRefusedAndLeftAlone) {
    ASSERT_TRUE(save(*place.open(), {live_row(1)}));
    place.sql("UPDATE meta SET value = 999 WHERE name = 'schema_version'");
    for (int round = 0; round < 2; ++round) {
        const auto store = place.try_open();
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().code, Errc::blocked);
        EXPECT_NE(store.error().detail.find("newer"), std::string::npos) << store.error().detail;
    }
    place.sql("UPDATE meta SET value = 4 WHERE name = 'schema_version'");
    EXPECT_EQ(place.open()->live(), 1U);
}

TEST_F(SqliteTest, ADatabaseOfTheFirstSchemaIsBroughtUpToDate) {
    ASSERT_TRUE(save(*place.open(), {live_row(1)}));
    place.sql(
        "DROP TABLE receipt_key; DROP TABLE audit; DROP TABLE number_mark; DROP TABLE verified; DROP TABLE fund; DROP "
        "TABLE spend; "
        "DROP TABLE ledger; UPDATE meta SET value = 1 WHERE name = 'schema_version'");
    const auto store = place.open();
    EXPECT_EQ(store->live(), 1U);
    ASSERT_TRUE(save(*store, Changes{.receipt_keys = {receipt_entry(receipt_id("1"), 1)}}));
    EXPECT_EQ(load(*store, {.receipts = {receipt_id("1")}}).rows.at(key(1)), live_row(1));
}

TEST_F(SqliteTest, ADatabaseOfAnotherProgramIsRefused) {
    place.sql("CREATE TABLE songs(title)");
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsRefused) {
    std::FILE* file = std::fopen(place.path().c_str(), "w");
    for (int i = 0; i < 1000; ++i) std::fputs("no database", file);
    std::fclose(file);
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
    EXPECT_NE(store.error().detail.find("backup"), std::string::npos) << store.error().detail;
}

TEST_F(SqliteTest, ADamagedPageIsRefused) {
    {
        const auto store = place.open();
        for (int n = 0; n < 200; ++n) ASSERT_TRUE(save(*store, {live_row(n)}));
    }
    ASSERT_GT(fs::file_size(place.path()), 8U * 4096U);
    std::FILE* file = std::fopen(place.path().c_str(), "r+");
    for (long page = 1; page < static_cast<long>(fs::file_size(place.path()) / 4096); ++page) {
        std::fseek(file, page * 4096, SEEK_SET);
        for (int i = 0; i < 64; ++i) std::fputc(0xFF, file);
    }
    std::fclose(file);
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
}

TEST_F(SqliteTest, ADamagedLiveRowIsRefusedAtTheStart) {
    ASSERT_TRUE(save(*place.open(), {live_row(1), live_row(2)}));
    place.sql("UPDATE verification SET row = zeroblob(100) WHERE key = " + std::to_string(key(2).value));
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
    EXPECT_NE(store.error().detail.find(std::to_string(key(2).value)), std::string::npos) << store.error().detail;
}

TEST_F(SqliteTest, DamageThatMakesALiveRowLookEndedIsRefusedAtTheStart) {
    ASSERT_TRUE(save(*place.open(), {live_row(1), live_row(2)}));
    Bytes bytes = encode(live_row(2));
    bytes[1] |= std::byte{0x01};  // the status has the lowest bits there
    ASSERT_EQ(peek(key(2), bytes)->status, Status::success);
    place.sql("UPDATE verification SET row = x'" + to_hex(bytes) + "' WHERE key = " + std::to_string(key(2).value));
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
    EXPECT_NE(store.error().detail.find(std::to_string(key(2).value)), std::string::npos) << store.error().detail;
}

TEST_F(SqliteTest, ALargeStoreComesBackWithEveryTimerAndEverySending) {
    constexpr std::int64_t rows = 10'000;
    std::set<std::pair<TimePoint, RowKey>> timers;
    std::vector<RowKey> sending;
    {
        const auto store = place.open();
        std::vector<Request> batch;
        for (std::int64_t n = 0; n < rows; ++n) {
            Request row = n % 4 == 0 ? live_row(n) : ended_row(n);
            if (row.status == Status::in_progress) {
                if (n % 8 == 0) row.events.front().state = verification::EventState::delivered;
                if (n % 12 == 0) *row.due += seconds(rows - n);  // not in the order of the keys
                timers.emplace(*row.due, row.key);
                if (n % 8 != 0) sending.push_back(row.key);
            }
            batch.push_back(std::move(row));
        }
        ASSERT_TRUE(save(*store, batch));
    }
    const auto store = place.open();
    EXPECT_EQ(store->live(), timers.size());
    EXPECT_EQ(store->opened().live, timers.size());
    EXPECT_EQ(store->opened().sending, sending);
    const Loaded found = load(*store, {.due_by = TimePoint::max(), .due_max = rows});
    EXPECT_TRUE(std::ranges::equal(found.due, timers, {}, {}, [](const auto& timer) { return timer.second; }));
}

TEST_F(SqliteTest, TwoLiveRowsOfOneSubscriberInTheFileAreRefusedAtTheStart) {
    ASSERT_TRUE(save(*place.open(), {live_row(1)}));
    Request twin = live_row(2);
    twin.number = number(1);
    place.sql("INSERT INTO verification VALUES(" + std::to_string(twin.key.value) + ", x'" + to_hex(encode(twin)) +
              "')");
    const auto store = place.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Errc::blocked);
}

TEST_F(SqliteTest, ARowThatIsDamagedLaterFailsItsOwnCommandAlone) {
    const auto store = place.open();
    ASSERT_TRUE(save(*store, {ended_row(1), ended_row(2)}));
    place.sql("UPDATE verification SET row = zeroblob(100) WHERE key = " + std::to_string(key(1).value));
    const auto done = store->transact({.any = {key(1)}}, [](const Loaded&) { return Changes{}; });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::invalid_argument);
    EXPECT_EQ(store->read({.key = key(1)}).error().code, Errc::invalid_argument);
    EXPECT_EQ(load(*store, {.any = {key(2)}}).rows.size(), 1U);
}

TEST_F(SqliteTest, RowsBeforeOldestLiveAreNotLoadedAtTheStart) {
    ASSERT_TRUE(save(*place.open(), {live_row(5001), live_row(5002)}));
    place.sql("UPDATE meta SET value = " + std::to_string(key(5002).value) + " WHERE name = 'oldest_live'");
    auto store = place.open();
    EXPECT_EQ(store->live(), 1U);
    // A row that comes to life before it takes it back in the same transaction, even if it was written just now.
    ASSERT_TRUE(save(*store, {ended_row(9000)}));
    ASSERT_TRUE(save(*store, {live_row(0)}));
    store.reset();
    EXPECT_EQ(place.open()->live(), 3U);
}

TEST_F(SqliteTest, OldestLiveFollowsTheLiveRowsEveryTenSeconds) {
    const auto stored = [&] {
        sqlite3* handle = nullptr;
        EXPECT_EQ(sqlite3_open(place.path().c_str(), &handle), SQLITE_OK);
        std::int64_t value = -1;
        const auto take = [](void* out, int, char** columns, char**) {
            *static_cast<std::int64_t*>(out) = std::stoll(columns[0]);
            return 0;
        };
        sqlite3_exec(handle, "SELECT value FROM meta WHERE name = 'oldest_live'", take, &value, nullptr);
        sqlite3_close(handle);
        return RowKey{value};
    };
    const auto store = place.open();
    ASSERT_TRUE(save(*store, {live_row(1), live_row(1000)}));  // 10 s apart
    const RowKey first = stored();
    EXPECT_LE(first, key(1));
    ASSERT_TRUE(save(*store, {ended_row(1), ended_row(1000), live_row(20'000)}));
    place.clock.advance(milliseconds(9'999));
    ASSERT_TRUE(save(*store, {live_row(20'001)}));
    EXPECT_EQ(stored(), first);
    place.clock.advance(milliseconds(1));
    ASSERT_TRUE(save(*store, {live_row(20'002)}));
    EXPECT_GT(stored(), key(1000));
    EXPECT_LE(stored(), key(20'000));
    ASSERT_TRUE(save(*store, {ended_row(20'000), ended_row(20'001), ended_row(20'002)}));
    place.clock.advance(seconds(10));
    ASSERT_TRUE(save(*store, {ended_row(20'003)}));
    EXPECT_GT(stored(), key(20'002));
}

/// How often the log was begun anew: bytes 12–15 of its header, big-endian (SQLite file format §4.1).
std::uint32_t restarts_of_log(const std::string& path) {
    std::FILE* log = std::fopen((path + "-wal").c_str(), "r");
    std::fseek(log, 12, SEEK_SET);
    std::uint32_t count = 0;
    for (int i = 0; i < 4; ++i) count = count * 256 + static_cast<std::uint32_t>(std::fgetc(log));
    std::fclose(log);
    return count;
}

TEST_F(SqliteTest, TheLogIsBegunAnewEvenWhenCommitsOutrunTheCheckpoints) {
    std::atomic<int> commits = 0;
    std::atomic<bool> over = false;
    // A checkpoint in the background never ends before the next commit, so that it never reaches the log's end.
    const auto here = std::this_thread::get_id();
    auto& disk = FaultVfs::instance();
    disk.before_database_sync = [&] {
        const int before = commits;
        while (std::this_thread::get_id() != here && commits == before && !over) std::this_thread::yield();
    };
    place.vfs = FaultVfs::name;
    place.checkpoint_pages = 10;
    place.restart_pages = 30;
    auto store = place.open();
    ASSERT_TRUE(save(*store, {live_row(0)}));
    const std::uint32_t before = restarts_of_log(place.path());
    constexpr int commits_max = 1'000;
    while (restarts_of_log(place.path()) < before + 3 && commits < commits_max) {
        ASSERT_TRUE(save(*store, {live_row(commits % 50)}));
        ++commits;
    }
    over = true;
    EXPECT_LT(commits, commits_max);
    place.go_on_with(".synced");
    EXPECT_EQ(place.open()->live(), static_cast<std::size_t>(std::min(commits.load(), 50)));
    store.reset();
    FaultVfs::instance();
}

}  // namespace
}  // namespace roger::store::contract
