// The languages' lint: what holds for every text of every locale, so that a new one is right or does not build.
#include "message/catalogue.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "message/encoding.hpp"
#include "message/message.hpp"

namespace roger::message {
namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

std::string repeated(std::string_view letter) {
    std::string brand;
    for (int i = 0; i < 18; ++i) brand += letter;
    return brand;
}

/// Every place of `names` is there, and none beside them but what counts the minutes.
void expect_places(std::string_view text, std::vector<std::string_view> names, std::string_view locale) {
    const std::size_t minutes = count_of(text, "${minutes}") + count_of(text, "${pin_expiry}");
    EXPECT_EQ(minutes, 1U) << locale << ": " << text;
    std::size_t known = minutes;
    for (const std::string_view name : names) {
        const std::size_t found = count_of(text, "${" + std::string(name) + "}");
        EXPECT_GE(found, 1U) << locale << " lacks " << name << ": " << text;
        known += found;
    }
    for (const auto* part : {"$", "{", "}"}) EXPECT_EQ(count_of(text, part), known) << locale << ": " << text;
}

TEST(CatalogueTest, EveryLocaleIsThereOnceAndInOrder) {
    std::string_view before;
    for (const LocaleTexts& entry : catalogue()) {
        EXPECT_LT(before, entry.locale);
        EXPECT_EQ(find_locale(entry.locale), entry.locale);
        EXPECT_TRUE(entry.verify || entry.psd2) << entry.locale;
        before = entry.locale;
    }
}

TEST(CatalogueTest, EveryTextHasItsPlaces) {
    for (const LocaleTexts& entry : catalogue()) {
        const Texts& texts = *entry.texts;
        expect_places(texts.sms, {"brand", "pin"}, entry.locale);
        expect_places(texts.tts, {"brand", "pin"}, entry.locale);
        EXPECT_EQ(count_of(texts.sms, "${pin}"), 1U) << entry.locale;
        EXPECT_EQ(count_of(texts.tts, "${pin}"), 2U) << entry.locale;
        EXPECT_EQ(texts.sms.find_first_of("\n\r"), std::string_view::npos) << entry.locale;
        if (!entry.psd2) continue;
        expect_places(texts.psd2_sms, {"payee", "amount", "pin"}, entry.locale);
        expect_places(texts.psd2_tts, {"payee", "amount", "pin"}, entry.locale);
        EXPECT_EQ(count_of(texts.psd2_sms, "${pin}"), 1U) << entry.locale;
        EXPECT_EQ(count_of(texts.psd2_tts, "${pin}"), 2U) << entry.locale;
    }
}

TEST(CatalogueTest, EveryLocaleAsksForTheKeyAndNamesNoOtherNumber) {
    for (const LocaleTexts& entry : catalogue()) {
        const std::string_view gate = gate_prompt(entry.locale);
        EXPECT_EQ(gate, entry.texts->gate) << entry.locale;
        // Filipino is read by another language's voice, and so writes its word for one.
        const std::string_view key = entry.locale == "fil-ph" ? "isa" : "1";
        EXPECT_EQ(count_of(gate, key), 1U) << entry.locale << ": " << gate;
        EXPECT_EQ(gate.find_first_of("023456789${}[]"), std::string_view::npos) << entry.locale << ": " << gate;
    }
}

// A second segment doubles the price. A Cyrillic brand makes any text UCS-2, and so leaves 70 characters.
TEST(CatalogueTest, EverySmsIsOneSegmentWhateverItsValues) {
    for (const LocaleTexts& entry : catalogue()) {
        for (const auto* letter : {"W", "Ж"}) {
            const std::string brand = repeated(letter);
            Values values{.brand = brand, .pin = "888888", .minutes = 60, .amount = std::nullopt};
            const std::string start = render(entry.locale, Channel::sms, values);
            EXPECT_EQ(count_segments(start, Alphabet::gsm), 1U) << entry.locale << ": " << start;
            values.amount = "999999999.99";
            const std::string payment = render(entry.locale, Channel::sms, values);
            EXPECT_EQ(count_segments(payment, Alphabet::gsm), 1U) << entry.locale << ": " << payment;
        }
    }
}

/// The script that the words of a locale are written in.
std::string script_of(std::string_view locale) {
    static const std::map<std::string_view, std::string> others = {
        {"ar", "Arabic"}, {"bg", "Cyrillic"}, {"el", "Greek"}, {"hi", "Devanagari"}, {"ja", "Japanese"},
        {"ko", "Hangul"}, {"ru", "Cyrillic"}, {"th", "Thai"},  {"yue", "Han"},       {"zh", "Han"}};
    const auto found = others.find(locale.substr(0, locale.find('-')));
    return found == others.end() ? "Latin" : found->second;
}

std::string script_of_block(UBlockCode block) {
    switch (block) {
        case UBLOCK_BASIC_LATIN:
        case UBLOCK_LATIN_1_SUPPLEMENT:
        case UBLOCK_LATIN_EXTENDED_A:
        case UBLOCK_LATIN_EXTENDED_B:
        case UBLOCK_LATIN_EXTENDED_ADDITIONAL: return "Latin";
        case UBLOCK_GREEK: return "Greek";
        case UBLOCK_CYRILLIC: return "Cyrillic";
        case UBLOCK_ARABIC: return "Arabic";
        case UBLOCK_DEVANAGARI: return "Devanagari";
        case UBLOCK_THAI: return "Thai";
        case UBLOCK_HANGUL_SYLLABLES: return "Hangul";
        case UBLOCK_HIRAGANA:
        case UBLOCK_KATAKANA: return "Japanese";
        case UBLOCK_CJK_UNIFIED_IDEOGRAPHS: return "Han";
        default: return "another";
    }
}

/// The words of a text, without its places.
icu::UnicodeString words_of(std::string_view text) {
    std::string words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find("${", at), text.size());
        words += text.substr(at, open - at);
        at = open == text.size() ? open : text.find('}', open) + 1;
    }
    return icu::UnicodeString::fromUTF8(words);
}

