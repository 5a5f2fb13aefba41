// Where the audit log goes on after something was done to it, or to what tells of its end.
#include "app/audit_record.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

using store::AuditHead;

const Key32 id_key{std::byte{3}};

class AuditRecordTest : public testing::Test {
protected:
    static AuditHead head(std::int64_t seq) {
        AuditHead made{.seq = seq};
        made.hash.fill(static_cast<std::byte>(seq));
        return made;
    }
    std::string recorded(const AuditHead& of) { return store::AuditChain(id_key).record(of); }

    testing_support::TempDirectory directory;
    std::string path = (directory.path() / "audit-head").string();
};

TEST_F(AuditRecordTest, ANewLogBeginsAtNothing) {
    AuditRecord record(path, id_key);
    EXPECT_EQ(record.begin({}, ""), AuditHead{});
    EXPECT_EQ(record.complaint(), "");
    EXPECT_TRUE(record.heads().empty());
}

TEST_F(AuditRecordTest, WhatWasWrittenIsFoundAgain) {
    AuditRecord first(path, id_key);
    (void)first.begin({}, "");
    first.grown(head(2));
    first.write(head(2));
    first.write(head(1));  // writes may change places
    AuditRecord second(path, id_key);
    EXPECT_EQ(second.begin(head(2), recorded(head(2))), head(2));
    EXPECT_EQ(second.complaint(), "");
    for (const auto& [where, known] : second.heads()) EXPECT_EQ(known, head(2)) << where;
    EXPECT_EQ(second.heads().size(), 2U);
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AuditRecordTest, AfterACrashTheTableIsAheadOfTheFileAndAllIsGood) {
    AuditRecord first(path, id_key);
    first.write(head(2));
    AuditRecord second(path, id_key);
    EXPECT_EQ(second.begin(head(3), recorded(head(3))), head(3));
    EXPECT_EQ(second.complaint(), "");
}

TEST_F(AuditRecordTest, ATailThatWasCutStaysAGap) {
    AuditRecord first(path, id_key);
    first.write(head(9));
    AuditRecord second(path, id_key);
    EXPECT_EQ(second.begin(head(4), recorded(head(4))), head(9)) << "the table and its setting were both set back";
    EXPECT_NE(second.complaint(), "");
    AuditRecord third((directory.path() / "none").string(), id_key);
    EXPECT_EQ(third.begin(head(4), recorded(head(9))), head(9)) << "the setting alone knows";
}

TEST_F(AuditRecordTest, AMissingOrForgedFileIsSaid) {
    AuditRecord missing(path, id_key);
    EXPECT_EQ(missing.begin(head(4), recorded(head(4))), head(4));
    EXPECT_NE(missing.complaint(), "");
    EXPECT_EQ(missing.heads().back().second, std::nullopt);
    std::ofstream(path) << store::AuditChain(Key32{}).record(head(99)) << '\n';
    AuditRecord forged(path, id_key);
    EXPECT_EQ(forged.begin(head(4), recorded(head(4))), head(4));
    EXPECT_NE(forged.complaint(), "");
}

}  // namespace
}  // namespace roger::app
