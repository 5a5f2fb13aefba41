#include "app/data_directory.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/fakes.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

unsigned mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777U;
}

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

class DataDirectoryTest : public testing::Test {
protected:
    [[nodiscard]] std::string path(const char* name) const { return temp.path() / name; }
    testing_support::TempDirectory temp;
};

TEST_F(DataDirectoryTest, IsMadeForThisUserAlone) {
    const auto data = DataDirectory::open(path("data"));
    ASSERT_TRUE(data) << data.error().detail;
    EXPECT_EQ(mode_of(path("data")), 0700U);
    EXPECT_EQ(mode_of(path("data/lock")), 0600U);
    EXPECT_EQ(data->file("keys"), path("data/keys"));
}

TEST_F(DataDirectoryTest, IsHeldByOneAtATime) {
    {
        auto first = DataDirectory::open(path("data"));
        ASSERT_TRUE(first);
        const auto second = DataDirectory::open(path("data"));
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, Errc::conflict);
        EXPECT_NE(second.error().detail.find(path("data")), std::string::npos);
        const DataDirectory moved = std::move(*first);
        EXPECT_FALSE(DataDirectory::open(path("data"))) << "the lock moves along";
    }
    EXPECT_TRUE(DataDirectory::open(path("data")));
}

TEST_F(DataDirectoryTest, WhereNoneCanBeMadeItSaysWhy) {
    std::ofstream(path("file")) << "x";
    for (const char* name : {"file", "none/data"}) {
        const auto data = DataDirectory::open(path(name));
        ASSERT_FALSE(data);
        EXPECT_EQ(data.error().code, Errc::unavailable);
        EXPECT_NE(data.error().detail.find(path(name)), std::string::npos) << data.error().detail;
    }
}

TEST_F(DataDirectoryTest, ARelativePathIsShownWhole) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(temp.path());
    const auto data = DataDirectory::open("data");
    std::filesystem::current_path(before);
    ASSERT_TRUE(data);
    EXPECT_TRUE(std::filesystem::path(data->path()).is_absolute());
    EXPECT_TRUE(std::filesystem::exists(data->file("lock")));
}

TEST_F(DataDirectoryTest, APrivateFileIsReplacedAsAWhole) {
    ASSERT_TRUE(write_private_file(path("f"), "a long first text\n", 0600));
    ASSERT_TRUE(write_private_file(path("f"), "second\n", 0400));
    EXPECT_EQ(text_of(path("f")), "second\n");
    EXPECT_EQ(mode_of(path("f")), 0400U);
    EXPECT_FALSE(std::filesystem::exists(path("f.new")));
    std::ofstream(path("f.new")) << "left behind by a crash";
    ASSERT_TRUE(write_private_file(path("f"), "third\n", 0600));
    EXPECT_EQ(text_of(path("f")), "third\n");
    const auto failed = write_private_file(path("none/f"), "x", 0600);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable);
}

class KeyFileTest : public DataDirectoryTest {
protected:
    Result<MasterKeys> read(const std::string& text) {
        std::ofstream(path("keys")) << text;
        return read_keys(path("keys"));
    }
    static constexpr const char* hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    testing_support::SeededRandom random;
};

TEST_F(KeyFileTest, KeysComeBackAsTheyWereWritten) {
    const MasterKeys keys{{1, make_key(random, false)}, {2, make_key(random, true)}, {65'535, make_key(random, false)}};
    ASSERT_TRUE(write_keys(path("keys"), keys));
    EXPECT_EQ(mode_of(path("keys")), 0400U);
    const auto read = read_keys(path("keys"));
    ASSERT_TRUE(read) << read.error().detail;
    ASSERT_EQ(read->size(), keys.size());
    for (const auto& [kid, key] : keys) {
        EXPECT_EQ(read->at(kid).key, key.key) << kid;
        EXPECT_EQ(read->at(kid).active, key.active) << kid;
    }
    EXPECT_NE(keys.at(1).key, keys.at(2).key);
    EXPECT_EQ(to_keyring(*read).active(), 2);
    EXPECT_EQ(to_keyring(*read).fingerprints(), to_keyring(keys).fingerprints());
}

TEST_F(KeyFileTest, CommentsAndEmptyLinesAreNotKeys) {
    const auto keys = read(std::string("# a comment\n\n1 active ") + hex + "\n# 2 active 00\n");
    ASSERT_TRUE(keys) << keys.error().detail;
    EXPECT_EQ(keys->size(), 1U);
    EXPECT_EQ(to_hex(keys->at(1).key), hex);
}

TEST_F(KeyFileTest, EachMalformedLineIsNamed) {
    const std::string key = hex;
    const std::string good = "1 active " + key + "\n";
    const std::string form = ":2: a line is KID [active] HEX";
    const std::string size = ":2: a key is 64 hex digits";
    const std::pair<std::string, std::string> cases[] = {
        {"x " + key, form},
        {"0 " + key, form},
        {"-1 " + key, form},
        {"65536 " + key, form},
        {"2", form},
        {"2 active", form},
        {"2 " + key + " more", form},
        {"2 " + key.substr(2), size},
        {"2 " + key + "00", size},
        {"2 g" + key.substr(1), size},
        {"2 Active " + key, form},
        {"1 " + key, ":2: that kid stands twice"},
    };
    for (const auto& [line, sentence] : cases) {
        const auto keys = read(good + line + "\n");
        ASSERT_FALSE(keys) << line;
        EXPECT_EQ(keys.error().code, Errc::invalid_argument);
        EXPECT_EQ(keys.error().detail, path("keys") + sentence) << line;
        EXPECT_EQ(keys.error().detail.find(key), std::string::npos) << "a key in a log";
    }
}

TEST_F(KeyFileTest, ExactlyOneKeyIsActive) {
    const std::string key = hex;
    for (const auto& text : {std::string(), std::string("# nothing\n"), "1 " + key + "\n",
                             "1 active " + key + "\n2 active " + key + "\n"}) {
        const auto keys = read(text);
        ASSERT_FALSE(keys) << text;
        EXPECT_EQ(keys.error().detail, path("keys") + ": exactly one key is active");
    }
}

TEST_F(KeyFileTest, AMissingFileIsNotFound) { EXPECT_EQ(read_keys(path("none")).error().code, Errc::not_found); }

}  // namespace
}  // namespace roger::app