TEST(CatalogueTest, EveryLetterIsOfTheScriptOfItsLanguage) {
    for (const LocaleTexts& entry : catalogue()) {
        const Texts& texts = *entry.texts;
        const std::string script = script_of(entry.locale);
        for (const std::string_view text :
             {texts.sms, texts.tts, texts.psd2_sms, texts.psd2_tts, texts.minutes.one, texts.minutes.two,
              texts.minutes.few, texts.minutes.many, texts.minutes.other}) {
            const icu::UnicodeString words = words_of(text);
            for (std::int32_t at = 0; at < words.length(); at = words.moveIndex32(at, 1)) {
                const UChar32 c = words.char32At(at);
                if (u_isalpha(c) == 0) continue;
                const std::string block = script_of_block(ublock_getCode(c));
                const bool fits = block == script || (script == "Japanese" && block == "Han");
                EXPECT_TRUE(fits) << entry.locale << " holds a letter of " << block << ": " << text;
            }
        }
    }
}

// es-mx and es-us are one Spanish, the four English ones and the two names of Welsh one each; nothing else is shared.
TEST(CatalogueTest, NoTwoLanguagesShareAText) {
    std::map<std::string_view, std::string_view> seen;
    for (const LocaleTexts& entry : catalogue()) {
        const std::string_view language = entry.locale.substr(0, 2);
        for (const std::string_view text :
             {entry.texts->sms, entry.texts->tts, entry.texts->psd2_sms, entry.texts->psd2_tts}) {
            if (text.empty()) continue;
            const auto [first, fresh] = seen.emplace(text, language);
            EXPECT_TRUE(fresh ||
                        (first->second == language && (language == "en" || language == "es" || language == "cy")))
                << entry.locale << " says as " << first->second << ": " << text;
        }
    }
    const auto sms = [](std::string_view locale) { return texts_for(locale, false).texts->sms; };
    EXPECT_NE(sms("es-es"), sms("es-mx"));
    EXPECT_EQ(sms("es-us"), sms("es-mx"));
    EXPECT_NE(sms("zh-cn"), sms("zh-tw"));
    EXPECT_NE(sms("pt-br"), sms("pt-pt"));
    EXPECT_NE(sms("fr-ca"), sms("fr-fr"));
}

