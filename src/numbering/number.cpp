#include "numbering/number.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/ascii.hpp"
#include "numbering/library.hpp"
#include "numbering/plans.hpp"

namespace roger::numbering {
namespace {

constexpr std::size_t text_bytes_max = 40;
constexpr std::size_t digits_min = 7;

char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

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

/// What follows the '+', where that needs no country to be told.
std::optional<std::string_view> international_digits(const Written& written, bool with_country) {
    const std::string_view digits = written.digits;
    if (written.plus) return digits;
    if (with_country) return std::nullopt;
    return digits.starts_with("00") ? digits.substr(2) : digits;
}

}  // namespace

Result<Msisdn> Msisdn::from_digits(std::string_view digits) {
    const bool fits = digits.size() >= digits_min && digits.size() <= e164_digits_max;
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
    if (!region.empty() && !is_known_country(region)) return fail(Errc::invalid_argument, "country");

    const auto written = read_written(text, !region.empty());
    if (!written) return fail(Errc::invalid_argument, "number");
    const auto digits = international_digits(*written, !region.empty());
    const auto found = digits ? Plans::get().find(*digits) : std::nullopt;
    if (!found) return parse_by_library(*written, region);
    auto msisdn = Msisdn::from_digits(*digits);
    if (!msisdn) return tl::make_unexpected(std::move(msisdn.error()));
    return NumberFacts{std::move(*msisdn), std::string(found->country), found->type};
}

void warm_up() {
    (void)Plans::get();
    warm_up_library();
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
