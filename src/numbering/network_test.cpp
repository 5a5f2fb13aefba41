#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

#include "numbering/network.hpp"

namespace roger::numbering {
namespace {

namespace table {
#include "numbering/network_table.inc"
}  // namespace table

std::string network(const std::string& digits) { return std::string(network_of(*Msisdn::from_digits(digits))); }

TEST(NetworkTest, KnownRangesHaveTheirNetwork) {
    struct Row {
        const char* number;
        const char* network;
        const char* what;
    };
    const Row rows[] = {
        {"447831123456", "23415", "UK, Vodafone"},       {"447860123456", "23410", "UK, O2"},
        {"447973123456", "23433", "UK, Orange, now EE"}, {"447956123456", "23430", "UK, EE"},
        {"447782123456", "23420", "UK, Three"},          {"491711234567", "26201", "Germany, Telekom"},
        {"491721234567", "26202", "Germany, Vodafone"},  {"491771234567", "26203", "Germany, E-Plus, now O2"},
        {"33603123456", "20810", "France, SFR"},         {"33608123456", "20801", "France, Orange"},
        {"33660123456", "20820", "France, Bouygues"},    {"94771234567", "41302", "Sri Lanka, Dialog"},
        {"94711234567", "41301", "Sri Lanka, Mobitel"},  {"79031234567", "25099", "Russia, Beeline"},
        {"77011234567", "40102", "Kazakhstan, Kcell"},   {"5511995123456", "72406", "Brazil, Vivo"},
        {"2348031234567", "62130", "Nigeria, MTN"},      {"254722123456", "63902", "Kenya, Safaricom"},
    };
    for (const Row& row : rows) EXPECT_EQ(network(row.number), row.network) << row.what;
}

TEST(NetworkTest, WhatAPrefixCannotTellIsUnknown) {
    for (const char* number : {"12025550123", "14165550123", "18765551234",  // North America and the Caribbean
                               "442071234567", "493012345678",               // fixed lines
                               "919810123456",  // India: one name, a network in each circle
                               "9999999", "100000000000000", "80012345678"}) {
        EXPECT_EQ(network(number), "") << number;
    }
    for (const std::uint32_t prefix : table::prefixes) EXPECT_NE(std::to_string(prefix).front(), '1');
}

TEST(NetworkTest, TheTableIsInOrderAndHoldsCodes) {
    EXPECT_TRUE(std::ranges::is_sorted(table::prefixes));
    EXPECT_EQ(std::ranges::adjacent_find(table::prefixes), std::end(table::prefixes));
    EXPECT_LT(std::ranges::max(table::prefixes), 1'000'000'000U) << "nine digits are looked at";
    EXPECT_LT(std::ranges::max(table::prefix_codes), std::size(table::network_codes));
    EXPECT_EQ(table::network_codes[0], "");
    for (const std::string_view code : std::span(table::network_codes).subspan(1)) {
        EXPECT_TRUE(code.size() == 5 || code.size() == 6) << code;
        EXPECT_EQ(code.find_first_not_of("0123456789"), std::string_view::npos) << code;
    }
}

/// The rule in its simplest form.
std::string longest_prefix(const std::map<std::string, std::string_view>& networks, std::string digits) {
    for (; !digits.empty(); digits.pop_back()) {
        if (const auto found = networks.find(digits); found != networks.end()) return std::string(found->second);
    }
    return "";
}

RC_GTEST_PROP(NetworkPropertyTest, TheLongestPrefixWins, ()) {
    static const auto networks = [] {
        std::map<std::string, std::string_view> all;
        for (std::size_t at = 0; at < std::size(table::prefixes); ++at) {
            all[std::to_string(table::prefixes[at])] = table::network_codes[table::prefix_codes[at]];
        }
        return all;
    }();
    // From a row of the table, sometimes cut, so that neighbours and shorter prefixes are met as well.
    const auto row = *rc::gen::inRange<std::size_t>(0, std::size(table::prefixes));
    std::string digits = std::to_string(table::prefixes[row]);
    digits.resize(*rc::gen::inRange<std::size_t>(1, digits.size() + 1));
    const auto length = *rc::gen::inRange<std::size_t>(std::max<std::size_t>(7, digits.size()), 16);
    while (digits.size() < length) digits += *rc::gen::inRange('0', static_cast<char>('9' + 1));
    RC_ASSERT(network(digits) == longest_prefix(networks, digits));
}

}  // namespace
}  // namespace roger::numbering
