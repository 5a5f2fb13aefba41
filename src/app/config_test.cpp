#include "app/config.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

std::string error_of(const std::string& text) {
    const auto config = parse_config(text, "roger.toml");
    if (config) return "none";
    EXPECT_EQ(config.error().code, Errc::invalid_argument);
    return config.error().detail;
}

TEST(ConfigTest, AnEmptyFileLeavesTheDefaults) {
    const auto config = parse_config("", "roger.toml");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->listen, "127.0.0.1:8080");
    EXPECT_EQ(config->admin_listen, "127.0.0.1:8081");
    EXPECT_EQ(config->data, "./roger-data");
    EXPECT_EQ(config->rate, 30);
    EXPECT_EQ(config->burst, 30);
    EXPECT_TRUE(config->numbers.deny.empty());
    EXPECT_EQ(config->rules, guard::Modes::all(guard::Mode::enforce));
    EXPECT_EQ(config->sandbox_rules, guard::Mode::observe);
    EXPECT_EQ(config->numbers.countries, std::vector<std::string>{"*"});
}

TEST(ConfigTest, EveryKeyIsRead) {
    const auto config = parse_config(R"(
[server]
listen = "0.0.0.0:80"
admin_listen = "[::1]:81"
data = "/var/lib/roger"
[limits]
requests_per_second = 0
burst = 12.5
[numbers]
deny = ["+4477009", "900"]
countries = ["GB", "DE"]
allow = ["+447700900123"]
types = ["mobile"]
premium = true
[guard]
sandbox = "enforce"
end_user_ip = "off"
)",
                                     "roger.toml");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->listen, "0.0.0.0:80");
    EXPECT_EQ(config->admin_listen, "[::1]:81");
    EXPECT_EQ(config->data, "/var/lib/roger");
    EXPECT_EQ(config->rate, 0);
    EXPECT_EQ(config->burst, 12.5);
    EXPECT_EQ(config->numbers.deny, (std::vector<std::string>{"4477009", "900"}));
    EXPECT_EQ(config->numbers.allow, std::vector<std::string>{"447700900123"});
    EXPECT_EQ(config->numbers.types, std::vector<std::string>{"mobile"});
    EXPECT_TRUE(config->numbers.premium);
    EXPECT_FALSE(config->numbers.satellite);
    EXPECT_EQ(config->sandbox_rules, guard::Mode::enforce);
    EXPECT_EQ(config->rules.of(guard::RuleId::end_user_ip), guard::Mode::off);
    EXPECT_EQ(config->numbers.countries, (std::vector<std::string>{"GB", "DE"}));
}

TEST(ConfigTest, UnknownKeysAreNamedWithTheirLineAndTheNearestKnownOne) {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"[server]\nlisen = \"x\"\n", "server.lisen", "server.listen"},
        {"[server]\nlistem = \"x\"\n", "server.listem", "server.listen"},
        {"[server]\nadmin_listn = \"x\"\n", "server.admin_listn", "server.admin_listen"},
        {"[server]\ndate = \"x\"\n", "server.date", "server.data"},
        {"[limits]\nrequests_per_minute = 1\n", "limits.requests_per_minute", "limits.requests_per_second"},
        {"[limits]\nbrust = 1\n", "limits.brust", "limits.burst"},
        {"[numbers]\ndenied = []\n", "numbers.denied", "numbers.deny"},
        {"[numbers]\ncountry = []\n", "numbers.country", "numbers.countries"},
        {"[guard]\nnumber_windows = \"off\"\n", "guard.number_windows", "guard.number_window"},
        {"[guard]\nsandbx = \"off\"\n", "guard.sandbx", "guard.sandbox"},
    };
    for (const auto& [text, unknown, nearest] : cases) {
        EXPECT_EQ(error_of(text), "roger.toml:2: unknown key '" + std::string(unknown) +
                                      "'; the nearest known key is '" + nearest + "'");
    }
    EXPECT_EQ(error_of("\n\n[limit]\nburst = 1\n"),
              "roger.toml:3: unknown key 'limit'; the nearest known key is 'limits'");
    EXPECT_EQ(error_of("serve = 1\n"), "roger.toml:1: unknown key 'serve'; the nearest known key is 'server'");
}

TEST(ConfigTest, ValuesOfAnotherKindAreRefusedWithTheirLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"server = 1\n", "roger.toml:1: [server] is a table"},
        {"[server]\nlisten = 8080\n", "roger.toml:2: server.listen is a text in quotes"},
        {"[server]\n\ndata = true\n", "roger.toml:3: server.data is a text in quotes"},
        {"[limits]\nrequests_per_second = \"30\"\n",
         "roger.toml:2: limits.requests_per_second is a number from 0 to 1000000"},
        {"[limits]\nburst = -1\n", "roger.toml:2: limits.burst is a number from 0 to 1000000"},
        {"[limits]\nburst = nan\n", "roger.toml:2: limits.burst is a number from 0 to 1000000"},
        {"[limits]\nburst = inf\n", "roger.toml:2: limits.burst is a number from 0 to 1000000"},
        {"[numbers]\ndeny = \"900\"\n", "roger.toml:2: numbers.deny is a list of texts"},
        {"[numbers]\ndeny = [\n\"900\",\n900]\n", "roger.toml:4: numbers.deny holds a text in quotes"},
        {"[numbers]\ndeny = [\"0x\"]\n",
         "roger.toml:2: numbers.deny holds numbers or prefixes in international form, as \"+4477\""},
        {"[numbers]\ndeny = [\"+\"]\n",
         "roger.toml:2: numbers.deny holds numbers or prefixes in international form, as \"+4477\""},
        {"[numbers]\ncountries = [\"gb\"]\n",
         "roger.toml:2: numbers.countries holds ISO 3166-1 countries in capitals, as \"GB\", or \"*\""},
    };
    for (const auto& [text, sentence] : cases) EXPECT_EQ(error_of(text), sentence);
}

TEST(ConfigTest, ASyntaxErrorHasItsLine) {
    EXPECT_TRUE(error_of("[server]\nlisten = \n").starts_with("roger.toml:2: ")) << error_of("[server]\nlisten = \n");
    EXPECT_TRUE(error_of("[server\n").starts_with("roger.toml:1: "));
    EXPECT_TRUE(error_of("[server]\ndata = \"a\"\ndata = \"b\"\n").starts_with("roger.toml:3: "));
}

TEST(ConfigTest, AFileIsReadWhole) {
    const testing_support::TempDirectory directory;
    const std::string path = directory.path() / "roger.toml";
    std::ofstream(path) << "[limits]\nburst = 5\n";
    const auto config = read_config(path);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->burst, 5);
    std::ofstream(path) << "";
    EXPECT_TRUE(read_config(path));
    std::ofstream(path) << "[limits]\nbrust = 5\n";
    EXPECT_TRUE(read_config(path).error().detail.starts_with(path + ":2: "));
}

TEST(ConfigTest, AMissingFileADirectoryAndBytesBehindANulAreErrors) {
    const testing_support::TempDirectory directory;
    EXPECT_EQ(read_config(directory.path() / "none").error().code, Errc::not_found);
    EXPECT_EQ(read_config(directory.path()).error().code, Errc::invalid_argument);
    const std::string path = directory.path() / "nul.toml";
    std::ofstream(path) << std::string("[limits]\n\0unknown = 1\n", 21);
    EXPECT_EQ(read_config(path).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace roger::app
