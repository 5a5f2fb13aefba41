#include "numbering/number.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace roger::numbering {
namespace {

using namespace std::string_literals;

std::string read(std::string_view text, std::string_view country = "") {
    const auto facts = parse_number(text, country);
    return facts ? facts->number.digits() : "refused: " + facts.error().detail;
}

TEST(MsisdnTest, TakesSevenToFifteenDigitsNotBeginningWithZero) {
    EXPECT_EQ(Msisdn::from_digits("1234567")->e164(), "+1234567");
    EXPECT_EQ(Msisdn::from_digits("123456789012345")->digits(), "123456789012345");
    for (const auto& text : {""s, "123456"s, "1234567890123456"s, "0123456789"s, "+1234567"s, "123 4567"s, "123456\0"s,
                             "\xD9\xA1\xD9\xA2\xD9\xA3\xD9\xA4"s}) {
        const auto number = Msisdn::from_digits(text);
        ASSERT_FALSE(number) << text;
        EXPECT_EQ(number.error().code, Errc::invalid_argument);
        EXPECT_EQ(number.error().detail, "number");
    }
}

TEST(MsisdnTest, MaskShowsAtMostFourDigitsInFrontAndTwoBehind) {
    EXPECT_EQ(Msisdn::from_digits("447700900012")->masked(), "+4477******12");
    EXPECT_EQ(Msisdn::from_digits("1234567890")->masked(), "+1234****90");
    EXPECT_EQ(Msisdn::from_digits("12345678")->masked(), "+12****78");
    EXPECT_EQ(Msisdn::from_digits("1234567")->masked(), "+1****67");
}

RC_GTEST_PROP(MsisdnTest, MaskHidesAtLeastFourDigitsOfEveryNumber, ()) {
    const auto tail = *rc::gen::container<std::string>(14, rc::gen::inRange('0', static_cast<char>('9' + 1)));
    const auto size = *rc::gen::inRange<std::size_t>(7, 16);
    const std::string mask = Msisdn::from_digits(("9" + tail).substr(0, size))->masked();
    RC_ASSERT(mask.size() == size + 1);
    RC_ASSERT(std::count(mask.begin(), mask.end(), '*') >= 4);
    RC_ASSERT(mask.find_last_not_of('*', mask.size() - 3) <= 4);
}

TEST(NumberTest, ReadsInternationalFormsWithoutACountry) {
    for (const auto* text : {"447700900000", "+447700900000", "00447700900000", "+44 7700 900-000", "+44.7700.900.000",
                             "(+44) 7700 900000", "+44 (0) 7700 900000", " +447700900000 ", "(44)7700900000",
                             "+44\xC2\xA0"
                             "7700\xC2\xA0"
                             "900000"}) {
        EXPECT_EQ(read(text), "447700900000") << text;
    }
    EXPECT_EQ(read("+12015550123"), "12015550123");
    EXPECT_EQ(read("+39 06 698 12345"), "390669812345");  // Italy keeps its zero
    EXPECT_EQ(read("+94771234567"), "94771234567");
}

TEST(NumberTest, ReadsNationalFormsWithACountryInAnyCase) {
    EXPECT_EQ(read("07700 900123", "GB"), "447700900123");
    EXPECT_EQ(read("07700 900123", "gb"), "447700900123");
    EXPECT_EQ(read("7700900123", "Gb"), "447700900123");
    EXPECT_EQ(read("(201) 555-0123", "US"), "12015550123");
    EXPECT_EQ(read("030/901820", "DE"), "4930901820");
    EXPECT_EQ(read("447700900123", "GB"), "447700900123");
}

TEST(NumberTest, AnInternationalNumberWinsOverTheCountry) {
    EXPECT_EQ(read("+447700900123", "US"), "447700900123");
    EXPECT_EQ(read("00447700900123", "US"), "447700900123");
    EXPECT_EQ(read("00447700900123", "GB"), "447700900123");
    EXPECT_EQ(parse_number("+4915112345678", "GB")->country, "DE");
}

TEST(NumberTest, ReadsTheInternationalPrefixThatTheCountryDials) {
    EXPECT_EQ(read("0011 44 7700 900123", "AU"), "refused: number");  // fictitious, hence not valid: not guessed at
    EXPECT_EQ(read("0011 44 7400 123456", "AU"), "447400123456");
    EXPECT_EQ(read("0011 65 8123 4567", "AU"), "6581234567");  // not +1 658, which is Jamaica
    EXPECT_EQ(read("001 44 7400 123456", "SG"), "447400123456");
    EXPECT_EQ(read("011 44 7700 900123", "US"), "447700900123");
    EXPECT_EQ(read("011 44 7700 900123"), "refused: number");
}

// Found by fuzzing: Mexico's old mobile prefix was read as +521…, and that, sent again, as +52….
TEST(NumberTest, OneNumberHasOneSpelling) {
    for (const auto* text :
         {"044 55 1234 5678", "+52 1 55 1234 5678", "+525512345678", "55 1234 5678", "5215512345678"}) {
        EXPECT_EQ(read(text, "MX"), "525512345678") << text;
    }
    EXPECT_EQ(read("011 15 2345-6789", "AR"), "5491123456789");
    EXPECT_EQ(read("+54 9 11 2345 6789"), "5491123456789");
}

TEST(NumberTest, ReadsDecimalDigitsOfEveryScriptAndTheWidePlus) {
    EXPECT_EQ(read("٤٤٧٧٠٠٩٠٠٠٠٠"), "447700900000");
    EXPECT_EQ(read("+४४७७००९०००००"), "447700900000");
    EXPECT_EQ(read("＋８１９０１２３４"), "refused: number");  // possible in no plan, and read to the end
    EXPECT_EQ(read("０９０１２３４", "JP"), "refused: number");
    EXPECT_EQ(read("٠٧٧٠٠ ٩٠٠١٢٣", "GB"), "447700900123");
}

TEST(NumberTest, RefusesWhatIsNotANumber) {
    const std::vector<std::string> texts = {"",
                                            " ",
                                            "+",
                                            "00",
                                            "0",
                                            "++447700900000",
                                            "+44+7700900000",
                                            "447700900000+",
                                            "44 7700 900000 ext. 5",
                                            "+447700900000;ext=5",
                                            "+447700900000x5",
                                            "+447700900000#",
                                            "+447700900000,5",
                                            "tel:+447700900000",
                                            "sip:447700900000",
                                            "1-800-FLOWERS",
                                            "letters",
                                            "4477009O0000",
                                            "-",
                                            "()",
                                            "44_7700_900000",
                                            "44\t7700900000",
                                            "447700900000\n",
                                            "447700900000\0"s,
                                            "\0"s + "447700900000",
                                            "44770090\0"s + "0000",
                                            "447700900000;",
                                            "'447700900000' OR 1=1",
                                            "\xF0\x9F\x93\x9E"
                                            "447700900000",
                                            "4\xEF\xB8\x8F\xE2\x83\xA3",
                                            "\xE2\x80\xAD+447700900000",
                                            "447700900000\xFF",
                                            "\xC0\xB4\xC0\xB4",
                                            "44770090000\xE2\x82",
                                            "\xC2\xB2\xC2\xB2\xC2\xB3\xC2\xB9\xC2\xB9\xC2\xB2",
                                            "0447700900000",
                                            "+0447700900000",
                                            "000447700900000",
                                            "+00447700900000",
                                            "123456",
                                            "44",
                                            "441",
                                            "+999123456789",
                                            "4477009000001",
                                            "44770090000011111",
                                            "+4477009000001111111111111111111",
                                            std::string(40, '4'),
                                            "+210123456789"};
    for (const auto& text : texts) {
        const auto facts = parse_number(text, "");
        ASSERT_FALSE(facts) << testing::PrintToString(text) << " was read as " << facts->number.digits();
        EXPECT_EQ(facts.error().code, Errc::invalid_argument);
        EXPECT_EQ(facts.error().detail, "number");
    }
    for (const auto* text :
         {"", "999", "112", "07700 900123 ext. 5", "0800 FLOWERS", "tel:07700900123", "077009001230000"}) {
        EXPECT_EQ(read(text, "GB"), "refused: number") << text;
    }
}

TEST(NumberTest, ReadsAtMostFortyBytes) {
    const std::string number = "+447700900000";
    EXPECT_EQ(read(std::string(27, ' ') + number), "447700900000");
    EXPECT_EQ(read(std::string(28, ' ') + number), "refused: number");
}

TEST(NumberTest, RefusesAnUnknownCountryByName) {
    for (const auto& country :
         {"XX"s, "ZZ"s, "UK"s, "001"s, "G"s, "GBR"s, " GB"s, "GB "s, "G\0"s, "44"s, std::string(10'000, 'G'), "Ü"s}) {
        EXPECT_EQ(read("+447700900000", country), "refused: country") << country;
        EXPECT_EQ(read("07700900000", country), "refused: country") << country;
        EXPECT_EQ(read("nonsense", country), "refused: country") << country;
    }
}

TEST(NumberTest, AcceptsPossibleNumbersOutsideTheMetadataAsUnknown) {
    for (const auto* text : {"447700900000", "447700900909", "+441632960000"}) {
        const auto facts = parse_number(text, "");
        ASSERT_TRUE(facts) << text;
        EXPECT_EQ(facts->type, NumberType::unknown) << text;
        EXPECT_EQ(facts->country, "GB") << text;
    }
}

TEST(NumberTest, TellsCountryAndType) {
    struct Row {
        const char* number;
        const char* country;
        NumberType type;
    };
    const Row rows[] = {{"447400123456", "GB", NumberType::mobile},
                        {"442079460000", "GB", NumberType::fixed_line},
                        {"448001234567", "GB", NumberType::toll_free},
                        {"449012345678", "GB", NumberType::premium_rate},
                        {"448431234567", "GB", NumberType::premium_rate},
                        {"498001234567", "DE", NumberType::toll_free},
                        {"491801234567", "DE", NumberType::shared_cost},
                        {"445612345678", "GB", NumberType::voip},
                        {"447012345678", "GB", NumberType::personal},
                        {"447640123456", "GB", NumberType::pager},
                        {"445512345678", "GB", NumberType::uan},
                        {"447781123456", "GG", NumberType::mobile},
                        {"12015550123", "US", NumberType::fixed_line_or_mobile},
                        {"15062345678", "CA", NumberType::fixed_line_or_mobile},
                        {"18762101234", "JM", NumberType::mobile},
                        {"4915123456789", "DE", NumberType::mobile},
                        {"393123456789", "IT", NumberType::mobile},
                        {"33612345678", "FR", NumberType::mobile},
                        {"918123456789", "IN", NumberType::mobile},
                        {"77710009998", "KZ", NumberType::mobile},
                        {"79123456789", "RU", NumberType::mobile},
                        {"80012345678", "001", NumberType::toll_free}};
    for (const Row& row : rows) {
        const auto facts = parse_number(row.number, "");
        ASSERT_TRUE(facts) << row.number;
        EXPECT_EQ(facts->number.digits(), row.number);
        EXPECT_EQ(facts->country, row.country) << row.number;
        EXPECT_EQ(to_string(facts->type), to_string(row.type)) << row.number;
    }
}

TEST(NumberTest, RequireTypeFollowsTheTable) {
    struct Row {
        NumberType type;
        bool mobile;
        bool landline;
    };
    const Row rows[] = {{NumberType::unknown, false, false},     {NumberType::mobile, true, false},
                        {NumberType::fixed_line, false, true},   {NumberType::fixed_line_or_mobile, true, true},
                        {NumberType::voip, false, false},        {NumberType::premium_rate, false, false},
                        {NumberType::shared_cost, false, false}, {NumberType::toll_free, false, false},
                        {NumberType::personal, false, false},    {NumberType::pager, false, false},
                        {NumberType::uan, false, false},         {NumberType::voicemail, false, false}};
    for (const Row& row : rows) {
        for (const auto* word : {"All", "all", "ALL"}) EXPECT_TRUE(*satisfies(word, row.type));
        for (const auto* word : {"Mobile", "mobile", "MOBILE"}) {
            EXPECT_EQ(*satisfies(word, row.type), row.mobile) << to_string(row.type);
        }
        for (const auto* word : {"Landline", "landline", "LandLine"}) {
            EXPECT_EQ(*satisfies(word, row.type), row.landline) << to_string(row.type);
        }
    }
    for (const auto& word : {""s, "Fixed"s, "landlines"s, "All "s, "all\0"s, std::string(10'000, 'a')}) {
        const auto verdict = satisfies(word, NumberType::mobile);
        ASSERT_FALSE(verdict) << word;
        EXPECT_EQ(verdict.error().code, Errc::invalid_argument);
    }
}

// libphonenumber and ICU log to the standard streams when something surprises them; a number in a log is a leak.
TEST(NumberTest, WritesNothingToTheStandardStreams) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    warm_up();
    for (const auto* text : {"+447400123456", "+999123456789", "\xFF\xFE", "07400 123456", "", "+80012345678"}) {
        for (const auto* country : {"", "GB", "ZZ", "AQ", "001"}) (void)parse_number(text, country);
    }
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

RC_GTEST_PROP(NumberTest, AnyBytesGiveANumberOrARefusal, (const std::string& text, const std::string& country)) {
    for (const std::string& region : {""s, "GB"s, "AU"s, country}) {
        const auto facts = parse_number(text, region);
        if (!facts) continue;
        RC_ASSERT(facts->number.digits().size() >= 7U && facts->number.digits().size() <= 15U);
    }
}

RC_GTEST_PROP(NumberTest, WhatWasReadIsReadAgainAsItself, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(5, 17);
    const auto digits = *rc::gen::container<std::string>(size, rc::gen::inRange('0', static_cast<char>('9' + 1)));
    const std::string country = *rc::gen::element(""s, "GB"s, "US"s, "DE"s, "AU"s, "IT"s, "MX"s, "AR"s, "BR"s);
    const auto facts = parse_number(digits, country);
    if (!facts) return;
    const auto again = parse_number(facts->number.e164(), "");
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->country == facts->country);
    RC_ASSERT(again->type == facts->type);
}

}  // namespace
}  // namespace roger::numbering