TEST(CatalogueTest, EveryLanguageCountsMinutes) {
    for (const LocaleTexts& entry : catalogue()) {
        for (std::uint32_t minutes = 1; minutes <= 60; ++minutes) {
            const std::string said = count(entry.texts->minutes, minutes);
            EXPECT_EQ(said.find('#'), std::string::npos) << entry.locale;
            EXPECT_GT(said.size(), 1U) << entry.locale;
            const bool in_words = entry.locale == "ar-xa" && minutes <= 2;  // singular and dual name no number
            EXPECT_EQ(said.find(std::to_string(minutes)) == std::string::npos, in_words)
                << entry.locale << ": " << said;
        }
    }
}

TEST(CatalogueTest, AmountsAreWrittenAsTheCountryDoes) {
    struct Row {
        const char* locale;
        const char* spoken;
        const char* sms;
    };
    const Row rows[] = {{"en-gb", "€1,234,567.50", "€1,234,567.50"},
                        {"ga-ie", "€1,234,567.50", "€1,234,567.50"},
                        {"mt-mt", "€1,234,567.50", "€1,234,567.50"},
                        {"nl-nl", "€\u00A01.234.567,50", "€ 1.234.567,50"},
                        {"de-de", "1.234.567,50\u00A0€", "1.234.567,50 €"},
                        {"es-es", "1.234.567,50\u00A0€", "1.234.567,50 €"},
                        {"fr-fr", "1\u00A0234\u00A0567,50\u00A0€", "1 234 567,50 €"},
                        {"bg-bg", "1\u00A0234\u00A0567,50\u00A0€", "1 234 567,50 €"},
                        {"ee-et", "1\u00A0234\u00A0567,50\u00A0€", "1 234 567,50 €"}};
    for (const Row& row : rows) {
        const Values values{.brand = "Acme", .pin = "1234", .minutes = 5, .amount = "1234567.50"};
        EXPECT_NE(render(row.locale, Channel::sms, values).find(row.sms), std::string::npos) << row.locale;
        EXPECT_NE(render(row.locale, Channel::tts, values).find(row.spoken), std::string::npos) << row.locale;
    }
}

// A no-break space before the euro sign made UCS-2 of the payments of nine languages that are written in GSM letters.
TEST(CatalogueTest, AnAmountDoesNotChangeTheAlphabet) {
    const auto alphabet_of = [](std::string_view text) { return encode(text, Alphabet::gsm)->alphabet; };
    for (const LocaleTexts& entry : catalogue()) {
        if (!entry.psd2) continue;
        const Values values{.brand = "Acme", .pin = "1234", .minutes = 5, .amount = "1234567.50"};
        EXPECT_EQ(alphabet_of(render(entry.locale, Channel::sms, values)), alphabet_of(entry.texts->psd2_sms))
            << entry.locale;
    }
}

TEST(CatalogueTest, ArabicKeepsBrandAndPinApart) {
    const Values values{.brand = "Acme", .pin = "1234", .minutes = 5, .amount = std::nullopt};
    EXPECT_EQ(render("ar-xa", Channel::sms, values), "رمز التحقق من Acme\u200F: 1234. صالح لمدة 5 دقائق.");
}

TEST(CatalogueTest, TheFallbackIsEnglish) {
    EXPECT_EQ(texts_for("xx-xx", false).locale, "en-us");
    EXPECT_EQ(texts_for("xx-xx", true).locale, "en-gb");
    EXPECT_EQ(texts_for("", false).locale, "en-us");
    EXPECT_EQ(texts_for("en-au", false).locale, "en-au");
    EXPECT_EQ(texts_for("ja-jp", true).locale, "en-gb") << "there is no payment in Japanese";
}

}  // namespace
}  // namespace roger::message
