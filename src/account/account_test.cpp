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

}  // namespace
}  // namespace roger::account
