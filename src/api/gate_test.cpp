#include "api/gate.hpp"

#include <gtest/gtest.h>

#include "api/accounts.hpp"
#include "tests/support/fakes.hpp"

namespace roger::api {
namespace {

using testing_support::SeededRandom;

constexpr SteadyTime t0{std::chrono::hours(1000)};

Credentials credentials_of(const std::string& authorization, const std::string& query, const std::string& json = "") {
    http::Request request;
    request.authorization = authorization;
    request.query = query;
    request.body = json;
    request.content_type = "application/json";
    const auto parameters = http::read_parameters(request);
    EXPECT_TRUE(parameters);
    return read_credentials(request, *parameters);
}

TEST(CredentialsTest, ComeFromQueryAndBody) {
    const auto from_query = credentials_of("", "api_key=k&api_secret=s");
    EXPECT_EQ(from_query.key, "k");
    EXPECT_EQ(from_query.secret, "s");
    const auto from_body = credentials_of("", "api_key=query", R"({"api_key":"body","api_secret":"s"})");
    EXPECT_EQ(from_body.key, "body");
    EXPECT_EQ(from_body.secret, "s");
}

TEST(CredentialsTest, BasicWinsOverParameters) {
    const auto got = credentials_of("Basic dXNlcjpwYXNz", "api_key=k&api_secret=s");
    EXPECT_EQ(got.key, "user");
    EXPECT_EQ(got.secret, "pass");
}

TEST(CredentialsTest, AnotherSchemeLeavesParametersAlone) {
    EXPECT_EQ(credentials_of("Bearer abc", "api_key=k&api_secret=s").key, "k");
    EXPECT_EQ(credentials_of("Basic ???", "api_key=k&api_secret=s").key, "k");
}

TEST(CredentialsTest, WhatIsNotGivenOrNestedIsEmpty) {
    EXPECT_EQ(credentials_of("", "").key, "");
    const auto nested = credentials_of("", "", R"({"api_key":["k"],"api_secret":{"a":1}})");
    EXPECT_EQ(nested.key, "");
    EXPECT_EQ(nested.secret, "");
}

class SecretHasherTest : public testing::Test {
protected:
    SecretHasherTest() {
        keyring.add(1, make_key(1), true);
        account.key = "acme";
    }
    static Key32 make_key(unsigned char fill) {
        Key32 key{};
        key.fill(std::byte{fill});
        return key;
    }
    verification::Keyring keyring;
    account::Account account;
};

TEST_F(SecretHasherTest, KnowsTheTwoNewestSecrets) {
    SecretHasher hasher(keyring);
    EXPECT_FALSE(hasher.matches(account, ""));
    for (const auto* secret : {"one", "two", "three"}) add_secret(account, secret, keyring);
    EXPECT_TRUE(hasher.matches(account, "three"));
    EXPECT_TRUE(hasher.matches(account, "two"));
    EXPECT_FALSE(hasher.matches(account, "one"));
    EXPECT_FALSE(hasher.matches(account, ""));
    EXPECT_FALSE(hasher.matches(account, "threeo"));
    EXPECT_EQ(account.secret_hashes.size(), 2U);
}

TEST_F(SecretHasherTest, HoldsNoPlainSecret) {
    add_secret(account, "a secret of some length", keyring);
    EXPECT_EQ(account.secret_hashes.front().size(), 34U) << "kid and HMAC-SHA-256";
    EXPECT_EQ(SecretHasher::kid_of(account.secret_hashes.front()), 1);
    EXPECT_EQ(to_hex(account.secret_hashes.front()).find(to_hex(as_bytes("secret"))), std::string::npos);
}

TEST_F(SecretHasherTest, RefusesAllWhenTheKeysOfTheHashesAreGone) {
    add_secret(account, "one", keyring);
    verification::Keyring other;
    other.add(2, make_key(2), true);
    EXPECT_FALSE(SecretHasher(other).matches(account, "one"));
}

TEST_F(SecretHasherTest, SecretsOutliveTheActivationOfAnotherKey) {
    add_secret(account, "one", keyring);
    verification::Keyring rotated;
    rotated.add(1, make_key(1), false);
    rotated.add(2, make_key(2), true);
    SecretHasher hasher(rotated);
    EXPECT_TRUE(hasher.matches(account, "one"));

    SeededRandom random;
    set_signature_secret(account, "signs", rotated, random);
    EXPECT_EQ(account.signature_kid, 2);
    add_secret(account, "two", rotated);
    EXPECT_EQ(SecretHasher::kid_of(account.secret_hashes.front()), 2);
    EXPECT_TRUE(hasher.matches(account, "one"));
    EXPECT_TRUE(hasher.matches(account, "two"));
    EXPECT_EQ(open_signature_secret(account, rotated).reveal(), "signs");
}

TEST(RateLimiterTest, LetsABurstThroughAndThenOneForEachTokenThatDrops) {
    RateLimiter limiter;
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("a", 2, 3, t0)) << i;
    EXPECT_EQ(limiter.take("a", 2, 3, t0), 1U);
    EXPECT_EQ(limiter.take("a", 2, 3, t0 + milliseconds(499)), 1U);
    EXPECT_FALSE(limiter.take("a", 2, 3, t0 + milliseconds(500)));
    EXPECT_EQ(limiter.take("a", 2, 3, t0 + milliseconds(500)), 1U);
}

TEST(RateLimiterTest, FillsUpToTheBurstOnly) {
    RateLimiter limiter;
    EXPECT_FALSE(limiter.take("a", 1, 2, t0));
    const SteadyTime later = t0 + std::chrono::hours(24);
    EXPECT_FALSE(limiter.take("a", 1, 2, later));
    EXPECT_FALSE(limiter.take("a", 1, 2, later));
    EXPECT_TRUE(limiter.take("a", 1, 2, later));
}

TEST(RateLimiterTest, SaysTheWholeSecondsUntilATokenIsThere) {
    RateLimiter limiter;
    EXPECT_FALSE(limiter.take("a", 0.25, 1, t0));
    EXPECT_EQ(limiter.take("a", 0.25, 1, t0), 4U);
    EXPECT_EQ(limiter.take("a", 0.25, 1, t0 + seconds(3)), 1U);
    EXPECT_FALSE(limiter.take("a", 0.25, 1, t0 + seconds(4)));
}

TEST(RateLimiterTest, BucketsDoNotShare) {
    RateLimiter limiter;
    EXPECT_FALSE(limiter.take("a/start", 1, 1, t0));
    EXPECT_FALSE(limiter.take("a/check", 1, 1, t0));
    EXPECT_FALSE(limiter.take("b/start", 1, 1, t0));
    EXPECT_TRUE(limiter.take("a/start", 1, 1, t0));
}

TEST(RateLimiterTest, RateZeroIsNoLimit) {
    RateLimiter limiter;
    for (int i = 0; i < 1000; ++i) ASSERT_FALSE(limiter.take("a", 0, 0, t0));
}

TEST(WrongCredentialsTest, TwentyAMinuteAreFreeForEachAddress) {
    WrongCredentials wrong;
    for (int i = 0; i < WrongCredentials::free_per_minute; ++i) ASSERT_FALSE(wrong.note("192.0.2.1", t0 + seconds(i)));
    EXPECT_TRUE(wrong.note("192.0.2.1", t0 + seconds(59)));
    EXPECT_FALSE(wrong.note("192.0.2.2", t0 + seconds(59))) << "another address";
    EXPECT_FALSE(wrong.note("192.0.2.1", t0 + seconds(60))) << "a minute after the first";
}

TEST(WrongCredentialsTest, AFloodOfAddressesMakesEverybodyWaitUntilTheirMinuteIsOver) {
    WrongCredentials wrong;
    for (std::size_t i = 0; i < WrongCredentials::addresses_max; ++i) ASSERT_FALSE(wrong.note(std::to_string(i), t0));
    EXPECT_TRUE(wrong.note("new", t0));
    EXPECT_FALSE(wrong.note("new", t0 + seconds(60)));
}

}  // namespace
}  // namespace roger::api
