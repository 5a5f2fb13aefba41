#include "account/account.hpp"

#include <gtest/gtest.h>

namespace roger::account {
namespace {

TEST(AccountTest, SignatureMethodsReadWhatTheyWrite) {
    for (const auto* name : {"md5hash", "md5", "sha1", "sha256", "sha512"}) {
        const auto method = parse_signature_method(name);
        ASSERT_TRUE(method) << name;
        EXPECT_EQ(to_string(*method), name);
    }
    for (const auto* name : {"", "SHA256", "sha", "md5 "}) EXPECT_FALSE(parse_signature_method(name)) << name;
}

TEST(AccountTest, KeysAreShortAndPlain) {
    EXPECT_TRUE(is_account_key("a1b2c3d4"));
    EXPECT_TRUE(is_account_key(std::string(32, 'x')));
    for (const auto& text :
         {std::string(), std::string(33, 'x'), std::string("a b"), std::string("ü"), std::string("a/b")}) {
        EXPECT_FALSE(is_account_key(text)) << text;
    }
}

TEST(AccountTest, CurrenciesAreThreeCapitals) {
    EXPECT_TRUE(is_currency("EUR"));
    for (const auto* text : {"", "eur", "EURO", "E1R"}) EXPECT_FALSE(is_currency(text)) << text;
}

TEST(AccountTest, PoliciesReadWhatTheyWrite) {
    for (const auto policy : {Policy::standard, Policy::psd2, Policy::strict}) {
        EXPECT_EQ(parse_policy(to_string(policy)), policy);
    }
    EXPECT_FALSE(parse_policy("lax"));
}

TEST(AccountTest, CapsAreOfAllOfACountryOrOfANetwork) {
    for (const auto* scope : {"", "country:GB", "network:23415", "network:310260"}) {
        EXPECT_TRUE(is_cap_scope(scope)) << scope;
    }
    for (const auto* scope : {"GB", "country:", "country:gb", "country:GBR", "network:2341", "network:2341555",
                              "network:234-15", "route:a"}) {
        EXPECT_FALSE(is_cap_scope(scope)) << scope;
    }
}

TEST(AccountTest, WhatHasABalanceOrACapIsMetered) {
    Account account;
    EXPECT_FALSE(account.metered());
    account.prepaid = true;
    EXPECT_TRUE(account.metered());
    account.prepaid = false;
    account.caps.push_back({});
    EXPECT_TRUE(account.metered());
}

}  // namespace
}  // namespace roger::account
