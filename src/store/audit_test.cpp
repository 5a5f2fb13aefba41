// The log that tells who did what: whatever is done to it by SQL is found.
#include "store/audit.hpp"

#include <gtest/gtest.h>

#include "store/sqlite.hpp"
#include "store/sqlite_connection.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::store {
namespace {

using testing_support::FakeClock;
using testing_support::TempDirectory;

const Key32 id_key{std::byte{7}};
constexpr std::int64_t entries = 20;

AuditNote note_of(std::int64_t number) {
    return {.who = "user:anna",
            .from = "192.0.2.1",
            .action = "account.update",
            .target = std::to_string(number),
            .detail = "{}"};
}

class AuditTest : public testing::Test {
protected:
    AuditTest() {
        open();
        for (std::int64_t i = 1; i <= entries; ++i) add(note_of(i));
        store.reset();
    }
    void open() {
        auto opened = open_sqlite({.path = path, .clock = clock});
        ASSERT_TRUE(opened) << opened.error().detail;
        store = std::move(*opened);
        EXPECT_EQ(head.seq == 0 || store->opened().audit_head == head, true);
    }
    void add(AuditNote note) {
        const AuditEntry entry = chain.link(head, std::move(note), clock.wall_now());
        Changes changes;
        changes.audit.push_back(entry);
        ASSERT_TRUE(store->transact({}, [&](const Loaded&) { return changes; }));
        head = {entry.seq, entry.hash};
    }
    /// What the log says after something was done to the table behind our back.
    std::string problem_after(const std::string& sql, bool recorded = true) {
        const std::string copy = (directory.path() / "copy.db").string();
        std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
        {
            auto connection = Connection::open(copy, SQLITE_OPEN_READWRITE, "");
            EXPECT_EQ(connection->exec(sql), SQLITE_OK) << sql;
        }
        auto changed = open_sqlite({.path = copy, .clock = clock});
        EXPECT_TRUE(changed);
        std::vector<std::pair<std::string, std::optional<AuditHead>>> heads;
        if (recorded) heads.emplace_back("the file", head);
        const auto verdict = verify_audit(
            chain, [&](std::int64_t from) { return (*changed)->audit({.from = from, .limit = 7}); }, heads);
        EXPECT_TRUE(verdict);
        changed->reset();
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(copy + end);
        return verdict->problem;
    }

    TempDirectory directory;
    std::string path = (directory.path() / "roger.db").string();
    FakeClock clock;
    std::unique_ptr<Store> store;
    AuditChain chain{id_key};
    AuditHead head;
};

TEST_F(AuditTest, AWholeLogIsGood) {
    EXPECT_EQ(problem_after(""), "");
    open();
    add(note_of(21));
    store.reset();
    EXPECT_EQ(problem_after(""), "");
}

TEST_F(AuditTest, AnyEditOfAnyEntryIsFound) {
    for (std::int64_t seq = 1; seq <= entries; ++seq) {
        for (const char* edit : {"at = at + 1", "who = 'user:bob'", "origin = ''", "action = 'account.updatf'",
                                 "target = target || ' '", "detail = ''", "hash = zeroblob(32)", "seq = seq + 1000"}) {
            const std::string sql = "UPDATE audit SET " + std::string(edit) + " WHERE seq = " + std::to_string(seq);
            EXPECT_NE(problem_after(sql), "") << sql;
            EXPECT_NE(problem_after(sql, false), "") << sql;
        }
    }
}

TEST_F(AuditTest, ARemovedEntryIsFound) {
    for (std::int64_t seq = 1; seq <= entries; ++seq) {
        const std::string sql = "DELETE FROM audit WHERE seq = " + std::to_string(seq);
        EXPECT_NE(problem_after(sql), "") << sql;
        // And when those behind it are moved up.
        const std::string moved = sql + "; UPDATE audit SET seq = -seq WHERE seq > " + std::to_string(seq) +
                                  "; UPDATE audit SET seq = -seq - 1 WHERE seq < 0";
        EXPECT_NE(problem_after(moved), "") << moved;
    }
}

TEST_F(AuditTest, ACutTailIsFound) {
    for (std::int64_t left = 0; left < entries; ++left) {
        const std::string sql = "DELETE FROM audit WHERE seq > " + std::to_string(left);
        EXPECT_NE(problem_after(sql), "") << sql;
    }
    EXPECT_EQ(problem_after("DELETE FROM audit WHERE seq > 15", false), "") << "the chain alone cannot know";
}

TEST_F(AuditTest, EntriesThatChangePlacesAreFound) {
    EXPECT_NE(problem_after("UPDATE audit SET seq = 1000 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;"
                            "UPDATE audit SET seq = 4 WHERE seq = 1000"),
              "");
}

TEST_F(AuditTest, AHeadThatIsMissingOrMadeUpIsSaid) {
    open();
    const auto verdict_with = [&](std::optional<AuditHead> recorded) {
        const auto verdict = verify_audit(chain, [&](std::int64_t from) { return store->audit({.from = from}); },
                                          {{"the file", recorded}});
        return verdict->problem;
    };
    EXPECT_EQ(verdict_with(head), "");
    EXPECT_NE(verdict_with(std::nullopt), "");
    EXPECT_NE(verdict_with(AuditHead{head.seq + 1, head.hash}), "");
}

TEST_F(AuditTest, ARecordedHeadIsReadBackAndNothingElseIs) {
    const std::string text = chain.record(head);
    EXPECT_EQ(chain.read(text), head);
    EXPECT_EQ(chain.read(text + "\n"), head);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == '1' ? '2' : '1';
        EXPECT_FALSE(chain.read(changed)) << i;
        EXPECT_FALSE(chain.read(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(AuditChain(Key32{std::byte{8}}).read(text));
    EXPECT_FALSE(chain.read("")) << "an empty file";
}

TEST_F(AuditTest, PagesAreNewestFirstAndFiltered) {
    open();
    add({.who = "token:ci", .from = "", .action = "account.secret", .target = "x", .detail = ""});
    const auto seqs = [&](const AuditQuery& query) {
        std::vector<std::int64_t> found;
        const auto page = store->audit(query);
        for (const auto& entry : *page) found.push_back(entry.seq);
        return found;
    };
    EXPECT_EQ(seqs({.limit = 2}), (std::vector<std::int64_t>{21, 20}));
    EXPECT_EQ(seqs({.before = 20, .limit = 2}), (std::vector<std::int64_t>{19, 18}));
    EXPECT_EQ(seqs({.who = "token:ci"}), (std::vector<std::int64_t>{21}));
    EXPECT_EQ(seqs({.action = "account.secret"}), (std::vector<std::int64_t>{21}));
    EXPECT_EQ(seqs({.action = "account", .limit = 2}), (std::vector<std::int64_t>{21, 20}));
    EXPECT_EQ(seqs({.action = "acc"}), (std::vector<std::int64_t>{}));
    EXPECT_EQ(seqs({.from = 20}), (std::vector<std::int64_t>{20, 21}));
}

}  // namespace
}  // namespace roger::store
