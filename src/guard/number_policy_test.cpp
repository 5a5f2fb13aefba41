#include "guard/number_policy.hpp"

#include <gtest/gtest.h>

namespace roger::guard {
namespace {

using enum numbering::NumberType;

class NumberPolicyTest : public testing::Test {
protected:
    std::optional<Refusal> of(const char* digits, const char* country, numbering::NumberType type) {
        const numbering::NumberFacts facts{*numbering::Msisdn::from_digits(digits), country, type};
        return judge({policy, lists, account, facts});
    }
    NumberPolicy policy;
    NumberLists lists;
    account::Account account;
};

TEST_F(NumberPolicyTest, TheDenyListsHoldNumbersAndPrefixes) {
    policy.deny = {"447700900123", "4970"};
    lists.deny = {"33"};
    account.numbers.deny = {"1202"};
    EXPECT_EQ(of("447700900123", "GB", mobile)->rule, "deny-list");
    EXPECT_EQ(of("4970123456", "DE", mobile)->kind, Refusal::Kind::denied);
    EXPECT_EQ(of("33612345678", "FR", mobile)->rule, "deny-list");
    EXPECT_EQ(of("12025550123", "US", mobile)->rule, "deny-list");
    EXPECT_FALSE(of("447700900124", "GB", mobile));
}

TEST_F(NumberPolicyTest, AnAllowListWins) {
    policy.deny = {"44"};
    policy.countries = {"DE"};
    EXPECT_TRUE(of("447700900124", "GB", mobile));
    lists.allow = {"447700900124"};
    EXPECT_FALSE(of("447700900124", "GB", mobile));
    EXPECT_TRUE(of("447700900125", "GB", mobile));
    account.numbers.allow = {"4477009001"};
    EXPECT_FALSE(of("447700900125", "GB", premium_rate));
}

TEST_F(NumberPolicyTest, OnlyServedCountriesPass) {
    policy.countries = {"GB", "DE"};
    EXPECT_FALSE(of("447700900123", "GB", unknown));
    EXPECT_EQ(of("33612345678", "FR", mobile)->rule, "countries");
    account.numbers.countries = {"DE"};
    EXPECT_EQ(of("447700900123", "GB", unknown)->rule, "countries");
}

TEST_F(NumberPolicyTest, NumbersThatBelongToNoSubscriberAreNeverServed) {
    policy.premium = true;
    for (const auto type : {toll_free, pager, uan, voicemail}) {
        EXPECT_EQ(of("449012345678", "GB", type)->rule, "number-type");
    }
    for (const auto type : {unknown, mobile, fixed_line, fixed_line_or_mobile, voip, personal, premium_rate}) {
        EXPECT_FALSE(of("447912345678", "GB", type));
    }
}

TEST_F(NumberPolicyTest, PremiumAndSatelliteNumbersWaitForAnOperatorsWord) {
    EXPECT_EQ(of("449012345678", "GB", premium_rate)->rule, "number-type");
    EXPECT_EQ(of("449012345678", "GB", shared_cost)->rule, "number-type");
    EXPECT_EQ(of("979123456789", "001", unknown)->rule, "number-type");
    for (const char* digits : {"870773123456", "881612345678", "882123456789", "883510012345"}) {
        EXPECT_EQ(of(digits, "001", mobile)->rule, "satellite") << digits;
    }
    policy.premium = policy.satellite = true;
    EXPECT_FALSE(of("979123456789", "001", unknown));
    EXPECT_FALSE(of("881612345678", "001", mobile));
}

TEST_F(NumberPolicyTest, TypesAndTheStrictPolicyNarrowWhatIsServed) {
    account.policy = account::Policy::strict;
    EXPECT_EQ(of("445612345678", "GB", voip)->rule, "strict-voip");
    EXPECT_FALSE(of("447912345678", "GB", mobile));
    account.numbers.types = {"mobile"};
    EXPECT_EQ(of("441632960123", "GB", fixed_line)->rule, "number-type");
    policy.types = {"fixed_line"};
    EXPECT_EQ(of("447912345678", "GB", mobile)->rule, "number-type");
}

}  // namespace
}  // namespace roger::guard
