#include "app/email_config.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/live_config.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

using testing::HasSubstr;

std::string email_error_of(const std::string& text) {
    const auto config = parse_config("[email]\n" + text, "roger.toml").and_then(load_live);
    return config ? "none" : config.error().detail;
}

TEST(EmailConfigTest, EveryKeyIsRead) {
    const testing_support::TempDirectory directory;
    const std::string path = directory.path() / "password";
    std::ofstream(path) << "hush\n";
    const auto config = parse_config(
        "[email]\nserver = \"smtp.example.com:465\"\ntls = \"tls\"\nuser = \"u\"\npassword_file = \"" + path +
            "\"\nfrom = \"roger@example.com\"\nfrom_name = \"Ops\"\nbounces = \"bounces@example.com\"\nca_file = \"" +
            path + "\"\n",
        "roger.toml");
    ASSERT_TRUE(config) << config.error().detail;
    const auto options = config->email.mailer_options();
    ASSERT_TRUE(options) << options.error().detail;
    EXPECT_EQ(options->server, "smtp.example.com:465");
    EXPECT_EQ(options->tls, email::Tls::tls);
    EXPECT_EQ(options->user, "u");
    EXPECT_EQ(options->password.reveal(), "hush");
    EXPECT_EQ(options->ca_file, path);
    EXPECT_EQ(config->email.from, "roger@example.com");
    EXPECT_EQ(config->email.from_name, "Ops");
    EXPECT_EQ(config->email.bounces, "bounces@example.com");
}

TEST(EmailConfigTest, EachMistakeIsToldWithItsLine) {
    const std::string server = "server = \"h:25\"\nfrom = \"a@b\"\n";
    EXPECT_EQ(email_error_of(""), "none");
    EXPECT_EQ(email_error_of(server), "none");
    EXPECT_THAT(email_error_of("server = \"h\"\n"),
                HasSubstr("roger.toml:2: email.server is addresses as \"HOST:PORT\""));
    EXPECT_THAT(email_error_of("server = \"h:25\"\n"), HasSubstr("email.server goes with email.from"));
    EXPECT_THAT(email_error_of("from = \"ops\"\n"), HasSubstr("email.from is an address"));
    EXPECT_THAT(email_error_of(server + "tls = \"ssl\"\n"),
                HasSubstr("email.tls is one of \"starttls\", \"tls\", \"off\""));
    EXPECT_THAT(email_error_of(server + "user = \"u\"\n"), HasSubstr("email.user goes with a password"));
    EXPECT_THAT(email_error_of(server + "password_env = \"P\"\n"), HasSubstr("email.user goes with a password"));
    EXPECT_THAT(email_error_of(server + "user = \"u\"\npassword = \"p\"\n"),
                HasSubstr("only its owner can read (chmod 600)"));
    EXPECT_THAT(email_error_of(server + "user = \"u\"\npassword_env = \"P\"\npassword_file = \"/p\"\n"),
                HasSubstr("one of 'password_file', 'password_env' and 'password' is enough"));
    EXPECT_THAT(email_error_of(server + "user = \"u\"\npassword_file = \"/nowhere\"\n"),
                HasSubstr("email: the password file /nowhere cannot be read"));
    EXPECT_THAT(email_error_of(server + "ca_file = \"/nowhere\"\n"),
                HasSubstr("email: its ca_file /nowhere cannot be read"));
    EXPECT_THAT(email_error_of("host = \"h\"\n"), HasSubstr("unknown key 'email.host'"));
}

}  // namespace
}  // namespace roger::app
