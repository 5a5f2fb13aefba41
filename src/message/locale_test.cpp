#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "message/catalogue.hpp"
#include "message/message.hpp"

namespace roger::message {
namespace {

using namespace std::string_literals;

const LocaleInfo* info_of(std::string_view name) {
    for (const LocaleInfo& info : locales()) {
        if (info.name == name) return &info;
    }
    return nullptr;
}

TEST(LocaleTest, Has39OfVerifyAnd21OfPsd2) {
    const auto& all = locales();
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const LocaleInfo& info) { return info.verify; }), 39);
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const LocaleInfo& info) { return info.psd2; }), 21);
    std::set<std::string_view> names;
    for (const LocaleInfo& info : all) {
        EXPECT_TRUE(info.verify || info.psd2) << info.name;
        EXPECT_TRUE(names.insert(info.name).second) << info.name << " stands there twice";
    }
    for (const auto* name : {"bg-bg", "ee-et", "ga-ie", "lt-lt", "lv-lv", "mt-mt", "sk-sk", "sl-si"}) {
        ASSERT_NE(info_of(name), nullptr) << name;
        EXPECT_FALSE(info_of(name)->verify) << name;
    }
    for (const auto* name : {"cy-cy", "cy-gb", "yue-cn", "fil-ph", "en-us", "fr-ca", "zh-tw"}) {
        ASSERT_NE(info_of(name), nullptr) << name;
        EXPECT_FALSE(info_of(name)->psd2) << name;
    }
}

TEST(LocaleTest, FindsEveryLocaleAsClientsWriteIt) {
    for (const LocaleInfo& info : locales()) {
        EXPECT_EQ(find_locale(info.name), info.name);
        std::string shouted(info.name);
        std::transform(shouted.begin(), shouted.end(), shouted.begin(),
                       [](char c) { return c == '-' ? '_' : static_cast<char>(c - 'a' + 'A'); });
        EXPECT_EQ(find_locale(shouted), info.name);
    }
    EXPECT_EQ(find_locale("en_GB"), "en-gb");
    EXPECT_EQ(find_locale("yue-CN"), "yue-cn");
    EXPECT_EQ(find_locale("sk-si"), "sk-sk");
    EXPECT_EQ(find_locale("SK_SI"), "sk-sk");
}

