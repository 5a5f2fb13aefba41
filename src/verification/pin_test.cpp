#include "verification/pin.hpp"

#include <gtest/gtest.h>

namespace roger::verification {
namespace {

TEST(PinTest, ACallersPinIsFourToTenLettersAndDigits) {
    for (const auto* text : {"1234", "aBcD", "0123456789", "zzzzzzzzzz"}) {
        ASSERT_TRUE(Pin::parse(text)) << text;
        EXPECT_EQ(Pin::parse(text)->reveal(), text);
    }
    for (const auto* text : {"", "123", "12345678901", "12 4", "12-4", "12é4", "123\n", "１２３４"}) {
        EXPECT_FALSE(Pin::parse(text)) << text;
    }
}

TEST(PinTest, WhatPeopleTypeIsCleanedFirst) {
    for (const auto* text : {" 12 34 ", "12-34", "12\u00a034", "12\u202f34", "１２３４", "١٢٣٤", "१२३४", "1234"}) {
        const auto pin = Pin::parse_typed(text);
        ASSERT_TRUE(pin) << text;
        EXPECT_EQ(pin->reveal(), "1234") << text;
    }
    for (const auto* text : {"", "   ", "123", "12_34", "12345678901", "12.34", "12é34",
                             "\xff\xfe"
                             "1234",
                             "12\t34"}) {
        EXPECT_FALSE(Pin::parse_typed(text)) << text;
    }
    EXPECT_FALSE(Pin::parse_typed(std::string(65, ' ') + "1234"));
}

TEST(PinTest, MatchesWithoutCaseAndOnlyWhole) {
    const auto pin = *Pin::parse("aB12");
    EXPECT_TRUE(pin.matches(*Pin::parse("Ab12")));
    EXPECT_FALSE(pin.matches(*Pin::parse("Ab123")));
    EXPECT_FALSE(pin.matches(*Pin::parse("Ab13")));
    EXPECT_FALSE(Pin::parse("@@@@"));  // '@' and '`' differ from 'A' − 1 only by the case bit
    EXPECT_FALSE(Pin::parse("1234")->matches(*Pin::parse("12340")));
}

TEST(PinTest, DigestsBecomeDecimalDigitsWithLeadingZeros) {
    Digest digest{};
    EXPECT_EQ(Pin::from_digest(digest, 4).reveal(), "0000");
    digest[7] = std::byte{42};
    EXPECT_EQ(Pin::from_digest(digest, 6).reveal(), "000042");
    digest.fill(std::byte{0xff});  // 18446744073709551615
    EXPECT_EQ(Pin::from_digest(digest, 4).reveal(), "1615");
    EXPECT_EQ(Pin::from_digest(digest, 10).reveal(), "3709551615");
}

}  // namespace
}  // namespace roger::verification
