#include "numbering/number.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <phonenumbers/phonenumberutil.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace roger::numbering {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t text_bytes_max = 40;
constexpr std::size_t digits_min = 7;
constexpr std::size_t digits_max = 15;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What a person wrote, reduced to what it means.
struct Written {
    bool plus = false;   ///< a '+' before the first digit: the country code follows
    std::string digits;  ///< ASCII
};

/// Letters are refused rather than dropped: "… ext. 5" and "1-800-FLOWERS" name something else than their digits.
/// Decimal digits of every script are read, as they are in a PIN, and so is the no-break space of copied numbers.
std::optional<Written> read_written(std::string_view text, bool with_country) {
    if (text.size() > text_bytes_max) return std::nullopt;
    Written written;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t at = 0;
    while (at < size) {
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        if (c < 0) return std::nullopt;
        if (const std::int32_t digit = u_charDigitValue(c); digit >= 0) {
            written.digits.push_back(static_cast<char>('0' + digit));
        } else if (c == '+' || c == 0xFF0B) {  // U+FF0B is what Japanese keyboards write
            if (written.plus || !written.digits.empty()) return std::nullopt;
            written.plus = true;
        } else {
            const bool separator = c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == 0xA0;
            if (!separator && !(with_country && c == '/')) return std::nullopt;
        }
    }
    if (written.digits.empty()) return std::nullopt;
    return written;
}

const std::set<std::string>& known_countries() {
    static const std::set<std::string> countries = [] {
        std::set<std::string> regions;
        PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
        return regions;
    }();
    return countries;
}

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

Result<Msisdn> Msisdn::from_digits(std::string_view digits) {
    const bool fits = digits.size() >= digits_min && digits.size() <= digits_max;
    if (!fits || digits.front() == '0' || !std::all_of(digits.begin(), digits.end(), is_digit)) {
        return fail(Errc::invalid_argument, "number");
    }
    return Msisdn(std::string(digits));
}

std::string Msisdn::masked() const {
    // Short numbers show less in front, so that at least four digits stay hidden.
    const std::size_t shown = std::min<std::size_t>(4, digits_.size() - 6);
    const std::size_t hidden = digits_.size() - shown - 2;
    return "+" + digits_.substr(0, shown) + std::string(hidden, '*') + digits_.substr(shown + hidden);
}

std::string_view to_string(NumberType type) noexcept {
    static constexpr std::array<std::string_view, 12> names = {
        "unknown",  "mobile",       "fixed_line",  "fixed_line_or_mobile",
        "voip",     "premium_rate", "shared_cost", "toll_free",
        "personal", "pager",        "uan",         "voicemail"};
    const auto index = static_cast<std::size_t>(type);
    return index < names.size() ? names[index] : names[0];
}

Result<NumberFacts> parse_number(std::string_view text, std::string_view country) {
    std::string region(country.substr(0, 3));  // two letters; the third only serves to miss
    std::transform(region.begin(), region.end(), region.begin(), to_upper);
    if (!region.empty() && !known_countries().contains(region)) return fail(Errc::invalid_argument, "country");

    const auto written = read_written(text, !region.empty());
    PhoneNumber number;
    if (!written || !parse_written(*written, region, number)) return fail(Errc::invalid_argument, "number");

    const auto digits = settle(written->digits, number);
    if (!digits) return fail(Errc::invalid_argument, "number");
    auto msisdn = Msisdn::from_digits(*digits);
    if (!msisdn) return tl::make_unexpected(std::move(msisdn.error()));
    return facts_of(std::move(*msisdn), number);
}

void warm_up() {
    static constexpr std::array<const char*, 24> common = {"GB", "US", "DE", "FR", "IN", "BR", "ES", "IT",
                                                           "MX", "NL", "PL", "AU", "CA", "CN", "JP", "KR",
                                                           "ID", "NG", "PH", "PK", "RU", "TR", "VN", "ZA"};
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    for (const char* country : common) {
        PhoneNumber example;
        if (!util.GetExampleNumberForType(country, PhoneNumberUtil::MOBILE, &example)) continue;
        std::string written;
        util.Format(example, PhoneNumberUtil::E164, &written);
        (void)parse_number(written, "");
        util.Format(example, PhoneNumberUtil::NATIONAL, &written);
        (void)parse_number(written, country);
    }
}

Result<bool> satisfies(std::string_view require_type, NumberType type) {
    std::string word(require_type.substr(0, 9));  // one more than the longest word
    std::transform(word.begin(), word.end(), word.begin(), to_lower);
    const bool either = type == NumberType::fixed_line_or_mobile;
    if (word == "all") return true;
    if (word == "mobile") return either || type == NumberType::mobile;
    if (word == "landline") return either || type == NumberType::fixed_line;
    return fail(Errc::invalid_argument, "require_type");
}

}  // namespace roger::numbering