TEST(LocaleTest, RefusesOtherNames) {
    for (const auto& text : {""s, "en"s, "en-"s, "en-gbr"s, "en gb"s, " en-gb"s, "en-gb "s, "en-gb\0"s, "xx-xx"s,
                             "en--gb"s, "en-fr"s, "e"s, "\xFF\xFE"s, "deutsch"s, std::string(100'000, 'e')}) {
        EXPECT_EQ(find_locale(text), std::nullopt) << text;
    }
}

TEST(LocaleTest, DefaultsToTheLanguageOfTheCountry) {
    struct Row {
        const char* country;
        const char* verify;
        const char* psd2;
    };
    const Row rows[] = {
        {"AU", "en-au", "en-gb"}, {"NZ", "en-au", "en-gb"},  {"GB", "en-gb", "en-gb"},  {"IE", "en-gb", "en-gb"},
        {"US", "en-us", "en-gb"}, {"CA", "en-us", "en-gb"},  {"IN", "en-in", "en-gb"},  {"DE", "de-de", "de-de"},
        {"AT", "de-de", "de-de"}, {"CH", "de-de", "de-de"},  {"LI", "de-de", "de-de"},  {"FR", "fr-fr", "fr-fr"},
        {"SN", "fr-fr", "fr-fr"}, {"BE", "nl-nl", "nl-nl"},  {"NL", "nl-nl", "nl-nl"},  {"ES", "es-es", "es-es"},
        {"MX", "es-mx", "es-es"}, {"AR", "es-mx", "es-es"},  {"PR", "es-us", "es-es"},  {"BR", "pt-br", "en-gb"},
        {"PT", "pt-pt", "en-gb"}, {"AO", "pt-pt", "en-gb"},  {"MZ", "pt-pt", "en-gb"},  {"CY", "el-gr", "el-gr"},
        {"GR", "el-gr", "el-gr"}, {"HK", "yue-cn", "en-gb"}, {"CN", "zh-cn", "en-gb"},  {"TW", "zh-tw", "en-gb"},
        {"MA", "ar-xa", "en-gb"}, {"EG", "ar-xa", "en-gb"},  {"SA", "ar-xa", "en-gb"},  {"NO", "nb-no", "en-gb"},
        {"SE", "sv-se", "sv-se"}, {"FI", "fi-fi", "fi-fi"},  {"DK", "da-dk", "da-dk"},  {"IS", "is-is", "en-gb"},
        {"IT", "it-it", "it-it"}, {"JP", "ja-jp", "en-gb"},  {"KR", "ko-kr", "en-gb"},  {"PL", "pl-pl", "pl-pl"},
        {"RO", "ro-ro", "en-gb"}, {"MD", "ro-ro", "en-gb"},  {"RU", "ru-ru", "en-gb"},  {"BY", "ru-ru", "en-gb"},
        {"KZ", "ru-ru", "en-gb"}, {"KG", "ru-ru", "en-gb"},  {"TH", "th-th", "en-gb"},  {"TR", "tr-tr", "en-gb"},
        {"VN", "vi-vn", "en-gb"}, {"ID", "id-id", "en-gb"},  {"PH", "fil-ph", "en-gb"}, {"HU", "hu-hu", "hu-hu"},
        {"CZ", "cs-cz", "cs-cz"}, {"SK", "sk-sk", "sk-sk"},  {"SI", "sl-si", "sl-si"},  {"BG", "bg-bg", "bg-bg"},
        {"EE", "ee-et", "ee-et"}, {"LV", "lv-lv", "lv-lv"},  {"LT", "lt-lt", "lt-lt"},  {"MT", "en-gb", "mt-mt"},
        {"UA", "en-us", "en-gb"}, {"IL", "en-us", "en-gb"},  {"MY", "en-gb", "en-gb"},  {"SX", "en-us", "en-gb"}};
    for (const Row& row : rows) {
        EXPECT_EQ(default_locale(row.country, false), row.verify) << row.country;
        EXPECT_EQ(default_locale(row.country, true), row.psd2) << row.country;
    }
}

TEST(LocaleTest, DefaultsToEnglishForEveryOtherText) {
    for (const auto& country : {""s, "XX"s, "001"s, "G"s, "gb"s, "B "s, " B"s, "  "s, "DE AT"s, "\0\0"s, "T\0"s}) {
        EXPECT_EQ(default_locale(country, false), "en-us") << country;
        EXPECT_EQ(default_locale(country, true), "en-gb") << country;
    }
}

// Source: ISO 3166-1, 249 codes.
constexpr std::string_view iso_countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

TEST(LocaleTest, EveryCountryIsClaimedByOneLocale) {
    for (std::size_t at = 0; at < iso_countries.size(); at += 3) {
        const std::string_view country = iso_countries.substr(at, 2);
        std::size_t claims = 0;
        for (const LocaleTexts& entry : catalogue()) {
            if (entry.countries.find(country) == std::string_view::npos) continue;
            ++claims;
            EXPECT_EQ(default_locale(country, false), entry.locale);
        }
        EXPECT_EQ(claims, 1U) << country;
    }
}

TEST(LocaleTest, TheListsOfCountriesHoldCodesAlone) {
    for (const LocaleTexts& entry : catalogue()) {
        for (const std::string_view list : {entry.countries, entry.psd2_countries}) {
            for (std::size_t i = 0; i < list.size(); ++i) {
                const bool letter = list[i] >= 'A' && list[i] <= 'Z';
                EXPECT_TRUE(i % 3 == 2 ? list[i] == ' ' : letter) << entry.locale << " at " << i;
            }
            EXPECT_TRUE(list.empty() || list.size() % 3 == 2) << entry.locale;
        }
    }
}

TEST(LocaleTest, TheDefaultOfEveryCountryHasItsTexts) {
    for (char a = 'A'; a <= 'Z'; ++a) {
        for (char b = 'A'; b <= 'Z'; ++b) {
            const std::string country{a, b};
            ASSERT_NE(info_of(default_locale(country, false)), nullptr) << country;
            const LocaleInfo* psd2 = info_of(default_locale(country, true));
            ASSERT_TRUE(psd2 != nullptr && psd2->psd2) << country;
        }
    }
}

RC_GTEST_PROP(LocaleTest, AnyBytesAreALocaleOrNone, (const std::string& text)) {
    const auto found = find_locale(text);
    if (found) RC_ASSERT(info_of(*found) != nullptr);
    RC_ASSERT(info_of(default_locale(text, false)) != nullptr);
}

}  // namespace
}  // namespace roger::message
