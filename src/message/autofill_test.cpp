#include "message/autofill.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::message {
namespace {

using namespace std::string_literals;

constexpr std::string_view hash = "FA+9qCX9VSu";

Values values(std::string_view app_hash, std::string_view domain) {
    return {.brand = "Acme",
            .pin = "123456",
            .minutes = 5,
            .amount = std::nullopt,
            .custom = {},
            .app_hash = app_hash,
            .domain = domain};
}

TEST(AutofillTest, AnAppHashIsElevenOfBase64) {
    for (const auto* good : {"FA+9qCX9VSu", "aaaaaaaaaaa", "0123456789/"}) EXPECT_TRUE(is_app_hash(good)) << good;
    for (const auto& bad : {""s, "FA+9qCX9VS"s, "FA+9qCX9VSuu"s, "FA+9qCX9VS="s, "FA-9qCX9VSu"s, "FA_9qCX9VSu"s,
                            "FA 9qCX9VSu"s, "FA+9qCX9VS\n"s, "FA+9qCX9VS\0"s, "FA+9qCX9Vé"s}) {
        EXPECT_FALSE(is_app_hash(bad)) << bad;
    }
}

TEST(AutofillTest, ADomainIsAHostNameInLowerCase) {
    EXPECT_EQ(read_domain("example.com"), "example.com");
    EXPECT_EQ(read_domain("Login.EXAMPLE.co.uk"), "login.example.co.uk");
    EXPECT_EQ(read_domain("xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(read_domain("1-2.3m"), "1-2.3m");
    EXPECT_TRUE(read_domain(std::string(63, 'a') + ".example"));
}

TEST(AutofillTest, RefusesWhatTheLineForbids) {
    for (const auto& bad : {""s,
                            "localhost"s,
                            "example.com."s,
                            ".example.com"s,
                            "a..b"s,
                            "https://example.com"s,
                            "example.com:443"s,
                            "example.com/x"s,
                            "@example.com"s,
                            "example.com #1"s,
                            "exa mple.com"s,
                            "example.com\n"s,
                            "-a.example"s,
                            "a-.example"s,
                            "a_b.example"s,
                            "192.0.2.1"s,
                            "[::1]"s,
                            "bücher.example"s,
                            "example.com\0"s,
                            std::string(64, 'a') + ".example",
                            std::string(101, 'a')}) {
        EXPECT_EQ(read_domain(bad), std::nullopt) << bad;
    }
}

TEST(AutofillTest, TheSmsEndsWithTheLineThatWasAskedFor) {
    EXPECT_EQ(render("en-gb", Channel::sms, values(hash, "")), "Acme code: 123456. Valid for 5 minutes.\nFA+9qCX9VSu");
    EXPECT_EQ(render("en-gb", Channel::sms, values("", "example.com")),
              "Acme code: 123456. Valid for 5 minutes.\n\n@example.com #123456");
    EXPECT_EQ(render("en-gb", Channel::sms, values("", "")), "Acme code: 123456. Valid for 5 minutes.");
}

TEST(AutofillTest, ACallSaysNothingOfIt) {
    for (const auto& asked : {values(hash, ""), values("", "example.com")}) {
        EXPECT_EQ(render("en-gb", Channel::tts, asked), render("en-gb", Channel::tts, values("", "")));
    }
}

TEST(AutofillTest, EveryLocaleLeavesRoomForTheHash) {
    for (const LocaleInfo& info : locales()) {
        const std::string text = render(info.name, Channel::sms, values(hash, ""));
        EXPECT_LE(text.size(), retriever_bytes_max) << info.name << ": " << text;
        EXPECT_TRUE(text.ends_with("\n" + std::string(hash))) << info.name;
    }
}

RC_GTEST_PROP(AutofillTest, ADomainThatWasReadIsReadAgainAsItself, (const std::string& text)) {
    const auto domain = read_domain(text + ".example");
    if (!domain) return;
    RC_ASSERT(read_domain(*domain) == domain);
    RC_ASSERT(domain->find_first_of(" \n#@:/") == std::string::npos);
}

}  // namespace
}  // namespace roger::message
