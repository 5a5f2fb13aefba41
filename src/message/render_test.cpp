#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "message/message.hpp"

namespace roger::message {
namespace {

Values verification(std::string_view brand, std::string_view pin, std::uint32_t minutes) {
    return Values{.brand = brand, .pin = pin, .minutes = minutes, .amount = std::nullopt};
}

Values payment(std::string_view payee, std::string_view pin, std::uint32_t minutes, std::string_view amount) {
    return Values{.brand = payee, .pin = pin, .minutes = minutes, .amount = amount};
}

TEST(RenderTest, WritesTheSmsOfAVerification) {
    EXPECT_EQ(render("en-gb", Channel::sms, verification("Acme", "1234", 5)), "Acme code: 1234. Valid for 5 minutes.");
    EXPECT_EQ(render("en-us", Channel::sms, verification("Acme", "aB3x", 1)), "Acme code: aB3x. Valid for 1 minute.");
    EXPECT_EQ(render("en-au", Channel::sms, verification("東京電力", "1234", 60)),
              "東京電力 code: 1234. Valid for 60 minutes.");
}

TEST(RenderTest, SpeaksThePinTwiceCharacterByCharacter) {
    EXPECT_EQ(render("en-gb", Channel::tts, verification("Acme", "1234", 5)),
              "Hello. Your Acme code is: 1, 2, 3, 4. I repeat, your code is: 1, 2, 3, 4. It is valid for 5 minutes. "
              "Goodbye.");
    EXPECT_EQ(
        render("en-us", Channel::tts, verification("Acme", "aB3x", 1)),
        "Hello. Your Acme code is: a, B, 3, x. I repeat, your code is: a, B, 3, x. It is valid for 1 minute. Goodbye.");
}

TEST(RenderTest, WritesAmountAndPayeeOfAPayment) {
    EXPECT_EQ(render("en-gb", Channel::sms, payment("Acme", "1234", 5, "48.50")),
              "Code 1234: pay €48.50 to Acme. Valid 5 min.");
    EXPECT_EQ(render("de-de", Channel::sms, payment("Acme", "1234", 1, "999999999.99")),
              "Code 1234: 999.999.999,99 € an Acme. Gültig 1 Min.");
    EXPECT_EQ(render("en-gb", Channel::tts, payment("Acme", "1234", 5, "1000.00")),
              "Hello. Your code to authorise €1,000.00 to Acme is: 1, 2, 3, 4. I repeat, your code is: 1, 2, 3, 4. "
              "It is valid for 5 minutes. Goodbye.");
    EXPECT_NE(render("en-gb", Channel::sms, payment("Acme", "1", 5, "100.00")).find("€100.00"), std::string::npos);
    EXPECT_NE(render("en-gb", Channel::sms, payment("Acme", "1", 5, "0.01")).find("€0.01"), std::string::npos);
}

TEST(RenderTest, ALocaleWithoutPaymentsIsWrittenInEnglish) {
    EXPECT_EQ(render("en-us", Channel::sms, payment("Acme", "1234", 5, "48.50")),
              "Code 1234: pay €48.50 to Acme. Valid 5 min.");
    EXPECT_EQ(written_locale("th-th", true), "en-gb");
    EXPECT_EQ(written_locale("th-th", false), "th-th");
}

TEST(RenderTest, AnUnknownLocaleIsWrittenInEnglish) {
    EXPECT_EQ(render("xx-xx", Channel::sms, verification("Acme", "1234", 5)), "Acme code: 1234. Valid for 5 minutes.");
    EXPECT_EQ(render("", Channel::sms, payment("Acme", "1234", 5, "48.50")),
              "Code 1234: pay €48.50 to Acme. Valid 5 min.");
    EXPECT_EQ(written_locale("xx-xx", false), "en-us");
    EXPECT_EQ(written_locale("xx-xx", true), "en-gb");
    EXPECT_EQ(written_locale("en-in", false), "en-in");
}

TEST(RenderTest, EveryLocaleWritesEveryText) {
    for (const LocaleInfo& info : locales()) {
        for (const Channel channel : {Channel::sms, Channel::tts}) {
            const std::string spelt = channel == Channel::tts ? "9, 7, 5, 3" : "9753";
            const std::string start = render(info.name, channel, verification("Qwx Zk", "9753", 5));
            EXPECT_NE(start.find("Qwx Zk"), std::string::npos) << info.name;
            EXPECT_NE(start.find(spelt), std::string::npos) << info.name;
            const std::string pay = render(info.name, channel, payment("Qwx Zk", "9753", 5, "48.50"));
            EXPECT_NE(pay.find("Qwx Zk"), std::string::npos) << info.name;
            EXPECT_NE(pay.find(spelt), std::string::npos) << info.name;
            EXPECT_NE(pay.find("€"), std::string::npos) << info.name;
            EXPECT_NE(pay.find("48"), std::string::npos) << info.name;
            EXPECT_EQ((start + pay).find("${"), std::string::npos) << info.name;
        }
    }
}

TEST(RenderTest, ABrandThatLooksLikeAPlaceIsNotFilledIn) {
    EXPECT_EQ(render("en-gb", Channel::sms, verification("${pin}", "1234", 5)),
              "${pin} code: 1234. Valid for 5 minutes.");
}

TEST(RenderTest, NamesTheChannels) {
    EXPECT_EQ(to_string(Channel::sms), "sms");
    EXPECT_EQ(to_string(Channel::tts), "tts");
}

RC_GTEST_PROP(RenderTest,
              AnyBytesAreRendered,
              (const std::string& locale,
               const std::string& brand,
               const std::string& pin,
               const std::string& amount,
               std::uint32_t minutes)) {
    for (const Channel channel : {Channel::sms, Channel::tts}) {
        RC_ASSERT(render(locale, channel, verification(brand, pin, minutes)).find(brand) != std::string::npos);
        RC_ASSERT(render(locale, channel, payment(brand, pin, minutes, amount)).find(brand) != std::string::npos);
    }
}

}  // namespace
}  // namespace roger::message
