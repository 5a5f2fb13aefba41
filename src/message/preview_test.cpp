#include "message/preview.hpp"

#include <gtest/gtest.h>

namespace roger::message {
namespace {

Values values_of(std::string_view custom) {
    return {.brand = "Acme", .pin = "1234", .minutes = 5, .amount = {}, .custom = custom};
}

TEST(PreviewTest, AnSmsTellsItsAlphabetAndSegments) {
    const Preview shown = preview("en-gb", Channel::sms, values_of(""));
    EXPECT_EQ(shown.locale, "en-gb");
    EXPECT_EQ(shown.encoding, "GSM-7");
    EXPECT_EQ(shown.segments, 1U);
    EXPECT_EQ(shown.length, shown.text.size());
    EXPECT_EQ(shown.segment_length, 160U);
    EXPECT_NE(shown.text.find("1234"), std::string::npos);
}

TEST(PreviewTest, LongAndForeignTextsCostMore) {
    const std::string words(170, 'x');
    const Preview two = preview("en-gb", Channel::sms, values_of(words + " ${pin}"));
    EXPECT_EQ(two.segments, 2U);
    EXPECT_EQ(two.segment_length, 153U);
    const Preview ucs2 = preview("en-gb", Channel::sms, values_of("кот ${pin}"));
    EXPECT_EQ(ucs2.encoding, "UCS-2");
    EXPECT_EQ(ucs2.length, 8U);
    EXPECT_EQ(ucs2.segment_length, 70U);
}

TEST(PreviewTest, ACallHasNoSegments) {
    const Preview shown = preview("de-de", Channel::tts, values_of(""));
    EXPECT_EQ(shown.encoding, "speech");
    EXPECT_EQ(shown.segments, 0U);
    EXPECT_EQ(shown.length, 0U);
}

}  // namespace
}  // namespace roger::message
