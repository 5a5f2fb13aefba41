#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "message/message.hpp"

namespace roger::message {
namespace {

using namespace std::string_literals;

TEST(BrandTest, AcceptsBrandsOfAllScripts) {
    for (const auto* brand : {"Acme",
                              "A",
                              "Büro 24",
                              "Яндекс",
                              "東京電力",
                              "AT&T",
                              "Ben's",
                              "Ben’s",
                              "Шоколад",
                              "123456789012345678",
                              "十八文字の長さの名前は丁度よい長さ",
                              "Ω",
                              "हिन्दी",
                              "ไทย",
                              "العربية",
                              "עברית",
                              "카카오",
                              "東京 Gas",
                              "카카오 Pay",
                              "Toys & \"R\" Us",
                              "50% Off!",
                              "$hop",
                              "№ 1 Шоколад",
                              "¡Olé!",
                              "€uro",
                              "C+=?",
                              "#1_@a.b:c;d,e/f",
                              "🍕 Pizza",
                              "❤️ Love",
                              "Crédit Agricole",
                              "Ålesund",
                              "Şişecam",
                              "ქართული",
                              "a*b(c)-d"}) {
        const auto checked = check_brand(brand);
        ASSERT_TRUE(checked) << brand << ": " << checked.error().detail;
        EXPECT_EQ(*checked, brand);
    }
}

TEST(BrandTest, RefusesWhatCouldDeceiveOrBreakAText) {
    struct Row {
        std::string brand;
        const char* what;
    };
    const Row rows[] = {{"", "nothing"},
                        {" ", "a space"},
                        {"   ", "spaces"},
                        {"\xC2\xA0", "a no-break space"},
                        {"1234567890123456789", "19 characters"},
                        {"1234567890123456789é", "20 characters, not ASCII"},
                        {"шоколадшоколадшокол", "19 Cyrillic characters"},
                        {std::string(512, 'a'), "512 bytes"},
                        {"é" + std::string(100'000, 'a'), "far too long"},
                        {"Acme\u202Egnp", "right-to-left override"},
                        {"\u2066Acme\u2069", "bidi isolates"},
                        {"\u200FAcme", "right-to-left mark"},
                        {"Ac\u200Bme", "zero-width space"},
                        {"Ac\u200Dme", "zero-width joiner"},
                        {"\uFEFF"s + "Acme", "byte order mark"},
                        {"Ac\u00ADme", "soft hyphen"},
                        {"\u3164", "Hangul filler"},
                        {"\u2800", "braille blank"},
                        {"Ac\u034Fme", "grapheme joiner"},
                        {"A\U000E0041", "tag character"},
                        {"<b>", "markup"},
                        {"a{b", "a brace"},
                        {"${pin}", "a place of a template"},
                        {"[a]", "brackets"},
                        {"a\\b", "a backslash"},
                        {"a|b", "a bar"},
                        {"a^b", "a caret"},
                        {"a~b", "a tilde"},
                        {"a`b", "a backtick"},
                        {"Büro <b>", "markup beside other letters"},
                        {"http://x", "an address"},
                        {"büro://x", "an address beside other letters"},
                        {"://", "an address alone"},
                        {"\u0661\u0662\u0663\u0664", "Arabic-Indic digits"},
                        {"Acme \uFF11\uFF12", "wide digits"},
                        {"\u2460\u2461", "circled digits"},
                        {"m\u00B2", "a superscript"},
                        {"P\u0430ypal", "Cyrillic а in Latin"},
                        {"Яndex", "Latin in Cyrillic"},
                        {"\u03B1Acme", "Greek in Latin"},
                        {"Ac\nme", "line feed"},
                        {"Acme\n", "line feed at the end"},
                        {"Acme\r\n", "carriage return"},
                        {"Ac\tme", "tab"},
                        {"Ac\0me"s, "NUL"},
                        {"\0"s, "NUL alone"},
                        {"\x7F", "delete"},
                        {"Ac\xC2\x85me", "next line"},
                        {"Ac\u2028me", "line separator"},
                        {"\u0301", "a lone mark"},
                        {"\u0301 Acme", "a mark at the start"},
                        {"Acme \u0301", "a mark on a space"},
                        {"\xEF\xB8\x8F", "a variation selector alone"},
                        {"\uE000", "private use"},
                        {"\U000F0000", "private use of plane 15"},
                        {"\u0378", "unassigned"},
                        {"\uFFFE", "no character"},
                        {"\uFFFD", "the replacement character"},
                        {"Acme\xFF", "not UTF-8"},
                        {"\xC0\xBC", "overlong <"},
                        {"Acme\xE2\x82", "cut UTF-8"},
                        {"\xED\xA0\x80", "a surrogate"},
                        {"\xF4\x90\x80\x80", "beyond Unicode"},
                        {"\u1FEF", "a backtick by normalisation"}};
    for (const Row& row : rows) {
        const auto checked = check_brand(row.brand);
        ASSERT_FALSE(checked) << row.what;
        EXPECT_EQ(checked.error().code, Errc::invalid_argument) << row.what;
        EXPECT_FALSE(checked.error().detail.empty()) << row.what;
    }
}

TEST(BrandTest, NormalisesAndTrims) {
    EXPECT_EQ(*check_brand("  Acme  "), "Acme");
    EXPECT_EQ(*check_brand(" Büro  24 "), "Büro  24");
    EXPECT_EQ(*check_brand("Bu\u0308ro"), "Büro");
    EXPECT_EQ(*check_brand("\u3000東京\u3000電力\u3000"), "東京 電力");
    EXPECT_EQ(*check_brand("Acme\u00A0Ltd"), "Acme Ltd");
    EXPECT_EQ(*check_brand("   123456789012345678   "), "123456789012345678");
    EXPECT_EQ(*check_brand("\u212Aelvin"), "Kelvin");
}

TEST(BrandTest, CountsCharactersAfterNormalisation) {
    std::string decomposed;
    for (int i = 0; i < 18; ++i) decomposed += "u\u0308";
    EXPECT_TRUE(check_brand(decomposed));
    EXPECT_FALSE(check_brand(decomposed + "u\u0308"));
    std::string emoji;
    for (int i = 0; i < 18; ++i) emoji += "🍕";
    EXPECT_EQ(*check_brand(emoji), emoji);
    EXPECT_FALSE(check_brand(emoji + "🍕"));
}

RC_GTEST_PROP(BrandTest, AnyBytesGiveABrandThatIsAcceptedAgainAsItself, (const std::string& text)) {
    const auto checked = check_brand(text);
    if (!checked) return;
    RC_ASSERT(!checked->empty());
    const auto again = check_brand(*checked);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *checked);
    RC_ASSERT(checked->find_first_of("<>{}[]\\|^~`\n\r\t") == std::string::npos);
}

// Both ways must judge alike: what is ASCII takes the short one, with a letter of Latin-1 the long one.
RC_GTEST_PROP(BrandTest, TheFastPathAgreesWithTheFullOne, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 20);
    const auto plain = *rc::gen::container<std::string>(size, rc::gen::inRange(' ', '\x7F'));
    const auto fast = check_brand("x" + plain + "x");
    const auto full = check_brand("é" + plain + "x");
    RC_ASSERT(fast.has_value() == full.has_value());
    if (fast) RC_ASSERT("é" + fast->substr(1) == *full);
}

TEST(AmountTest, WritesTwoDecimals) {
    struct Row {
        const char* text;
        const char* canonical;
    };
    for (const Row& row : {Row{"48.50", "48.50"},
                           {"48.5", "48.50"},
                           {"48", "48.00"},
                           {"0.01", "0.01"},
                           {"999999999.99", "999999999.99"},
                           {"1", "1.00"},
                           {"0.1", "0.10"},
                           {"007.5", "7.50"},
                           {"000000000001", "1.00"},
                           {"00.01", "0.01"}}) {
        const auto amount = check_amount(row.text);
        ASSERT_TRUE(amount) << row.text;
        EXPECT_EQ(*amount, row.canonical);
        EXPECT_EQ(check_amount(*amount).value_or("refused"), *amount);
    }
}

TEST(AmountTest, RefusesOtherTexts) {
    for (const auto& text : {""s,
                             "0"s,
                             "0.0"s,
                             "0.00"s,
                             "000"s,
                             "0.001"s,
                             "0.009"s,
                             "1000000000"s,
                             "999999999.999"s,
                             "1000000000.00"s,
                             "-1"s,
                             "+1"s,
                             "48,50"s,
                             "1,000.00"s,
                             "1e3"s,
                             "4.85e1"s,
                             "."s,
                             ".5"s,
                             "5."s,
                             "1.2.3"s,
                             " 1"s,
                             "1 "s,
                             "€1"s,
                             "1€"s,
                             "0x10"s,
                             "NaN"s,
                             "inf"s,
                             "١"s,
                             "1\0"s,
                             "\0"s,
                             std::string(10'000, '9'),
                             std::string(10'000, '0')}) {
        const auto amount = check_amount(text);
        ASSERT_FALSE(amount) << text;
        EXPECT_EQ(amount.error().code, Errc::invalid_argument);
    }
}

TEST(SenderIdTest, TakesElevenLettersOrFifteenDigits) {
    for (const auto* text :
         {"A", "VERIFY", "Acme 24", "ABCDEFGHIJK", "12345678901", "1", "0", "123456789012345", "a b", " A"}) {
        EXPECT_TRUE(is_sender_id(text)) << text;
    }
    for (const auto& text : {""s, " "s, "           "s, "ABCDEFGHIJKL"s, "1234567890123456"s, "12345678901A"s,
                             "123456 78901"s, "+441632960000"s, "A-B"s, "A_B"s, "A.B"s, "Ä"s, "A\0"s, "\0"s, "A\n"s,
                             "١٢٣"s, "\xFF"s, std::string(100'000, '1')}) {
        EXPECT_FALSE(is_sender_id(text)) << text;
    }
}

}  // namespace
}  // namespace roger::message
