#include "guard/number_policy.hpp"

#include <gtest/gtest.h>

namespace roger::guard {
namespace {

numbering::NumberFacts facts(const char* digits, const char* country, numbering::NumberType type) {
    return {*numbering::Msisdn::from_digits(digits), country, type};
}

TEST(NumberPolicyTest, TheDenyListHoldsNumbersAndPrefixes) {
    const NumberPolicy policy{.deny = {"447700900123", "4970"}};
    const auto mobile = numbering::NumberType::mobile;
    EXPECT_EQ(judge(policy, facts("447700900123", "GB", mobile))->rule, "deny-list");
    EXPECT_EQ(judge(policy, facts("4970123456", "DE", mobile))->kind, Refusal::Kind::denied);
    EXPECT_FALSE(judge(policy, facts("447700900124", "GB", mobile)));
}

TEST(NumberPolicyTest, OnlyServedCountriesPass) {
    const NumberPolicy policy{.countries = {"GB", "DE"}};
    EXPECT_FALSE(judge(policy, facts("447700900123", "GB", numbering::NumberType::unknown)));
    EXPECT_EQ(judge(policy, facts("33612345678", "FR", numbering::NumberType::mobile))->rule, "countries");
}

TEST(NumberPolicyTest, NumbersThatBelongToNoSubscriberAreNeverServed) {
    using enum numbering::NumberType;
    for (const auto type : {premium_rate, shared_cost, toll_free, pager, uan, voicemail}) {
        EXPECT_EQ(judge({}, facts("449012345678", "GB", type))->rule, "number-type");
    }
    for (const auto type : {unknown, mobile, fixed_line, fixed_line_or_mobile, voip, personal}) {
        EXPECT_FALSE(judge({}, facts("447912345678", "GB", type)));
    }
}

}  // namespace
}  // namespace roger::guard
