#include "app/alert_config.hpp"

#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/live_config.hpp"

namespace roger::app {
namespace {

constexpr const char* mail = "[email]\nserver = \"127.0.0.1:25\"\ntls = \"off\"\nfrom = \"roger@example.com\"\n";

Result<Config> read_alert(const std::string& text) { return parse_config("[alert]\n" + text, "roger.toml", true); }

TEST(AlertConfigTest, EveryKeyIsRead) {
    auto config = read_alert(std::string("command = [\"/usr/bin/page\", \"--all\"]\n"
                                         "url = \"https://hooks.example.com/roger?team=a\"\n"
                                         "secret = \"hush\"\n"
                                         "allow_private = true\n"
                                         "email = \"ops@example.com\"\n"
                                         "route_down_seconds = 5\n"
                                         "silent_minutes = 30\n") +
                             mail)
                      .and_then(load_live);
    ASSERT_TRUE(config) << config.error().detail;
    const AlertConfig& alert = config->config.alert;
    EXPECT_EQ(alert.command, (std::vector<std::string>{"/usr/bin/page", "--all"}));
    EXPECT_EQ(alert.url, "https://hooks.example.com/roger?team=a");
    EXPECT_EQ(alert.secret.reveal(), "hush");
    EXPECT_TRUE(alert.allow_private);
    EXPECT_EQ(alert.email, "ops@example.com");
    EXPECT_EQ(alert.options().route_down_hold, seconds(5));
    EXPECT_EQ(alert.silent_minutes, 30);
    EXPECT_TRUE(alert.any());
    EXPECT_FALSE(read_alert("silent_minutes = 30\n")->alert.any());
}

TEST(AlertConfigTest, MistakesAreSentences) {
    const std::pair<std::string, std::string> rows[] = {
        {"command = [\"page\"]", "alert.command is the absolute path of a program, and at most 31 arguments"},
        {"command = \"/usr/bin/page\"", "alert.command is a list of texts"},
        {"command = [\"\"]", "alert.command holds a program's path and its arguments"},
        {"url = \"ftp://example.com\"", "alert.url"},
        {"secret = \"hush\"", "alert.url is missing: the secret signs what is posted there"},
        {"email = \"ops@example.com\"", "alert.email needs [email], which says over which server mails go"},
        {std::string("email = \"ops\"\n") + mail, "alert.email is an address, as \"ops@example.com\""},
        {"silent_minutes = 0", "alert.silent_minutes"},
        {"route_down_seconds = -1", "alert.route_down_seconds"},
        {"emial = \"a@b.example\"", "the nearest known key is 'alert.email'"},
    };
    for (const auto& [text, sentence] : rows) {
        const auto config = read_alert(text);
        ASSERT_FALSE(config) << text;
        EXPECT_NE(config.error().detail.find(sentence), std::string::npos) << config.error().detail;
    }
    const auto missing = read_alert("url = \"https://a.example\"\nsecret_file = \"/nowhere\"").and_then(load_live);
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().detail.starts_with("alert: ")) << missing.error().detail;
}

TEST(AlertConfigTest, TheSameWaysAreKnown) {
    const AlertConfig one = read_alert("command = [\"/a\"]")->alert;
    EXPECT_TRUE(one.same_ways(read_alert("command = [\"/a\"]\nsilent_minutes = 3")->alert));
    EXPECT_FALSE(one.same_ways(read_alert("command = [\"/a\", \"b\"]")->alert));
    EXPECT_FALSE(one.same_ways(AlertConfig{}));
}

}  // namespace
}  // namespace roger::app
