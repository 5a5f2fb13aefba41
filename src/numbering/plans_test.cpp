#include "numbering/plans.hpp"

#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "numbering/library.hpp"

namespace roger::numbering {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

std::string shown(const Result<NumberFacts>& facts) {
    if (!facts) return "refused: " + facts.error().detail;
    return facts->number.digits() + " " + facts->country + " " + std::string(to_string(facts->type));
}

/// How a number was asked for, and whether the table knew it.
struct Count {
    std::size_t all = 0;
    std::size_t found = 0;
    /// @return whether the table, with what it leaves to libphonenumber, says what libphonenumber alone says
    testing::AssertionResult same(bool plus, const std::string& digits) {
        const std::string text = (plus ? "+" : "") + digits;
        const auto ours = shown(parse_number(text, ""));
        const auto theirs = shown(parse_by_library({.plus = plus, .digits = digits}, ""));
        ++all;
        const std::string_view international =
            !plus && digits.starts_with("00") ? std::string_view(digits).substr(2) : digits;
        if (Plans::get().find(international)) ++found;
        if (ours == theirs) return testing::AssertionSuccess();
        return testing::AssertionFailure() << text << ": " << ours << ", libphonenumber: " << theirs;
    }
};

std::string digits_of(const PhoneNumber& number) {
    std::string national;
    PhoneNumberUtil::GetInstance()->GetNationalSignificantNumber(number, &national);
    return std::to_string(number.country_code()) + national;
}

/// One number of each type in each region, as the metadata gives them.
std::vector<std::string> examples(std::initializer_list<PhoneNumberUtil::PhoneNumberType> types) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    std::set<std::string> regions;
    util.GetSupportedRegions(&regions);
    std::set<std::string> numbers;
    for (const auto type : types) {
        PhoneNumber number;
        for (const std::string& region : regions) {
            if (util.GetExampleNumberForType(region, type, &number)) numbers.insert(digits_of(number));
        }
        std::set<int> global;
        util.GetSupportedGlobalNetworkCallingCodes(&global);
        for (const int code : global) {
            if (util.GetExampleNumberForNonGeoEntity(code, &number)) numbers.insert(digits_of(number));
        }
    }
    return {numbers.begin(), numbers.end()};
}

std::vector<std::string> all_examples() {
    return examples({PhoneNumberUtil::FIXED_LINE, PhoneNumberUtil::MOBILE, PhoneNumberUtil::TOLL_FREE,
                     PhoneNumberUtil::PREMIUM_RATE, PhoneNumberUtil::SHARED_COST, PhoneNumberUtil::VOIP,
                     PhoneNumberUtil::PERSONAL_NUMBER, PhoneNumberUtil::PAGER, PhoneNumberUtil::UAN,
                     PhoneNumberUtil::VOICEMAIL});
}

// 10⁵ numbers: whatever a pattern decides, it decides at one of its digits or at its end.
TEST(PlansTest, SaysWhatLibphonenumberSaysOfEveryExampleWithOneDigitChanged) {
    Count count;
    for (const std::string& example : all_examples()) {
        ASSERT_TRUE(count.same(true, example));
        ASSERT_TRUE(count.same(false, "00" + example));
        ASSERT_TRUE(count.same(true, example.substr(0, example.size() - 1)));
        for (char digit = '0'; digit <= '9'; ++digit) {
            ASSERT_TRUE(count.same(true, example + digit));
            for (std::size_t at = 0; at < example.size(); ++at) {
                std::string changed = example;
                changed[at] = digit;
                if (changed != example) ASSERT_TRUE(count.same(true, changed));
            }
        }
    }
    EXPECT_GE(count.all, 100'000U);
    std::cout << count.all << " numbers, of which the table knew " << count.found << "\n";
}

/// Calling codes that several countries share, and others by their weight in the random test.
constexpr std::array shared_codes = {"1", "7", "39", "44", "47", "61", "64", "212", "262", "290", "358", "590", "599"};

RC_GTEST_PROP(PlansTest, SaysWhatLibphonenumberSaysOfRandomNumbers, ()) {
    static const std::vector<std::string> known = all_examples();
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    const auto below = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    const auto more_digits = [&](std::string digits, std::size_t count) {
        while (count-- > 0) digits += static_cast<char>('0' + below(10));
        return digits;
    };
    Count count;
    for (int i = 0; i < 300; ++i) {
        std::string digits;
        switch (below(4)) {
            case 0: digits = more_digits("", 1 + below(17)); break;
            case 1: digits = more_digits(shared_codes[below(shared_codes.size())], 4 + below(11)); break;
            case 2: {  // a known beginning
                digits = known[below(known.size())];
                const std::size_t size = digits.size();
                digits = more_digits(digits.substr(0, 1 + below(size)), 0);
                digits = more_digits(digits, size - digits.size());
                break;
            }
            default: {  // digits put in and taken out
                digits = known[below(known.size())];
                digits.erase(below(digits.size()), 1);
                digits.insert(below(digits.size()), more_digits("", below(3)));
                break;
            }
        }
        RC_ASSERT(count.same(below(2) == 0, digits));
    }
}

// What the table does not know is correct but slow; most of all mobiles must not be.
TEST(PlansTest, KnowsTheMobilesOfNearlyEveryCountry) {
    std::size_t found = 0;
    std::string asked;
    const auto mobiles = examples({PhoneNumberUtil::MOBILE});
    for (const std::string& number : mobiles) {
        const bool known = Plans::get().find(number).has_value();
        found += known ? 1 : 0;
        if (!known) asked += " +" + number;
    }
    std::cout << found << " of " << mobiles.size() << " examples of mobiles are known; not so:" << asked << "\n";
    EXPECT_GE(found * 100, mobiles.size() * 97);
}

TEST(PlansTest, LeavesWhatParsingMayChangeToLibphonenumber) {
    EXPECT_FALSE(Plans::get().find(""));
    EXPECT_FALSE(Plans::get().find("4"));
    EXPECT_FALSE(Plans::get().find("44"));
    EXPECT_FALSE(Plans::get().find("04915112345678"));
    EXPECT_FALSE(Plans::get().find("9991234567"));  // no such calling code
    EXPECT_FALSE(Plans::get().find("4915112345678901234"));
    EXPECT_FALSE(Plans::get().find("4407400123456"));  // +44 (0) …
    EXPECT_FALSE(Plans::get().find("5215512345678"));  // Mexico's former mobile prefix
    EXPECT_FALSE(Plans::get().find("78001234567890"));
    const auto found = Plans::get().find("447400123456");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->country, "GB");
    EXPECT_EQ(found->type, NumberType::mobile);
}

TEST(PlansTest, IsSharedBetweenThreads) {
    const auto numbers = examples({PhoneNumberUtil::MOBILE});
    std::vector<std::thread> threads;
    std::array<std::size_t, 4> found{};
    for (std::size_t& mine : found) {
        threads.emplace_back([&numbers, &mine] {
            for (const std::string& number : numbers) mine += Plans::get().find(number) ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::size_t mine : found) EXPECT_EQ(mine, found[0]);
}

}  // namespace
}  // namespace roger::numbering
