// What a brand could do to the texts, and that it does not: check_brand() keeps it out, or it stands there as it is.
#include <gtest/gtest.h>

#include <string>

#include "message/message.hpp"

namespace roger::message {
namespace {

using namespace std::string_literals;

TEST(BadInputTest, BrandsThatCouldBecomeSomethingElseAreRefused) {
    struct Row {
        std::string brand;
        const char* what;
    };
    const Row rows[] = {{"${pin}", "a place of a text"},
                        {"${", "the begin of a place"},
                        {"}", "the end of a place"},
                        {"Acme\r\nX", "a second line of an SMS, or of a header"},
                        {"Acme\n@evil.example #1", "a line that fills in somebody else's PIN"},
                        {"\u202Eemca", "text that runs backwards"},
                        {"\u2067Acme", "an isolate that is not closed"},
                        {"Acme\u200F", "a mark that moves the PIN"},
                        {"[[k@t]]", "phonemes of the speech engine"},
                        {"<audio src=x/>", "a file that the speech engine reads"},
                        {"<break/>", "a pause"},
                        {"a]]>b", "the end of CDATA"},
                        {"Ac\0me"s, "the end of a C string"},
                        {"\u0660\u0661", "digits that are none of the PIN's"},
                        {"https://x.io", "a link"}};
    for (const Row& row : rows) EXPECT_FALSE(check_brand(row.brand)) << row.what;
}

// In every language, in an SMS and aloud, the brand stands as it is, and the PIN is still there and found once and
// twice.
TEST(BadInputTest, BrandsThatOnlyLookOddStandAsTheyAre) {
    for (const auto* brand : {"AT&T", "Toys \"R\" Us", "Ben's", "$pin", "#1", "@home", "%s%n", "a;b", "-- x", "=1+1",
                              "1234 code", "العربية", "עברית", "🍕 Pizza", "&lt;b&gt;"}) {
        const auto checked = check_brand(brand);
        ASSERT_TRUE(checked) << brand;
        for (const LocaleInfo& info : locales()) {
            const Values values{.brand = *checked, .pin = "9753", .minutes = 5, .amount = std::nullopt};
            const std::string sms = render(info.name, Channel::sms, values);
            const std::string call = render(info.name, Channel::tts, values);
            EXPECT_NE(sms.find(brand), std::string::npos) << info.name;
            EXPECT_NE(call.find(brand), std::string::npos) << info.name;
            EXPECT_EQ(sms.find("9753"), sms.rfind("9753")) << sms;
            EXPECT_EQ(sms.find('\n'), std::string::npos) << sms;
            EXPECT_NE(call.find("9, 7, 5, 3"), call.rfind("9, 7, 5, 3")) << call;
        }
    }
}

}  // namespace
}  // namespace roger::message
