#include "numbering/library.hpp"

#include <array>
#include <optional>
#include <set>
#include <utility>

#include <phonenumbers/phonenumberutil.h>

namespace roger::numbering {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

bool parse_possible(const std::string& text, const std::string& country, PhoneNumber& number) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    return util.Parse(text, country, &number) == PhoneNumberUtil::NO_PARSING_ERROR && util.IsPossibleNumber(number);
}

/// '+' and digits first, for that costs libphonenumber a third of a national text.
bool parse_written(const Written& written, const std::string& country, PhoneNumber& number) {
    if (written.plus) return parse_possible("+" + written.digits, "ZZ", number);
    const bool zeros = written.digits.starts_with("00");
    if (country.empty()) return parse_possible("+" + written.digits.substr(zeros ? 2 : 0), "ZZ", number);
    if (!zeros) return parse_possible(written.digits, country, number);
    // "00" is a '+' nearly everywhere, but Australia dials 0011 and Singapore 001: where the country's own reading
    // gives a valid number, it is meant.
    if (parse_possible(written.digits, country, number) && PhoneNumberUtil::GetInstance()->IsValidNumber(number)) {
        return true;
    }
    number.Clear();
    return parse_possible("+" + written.digits.substr(2), "ZZ", number);
}

std::string digits_of(const PhoneNumber& number) {
    std::string national;
    PhoneNumberUtil::GetInstance()->GetNationalSignificantNumber(number, &national);
    return std::to_string(number.country_code()) + national;
}

/// Parsing is not idempotent: Mexico's 044… becomes +521…, which itself is read as +52…. One phone must have one
/// spelling, or it could be verified twice at once, so the digits are read again until they stay as they are.
/// @param read  the digits that `number` was read from
/// @return nullopt if they never settle, which no number in use does
std::optional<std::string> settle(const std::string& read, PhoneNumber& number) {
    constexpr int rounds_max = 4;
    std::string before = read;
    for (int round = 0; round < rounds_max; ++round) {
        std::string digits = digits_of(number);
        if (digits == before) return digits;
        number.Clear();
        if (!parse_possible("+" + digits, "ZZ", number)) return std::nullopt;
        before = std::move(digits);
    }
    return std::nullopt;
}

NumberType to_type(PhoneNumberUtil::PhoneNumberType type) noexcept {
    switch (type) {
        case PhoneNumberUtil::MOBILE: return NumberType::mobile;
        case PhoneNumberUtil::FIXED_LINE: return NumberType::fixed_line;
        case PhoneNumberUtil::FIXED_LINE_OR_MOBILE: return NumberType::fixed_line_or_mobile;
        case PhoneNumberUtil::VOIP: return NumberType::voip;
        case PhoneNumberUtil::PREMIUM_RATE: return NumberType::premium_rate;
        case PhoneNumberUtil::SHARED_COST: return NumberType::shared_cost;
        case PhoneNumberUtil::TOLL_FREE: return NumberType::toll_free;
        case PhoneNumberUtil::PERSONAL_NUMBER: return NumberType::personal;
        case PhoneNumberUtil::PAGER: return NumberType::pager;
        case PhoneNumberUtil::UAN: return NumberType::uan;
        case PhoneNumberUtil::VOICEMAIL: return NumberType::voicemail;
        case PhoneNumberUtil::UNKNOWN: break;
    }
    return NumberType::unknown;
}

NumberFacts facts_of(Msisdn msisdn, const PhoneNumber& number) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    std::string region;
    util.GetRegionCodeForNumber(number, &region);
    if (region != "ZZ") return {std::move(msisdn), std::move(region), to_type(util.GetNumberType(number))};
    // Outside the metadata of a shared code (+44, +1) a number belongs to no region and so has no type; the code's main
    // region stands for it.
    util.GetRegionCodeForCountryCode(number.country_code(), &region);
    return {std::move(msisdn), region == "ZZ" ? std::string() : std::move(region), NumberType::unknown};
}

}  // namespace

bool is_known_country(const std::string& region) {
    static const std::set<std::string> countries = [] {
        std::set<std::string> regions;
        PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
        return regions;
    }();
    return countries.contains(region);
}

Result<NumberFacts> parse_by_library(const Written& written, const std::string& region) {
    PhoneNumber number;
    if (!parse_written(written, region, number)) return fail(Errc::invalid_argument, "number");
    const auto digits = settle(written.digits, number);
    if (!digits) return fail(Errc::invalid_argument, "number");
    auto msisdn = Msisdn::from_digits(*digits);
    if (!msisdn) return tl::make_unexpected(std::move(msisdn.error()));
    return facts_of(std::move(*msisdn), number);
}

void warm_up_library() {
    static constexpr std::array<const char*, 24> common = {"GB", "US", "DE", "FR", "IN", "BR", "ES", "IT",
                                                           "MX", "NL", "PL", "AU", "CA", "CN", "JP", "KR",
                                                           "ID", "NG", "PH", "PK", "RU", "TR", "VN", "ZA"};
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    for (const char* country : common) {
        PhoneNumber example;
        if (!util.GetExampleNumberForType(country, PhoneNumberUtil::MOBILE, &example)) continue;
        (void)parse_by_library({.plus = true, .digits = digits_of(example)}, "");
        std::string national;
        util.GetNationalSignificantNumber(example, &national);
        (void)parse_by_library({.digits = std::move(national)}, country);
    }
}

}  // namespace roger::numbering
