#include "numbering/digit_patterns.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>
#include <string>

namespace roger::numbering {
namespace {

TEST(DigitPatternsTest, MatchesWhatThePatternSays) {
    DigitPatterns patterns;
    const auto id = patterns.add("7(?:[1-57]\\d{2}|624)\\d?|0{2,3}");
    ASSERT_TRUE(id);
    for (const auto* text : {"7100", "71009", "7777", "7624", "76240", "00", "000"}) {
        EXPECT_TRUE(patterns.matches(*id, text)) << text;
    }
    for (const auto* text : {"", "7", "710", "7600", "76241111", "710099", "0", "0000", "1"}) {
        EXPECT_FALSE(patterns.matches(*id, text)) << text;
    }
}

TEST(DigitPatternsTest, MatchesABeginningButNotTheEmptyOne) {
    DigitPatterns patterns;
    const auto id = *patterns.add("0?(?:11)?");
    EXPECT_TRUE(patterns.matches(id, ""));
    EXPECT_FALSE(patterns.matches_begin(id, ""));
    EXPECT_TRUE(patterns.matches_begin(id, "0999"));
    EXPECT_TRUE(patterns.matches_begin(id, "11999"));
    EXPECT_FALSE(patterns.matches_begin(id, "1999"));
}

TEST(DigitPatternsTest, NothingMatchesNothing) {
    const DigitPatterns patterns;
    EXPECT_FALSE(patterns.matches(DigitPatterns::nothing, ""));
    EXPECT_FALSE(patterns.matches(DigitPatterns::nothing, "1"));
    EXPECT_FALSE(patterns.matches_begin(DigitPatterns::nothing, "1"));
}

TEST(DigitPatternsTest, KeepsEqualStatesOnce) {
    DigitPatterns patterns;
    const auto id = *patterns.add("1(?:2|3)4");
    const std::size_t size = patterns.size();
    EXPECT_EQ(*patterns.add("1[23]4"), id);
    EXPECT_EQ(patterns.size(), size);
}

TEST(DigitPatternsTest, RefusesWhatItDoesNotKnow) {
    DigitPatterns patterns;
    for (const auto* text :
         {"1*", "1+",  "a",    ".",     "^1",     "[^1]",  "[a-z]", "[1", "[3-1]", "[]", "(1",  "1)",    "(?=1)",
          "1{", "1{2", "1{2,", "1{,2}", "1{3,2}", "1{99}", "{2}",   "?",  "\\D",   "\\", "1??", "1{2}?", "1|?"}) {
        EXPECT_FALSE(patterns.add(text)) << text;
    }
    EXPECT_FALSE(patterns.add(std::string(1000, '(') + std::string(1000, ')')));
}

/// A pattern and, beside it, std::regex as the judge.
rc::Gen<std::string> pattern_of(int depth) {
    const auto digit = rc::gen::map(rc::gen::inRange(0, 10), [](int d) { return std::to_string(d); });
    const auto leaf = rc::gen::oneOf(digit, rc::gen::element<std::string>("\\d", "[1-37]", "[0-9]", "[24-6]"));
    if (depth == 0) return leaf;
    const auto inner = rc::gen::lazy([depth] { return pattern_of(depth - 1); });
    const auto quantifier = rc::gen::element<std::string>("?", "{2}", "{0,2}", "{1,3}");
    return rc::gen::oneOf(
        leaf, rc::gen::map(rc::gen::pair(inner, inner), [](const auto& p) { return p.first + p.second; }),
        rc::gen::map(rc::gen::pair(inner, inner), [](const auto& p) { return "(?:" + p.first + "|" + p.second + ")"; }),
        rc::gen::map(rc::gen::pair(inner, quantifier), [](const auto& p) { return "(" + p.first + ")" + p.second; }));
}

RC_GTEST_PROP(DigitPatternsTest, AgreesWithStdRegex, ()) {
    const std::string text = *pattern_of(4);
    DigitPatterns patterns;
    const auto id = patterns.add(text);
    RC_ASSERT(id.has_value());
    patterns.seal();
    const std::regex regex(text);
    for (int i = 0; i < 20; ++i) {
        const auto size = *rc::gen::inRange<std::size_t>(0, 8);
        const auto digits = *rc::gen::container<std::string>(size, rc::gen::inRange('0', static_cast<char>('9' + 1)));
        RC_ASSERT(patterns.matches(*id, digits) == std::regex_match(digits, regex));
    }
}

}  // namespace
}  // namespace roger::numbering
