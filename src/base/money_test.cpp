#include "base/money.hpp"

#include <gtest/gtest.h>

namespace roger {
namespace {

TEST(MoneyTest, WritesEightDecimals) {
    EXPECT_EQ(to_price(Micros{0}), "0.00000000");
    EXPECT_EQ(to_price(Micros{35'000}), "0.03500000");
    EXPECT_EQ(to_price(Micros{12'000'001}), "12.00000100");
    EXPECT_EQ(to_price(Micros{-1}), "-0.00000100");
}

TEST(MoneyTest, ReadsPrices) {
    EXPECT_EQ(parse_price("0.035"), Micros{35'000});
    EXPECT_EQ(parse_price("12"), Micros{12'000'000});
    EXPECT_EQ(parse_price("1000000"), Micros{1'000'000'000'000});
    EXPECT_EQ(parse_price("0.000001"), Micros{1});
}

TEST(MoneyTest, RefusesWhatIsNoPrice) {
    for (const auto* text :
         {"", ".", "1.", ".5", "-1", "1e3", "0.0000001", "1000000.1", "99999999", " 1", "1 ", "1,5"}) {
        EXPECT_FALSE(parse_price(text)) << text;
    }
}

}  // namespace
}  // namespace roger
