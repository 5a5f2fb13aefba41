#include "message/custom_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace roger::message {
namespace {

using namespace std::string_literals;

std::string say(Channel channel, std::string_view text, std::string_view brand = "Acme") {
    return render("en-gb", channel,
                  {.brand = brand, .pin = "1234", .minutes = 5, .amount = std::nullopt, .custom = text});
}

TEST(CustomTextTest, FillsItsPlaces) {
    constexpr auto text = "${brand} code: ${pin}. Valid for ${pin_expiry} minutes.";
    ASSERT_TRUE(check_custom_text(Channel::sms, text));
    EXPECT_EQ(say(Channel::sms, text), "Acme code: 1234. Valid for 5 minutes.");
    EXPECT_EQ(say(Channel::tts, "${pin}, I repeat, ${pin}"), "1, 2, 3, 4, I repeat, 1, 2, 3, 4");
}

TEST(CustomTextTest, KeepsWhatItDoesNotNeedToChange) {
    for (const auto* text : {"${pin}", "Line one\nLine two: ${pin}", "$5 off: ${pin} {x} $", "رمزك\u200F ${pin}",
                             "\u2068${brand}\u2069: ${pin}", "🍕 ${pin}", "<b>${pin}</b>", "[[${pin}]]"}) {
        const auto checked = check_custom_text(Channel::sms, text);
        ASSERT_TRUE(checked) << text << ": " << checked.error().detail;
        EXPECT_EQ(*checked, text);
    }
    EXPECT_EQ(*check_custom_text(Channel::sms, "a\r\nb\rc ${pin}\r"), "a\nb\nc ${pin}\n");
    EXPECT_EQ(*check_custom_text(Channel::tts, "a\r\nb ${pin}"), "a b ${pin}");
}

TEST(CustomTextTest, RefusesWithASentence) {
    struct Row {
        Channel channel;
        std::string text;
        const char* part;
    };
    const Row rows[] = {{Channel::sms, "", "no ${pin}"},
                        {Channel::sms, "Your code", "no ${pin}"},
                        {Channel::sms, "${PIN}", "begins no variable"},
                        {Channel::sms, "${pin} ${minutes}", "begins no variable"},
                        {Channel::sms, "${pin} ${", "begins no variable"},
                        {Channel::sms, "${pin} ${${pin}}", "begins no variable"},
                        {Channel::sms, "${pin}\t", "U+0009"},
                        {Channel::sms, "${pin}\0"s, "U+0000"},
                        {Channel::sms, "${pin}\u202E", "U+202E"},
                        {Channel::sms, "${pin}\uE000", "U+E000"},
                        {Channel::sms, "${pin}\xFF", "UTF-8"},
                        {Channel::sms, "${pin}" + std::string(2000, 'a'), "2000 bytes"},
                        {Channel::sms, "${pin}" + std::string(1600, 'a'), "10 segments"},
                        {Channel::tts, "${pin} <b>", "no markup"},
                        {Channel::tts, "${pin} >", "no markup"},
                        {Channel::tts, "${pin} <break time='1s'>", "no markup"},
                        {Channel::tts, "${pin} <break time=1s/>", "no markup"},
                        {Channel::tts, "${pin} <break time='1h'/>", "no markup"},
                        {Channel::tts, "${pin} <break time='s'/>", "no markup"},
                        {Channel::tts, "${pin} <breakage/>", "no markup"},
                        {Channel::tts, "${pin} [[k@t]]", "[["},
                        {Channel::tts, "${pin}" + std::string(1990, 'a'), "2000 bytes"}};
    for (const Row& row : rows) {
        const auto checked = check_custom_text(row.channel, row.text);
        ASSERT_FALSE(checked) << row.part;
        EXPECT_NE(checked.error().detail.find(row.part), std::string::npos) << checked.error().detail;
        EXPECT_EQ(checked.error().detail.back(), '.');
    }
}

TEST(CustomTextTest, ABreakIsHeardAsPunctuation) {
    struct Row {
        const char* text;
        const char* said;
    };
    const Row rows[] = {{"Code <break time='1s' /> ${pin}", "Code, 1, 2, 3, 4"},
                        {"Code:<break time=\"500ms\"/>${pin}", "Code: 1, 2, 3, 4"},
                        {"<break/>${pin}<break time='2s'/><break/>bye", " 1, 2, 3, 4, bye"}};
    for (const Row& row : rows) {
        ASSERT_TRUE(check_custom_text(Channel::tts, row.text)) << row.text;
        EXPECT_EQ(say(Channel::tts, row.text), row.said);
    }
    EXPECT_EQ(without_breaks("a <breakage/> b"), "a <breakage/> b");
}

TEST(CustomTextTest, WarnsOfWhatCostsMore) {
    EXPECT_TRUE(warnings_of(Channel::sms, "${brand} code: ${pin}. Valid for ${pin_expiry} minutes.").empty());
    EXPECT_TRUE(warnings_of(Channel::tts, "${pin}" + std::string(500, 'a')).empty());
    const auto latin = warnings_of(Channel::sms, "${pin}" + std::string(155, 'a'));
    ASSERT_EQ(latin.size(), 1U);
    EXPECT_NE(latin[0].find("2 segments"), std::string::npos) << latin[0];
    const auto other = warnings_of(Channel::sms, "${brand} ${pin}" + std::string(50, 'a'));
    ASSERT_EQ(other.size(), 1U);
    EXPECT_NE(other[0].find("GSM alphabet lacks"), std::string::npos) << other[0];
    EXPECT_FALSE(warnings_of(Channel::sms, "${pin}ж" + std::string(64, 'a')).empty());
}

TEST(CustomTextTest, ARecordingHasAnAddress) {
    for (const auto* good : {"https://example.com/0.wav", "http://10.0.0.1:8080/a?b=c", "https://x"}) {
        EXPECT_TRUE(is_recording_url(good)) << good;
    }
    for (const auto& bad :
         {""s, "example.com/0.wav"s, "ftp://example.com/0"s, "https://"s, "https:///x"s,
          "https://user:pass@example.com/0"s, "https://:80/x"s, "https://exa mple.com"s, "https://x/\n"s,
          "https://x/\u00e9"s, "file:///etc/passwd"s, "https://x/" + std::string(500, 'a')}) {
        EXPECT_FALSE(is_recording_url(bad)) << bad;
    }
}

RC_GTEST_PROP(CustomTextTest, WhatPassesIsKeptAndSaidInFull, (const std::string& before, const std::string& after)) {
    for (const Channel channel : {Channel::sms, Channel::tts}) {
        const auto checked = check_custom_text(channel, before + "${pin}" + after);
        if (!checked) continue;
        const auto again = check_custom_text(channel, *checked);
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == *checked);
        const std::string said = say(channel, *checked);
        RC_ASSERT(said.find(channel == Channel::sms ? "1234" : "1, 2, 3, 4") != std::string::npos);
    }
}

}  // namespace
}  // namespace roger::message
