#include "base/hex.hpp"

#include <gtest/gtest.h>

namespace roger {
namespace {

TEST(HexTest, ReadsWhatItWrites) {
    const Bytes bytes{std::byte{0x00}, std::byte{0x9f}, std::byte{0xff}};
    EXPECT_EQ(to_hex(bytes), "009fff");
    EXPECT_EQ(to_hex_upper(bytes), "009FFF");
    EXPECT_EQ(from_hex("009fFF"), bytes);
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(HexTest, RefusesOddLengthsAndOtherCharacters) {
    for (const auto* text : {"0", "0g", "g0", " 0", "0x", "00 "}) EXPECT_FALSE(from_hex(text)) << text;
}

}  // namespace
}  // namespace roger
