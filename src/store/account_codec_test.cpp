#include "store/account_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

namespace roger::store {
namespace {

using account::Account;

Account full_account() {
    Account account;
    account.key = "abcd1234";
    account.secret_hashes = {Bytes(32, std::byte{0xA5}), Bytes(32, std::byte{0x01})};
    account.sealed_signature_secret = Bytes(56, std::byte{0xFF});
    account.signature_kid = 7;
    account.signature_method = account::SignatureMethod::sha512;
    account.disabled = account.barred = account.demo = account.pin_code = account.lenient_cancel = account.six_digits =
        true;
    account.rate = 0.0;
    account.burst = 2.5;
    account.price = Micros{-1};
    account.currency = "USD";
    account.approved = {"447700900123", "447700900124"};
    account.retention_days = 395;
    account.created = TimePoint(milliseconds(1'800'000'000'123));
    account.template_review = true;
    account.app_hash = "FA+9qCX9VSu";
    account.domain = "example.com";
    account.templates = {{.slot = {message::Channel::sms, "en-gb"},
                          .version = 2,
                          .state = account::TemplateState::retired,
                          .text = "${pin}\n\"${brand}\"",
                          .media = {},
                          .since = account.created},
                         {.slot = {message::Channel::tts, "th-th"},
                          .version = UINT32_MAX,
                          .state = account::TemplateState::pending,
                          .text = "",
                          .media = {{"digit_0", "https://example.com/0.wav"}, {"welcome_message", "https://x/w"}},
                          .since = {}}};
    account.policy = account::Policy::strict;
    account.prepaid = true;
    account.caps = {{account::Period::day, "", Micros{1}}, {account::Period::month, "country:GB", Micros{2}}};
    account.one_success_within = std::chrono::days(90);
    account.numbers = {.deny = {"4477"}, .allow = {"447700900123"}, .countries = {"GB"}, .types = {"mobile"}};
    account.networks = {"10.0.0.0/8"};
    account.sender = "Acme";
    account.locale = "de-de";
    return account;
}

TEST(AccountCodecTest, EveryMemberComesBack) {
    EXPECT_EQ(decode_account(encode(full_account())), full_account());
    const Account plain{.key = "a"};
    EXPECT_EQ(decode_account(encode(plain)), plain);
}

TEST(AccountCodecTest, MembersOfANewerProgramAreIgnored) {
    auto object = nlohmann::json::parse(encode(full_account()));
    object["colour"] = {{"red", 1}};
    EXPECT_EQ(decode_account(object.dump()), full_account());
}

TEST(AccountCodecTest, MembersThatAnOlderProgramDidNotWriteHaveTheirDefaults) {
    EXPECT_EQ(decode_account(R"({"key":"abc"})"), Account{.key = "abc"});
}

TEST(AccountCodecTest, AMemberOfAnotherKindIsRefused) {
    const auto good = nlohmann::json::parse(encode(full_account()));
    for (const auto& [name, value] : good.items()) {
        auto object = good;
        object[name] = nlohmann::json::object();
        const auto read = decode_account(object.dump());
        ASSERT_FALSE(read) << name;
        EXPECT_EQ(read.error().code, Errc::invalid_argument);
    }
    for (const char* text :
         {R"({"key":"a","signature_kid":65536})", R"({"key":"a","signature_kid":-1})",
          R"({"key":"a","signature_method":"md4"})", R"({"key":"a","secret_hashes":["0g"]})",
          R"({"key":"a","approved":[1]})", R"({"key":"a","price":1.5})", R"({"key":"a","price":9223372036854775808})",
          R"({"key":"a","policy":"lax"})", R"({"key":"a","caps":[{"scope":"GB"}]})", R"({"key":"a","caps":[7]})",
          R"({"key":"a","templates":[7]})", R"({"key":"a","templates":[{"state":"GONE"}]})",
          R"({"key":"a","templates":[{"state":"ACTIVE","version":-1}]})",
          R"({"key":"a","templates":[{"state":"ACTIVE","media":[]}]})"}) {
        EXPECT_FALSE(decode_account(text)) << text;
    }
}

TEST(AccountCodecTest, WhatIsNoAccountIsRefused) {
    for (const char* text : {"", "{", "[]", "null", "7", "{}", R"({"key":""})"})
        EXPECT_FALSE(decode_account(text)) << text;
}

RC_GTEST_PROP(AccountCodecTest, NoTextCrashesTheReader, (std::string text)) { (void)decode_account(text); }

TEST(AccountCodecTest, EveryTruncationIsRefused) {
    const std::string text = encode(full_account());
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(decode_account(text.substr(0, size))) << size;
}

}  // namespace
}  // namespace roger::store
