#include "message/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "message/message.hpp"

namespace roger::message {
namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// Every place of `names` is there, and none beside them.
void expect_places(std::string_view text, const std::vector<std::string_view>& names, std::string_view locale) {
    std::size_t known = 0;
    for (const std::string_view name : names) {
        const std::size_t found = count(text, "${" + std::string(name) + "}");
        EXPECT_GE(found, 1U) << locale << " lacks " << name << ": " << text;
        known += found;
    }
    EXPECT_EQ(count(text, "$"), known) << locale << ": " << text;
    EXPECT_EQ(count(text, "{"), known) << locale << ": " << text;
    EXPECT_EQ(count(text, "}"), known) << locale << ": " << text;
}

TEST(CatalogueTest, EveryLocaleWithTextsIsAKnownOneAndThereOnce) {
    std::set<std::string_view> seen;
    for (const auto& language : catalogue()) {
        for (const LocaleTexts& entry : language) {
            EXPECT_EQ(find_locale(entry.locale), entry.locale);
            EXPECT_TRUE(seen.insert(entry.locale).second) << entry.locale << " stands there twice";
        }
    }
}

TEST(CatalogueTest, EveryTextHasItsPlaces) {
    for (const auto& language : catalogue()) {
        for (const LocaleTexts& entry : language) {
            const Texts& texts = *entry.texts;
            expect_places(texts.sms, {"brand", "pin", "minutes"}, entry.locale);
            expect_places(texts.tts, {"brand", "pin", "minutes"}, entry.locale);
            expect_places(texts.psd2_sms, {"payee", "amount", "pin", "minutes"}, entry.locale);
            expect_places(texts.psd2_tts, {"payee", "amount", "pin", "minutes"}, entry.locale);
            EXPECT_EQ(count(texts.sms, "${pin}"), 1U) << entry.locale;
            EXPECT_EQ(count(texts.psd2_sms, "${pin}"), 1U) << entry.locale;
            EXPECT_EQ(count(texts.tts, "${pin}"), 2U) << entry.locale;
            EXPECT_EQ(count(texts.psd2_tts, "${pin}"), 2U) << entry.locale;
            EXPECT_EQ(count(texts.sms, "\n") + count(texts.psd2_sms, "\n"), 0U) << entry.locale;
        }
    }
}

TEST(CatalogueTest, EveryLanguageCountsMinutes) {
    for (const auto& language : catalogue()) {
        for (const LocaleTexts& entry : language) {
            for (const std::uint32_t minutes : {1U, 2U, 5U, 21U, 60U}) {
                EXPECT_NE(entry.texts->minutes(minutes).find(std::to_string(minutes)), std::string::npos)
                    << entry.locale;
            }
        }
    }
}

TEST(CatalogueTest, TheFallbackIsEnglish) {
    EXPECT_EQ(texts_for("xx-xx", false).locale, "en-us");
    EXPECT_EQ(texts_for("xx-xx", true).locale, "en-gb");
    EXPECT_EQ(texts_for("", false).locale, "en-us");
    EXPECT_EQ(texts_for("en-au", false).locale, "en-au");
}

}  // namespace
}  // namespace roger::message
