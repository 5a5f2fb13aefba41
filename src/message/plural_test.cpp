#include "message/plural.hpp"

#include <gtest/gtest.h>

#include "message/catalogue.hpp"

namespace roger::message {
namespace {

std::string minutes(std::string_view locale, std::uint32_t number) {
    return count(texts_for(locale, false).texts->minutes, number);
}

// Where the forms of a language change, on both sides: 1 to 60 is what a PIN can live.
TEST(PluralTest, MinutesTakeTheFormOfTheirNumber) {
    struct Row {
        const char* locale;
        std::uint32_t number;
        const char* said;
    };
    const Row rows[] = {{"en-gb", 1, "1 minute"},      {"en-gb", 2, "2 minutes"},     {"en-gb", 21, "21 minutes"},
                        {"de-de", 1, "1 Minute"},      {"de-de", 60, "60 Minuten"},   {"fr-fr", 1, "1 minute"},
                        {"fr-fr", 2, "2 minutes"},     {"ja-jp", 1, "1分"},           {"ja-jp", 60, "60分"},
                        {"tr-tr", 5, "5 dakika"},      {"hu-hu", 1, "1 percig"},      {"hu-hu", 5, "5 percig"},
                        {"ru-ru", 1, "1 минуту"},      {"ru-ru", 2, "2 минуты"},      {"ru-ru", 4, "4 минуты"},
                        {"ru-ru", 5, "5 минут"},       {"ru-ru", 11, "11 минут"},     {"ru-ru", 12, "12 минут"},
                        {"ru-ru", 21, "21 минуту"},    {"ru-ru", 22, "22 минуты"},    {"ru-ru", 60, "60 минут"},
                        {"pl-pl", 1, "1 minutę"},      {"pl-pl", 2, "2 minuty"},      {"pl-pl", 5, "5 minut"},
                        {"pl-pl", 12, "12 minut"},     {"pl-pl", 21, "21 minut"},     {"pl-pl", 22, "22 minuty"},
                        {"cs-cz", 1, "1 minutu"},      {"cs-cz", 4, "4 minuty"},      {"cs-cz", 5, "5 minut"},
                        {"cs-cz", 22, "22 minut"},     {"sk-sk", 1, "1 minútu"},      {"sk-sk", 2, "2 minúty"},
                        {"sk-sk", 5, "5 minút"},       {"sl-si", 1, "1 minuto"},      {"sl-si", 2, "2 minuti"},
                        {"sl-si", 3, "3 minute"},      {"sl-si", 5, "5 minut"},       {"sl-si", 60, "60 minut"},
                        {"lt-lt", 1, "1 minutę"},      {"lt-lt", 2, "2 minutes"},     {"lt-lt", 10, "10 minučių"},
                        {"lt-lt", 11, "11 minučių"},   {"lt-lt", 21, "21 minutę"},    {"lt-lt", 60, "60 minučių"},
                        {"lv-lv", 1, "1 minūti"},      {"lv-lv", 11, "11 minūtes"},   {"lv-lv", 21, "21 minūti"},
                        {"is-is", 1, "1 mínútu"},      {"is-is", 11, "11 mínútur"},   {"is-is", 31, "31 mínútu"},
                        {"ro-ro", 1, "1 minut"},       {"ro-ro", 5, "5 minute"},      {"ro-ro", 19, "19 minute"},
                        {"ro-ro", 20, "20 de minute"}, {"ro-ro", 60, "60 de minute"}, {"mt-mt", 1, "1 minuta"},
                        {"mt-mt", 2, "2 minuti"},      {"mt-mt", 10, "10 minuti"},    {"mt-mt", 11, "11-il minuta"},
                        {"mt-mt", 20, "20 minuta"},    {"cy-gb", 1, "1 munud"},       {"cy-gb", 2, "2 funud"},
                        {"cy-gb", 6, "6 munud"},       {"ar-xa", 1, "دقيقة واحدة"},   {"ar-xa", 2, "دقيقتين"},
                        {"ar-xa", 3, "3 دقائق"},       {"ar-xa", 10, "10 دقائق"},     {"ar-xa", 11, "11 دقيقة"},
                        {"ar-xa", 60, "60 دقيقة"},     {"fi-fi", 1, "1 minuutin"},    {"fi-fi", 5, "5 minuuttia"},
                        {"ee-et", 1, "1 minuti"},      {"ee-et", 5, "5 minutit"},     {"hi-in", 1, "1 मिनट"},
                        {"ga-ie", 7, "7 nóiméad"},     {"el-gr", 1, "1 λεπτό"},       {"bg-bg", 1, "1 минута"},
                        {"pt-br", 1, "1 minuto"},      {"pt-pt", 2, "2 minutos"},     {"nl-nl", 5, "5 minuten"}};
    for (const Row& row : rows) EXPECT_EQ(minutes(row.locale, row.number), row.said) << row.locale;
}

TEST(PluralTest, HundredsGoByTheirLastTwoDigits) {
    EXPECT_EQ(plural::arabic(100), Plural::other);
    EXPECT_EQ(plural::arabic(103), Plural::few);
    EXPECT_EQ(plural::slovenian(101), Plural::one);
    EXPECT_EQ(plural::slovenian(102), Plural::two);
    EXPECT_EQ(plural::russian(111), Plural::many);
    EXPECT_EQ(plural::polish(112), Plural::many);
    EXPECT_EQ(plural::romanian(120), Plural::other);
    EXPECT_EQ(plural::lithuanian(111), Plural::other);
    EXPECT_EQ(plural::maltese(111), Plural::many);
}

TEST(PluralTest, AFormThatIsMissingIsSaidAsOther) {
    const Counted unit{.rule = plural::russian, .one = "# X", .two = "", .few = "", .many = "", .other = "#x"};
    EXPECT_EQ(count(unit, 1), "1 X");
    EXPECT_EQ(count(unit, 2), "2x");
    EXPECT_EQ(count(unit, 5), "5x");
}

}  // namespace
}  // namespace roger::message
