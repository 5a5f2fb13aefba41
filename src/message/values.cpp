#include <algorithm>
#include <memory>
#include <string>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "message/message.hpp"

namespace roger::message {
namespace {

// Far over 18 characters even when each comes decomposed, and little enough to look at for everybody who asks.
constexpr std::size_t brand_bytes_max = 512;
constexpr std::string_view refused_ascii = "<>{}[]\\|^~`";

bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

tl::unexpected<Error> refuse(const char* why) { return fail(Errc::invalid_argument, why); }

const icu::Normalizer2& nfc() {
    static const icu::Normalizer2* const instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        const icu::Normalizer2* opened = icu::Normalizer2::getNFCInstance(status);
        ROGER_ASSERT(U_SUCCESS(status), "the data of NFC is part of ICU");
        return opened;
    }();
    return *instance;
}

/// Opening one costs milliseconds. A checker that is no longer changed may be used from every thread (uspoof.h).
const USpoofChecker* spoof_checker() {
    struct Close {
        void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
    };
    static const std::unique_ptr<USpoofChecker, Close> instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<USpoofChecker, Close> checker(uspoof_open(&status));
        ROGER_ASSERT(U_SUCCESS(status), "the data of the spoof checker is part of ICU");
        uspoof_setChecks(checker.get(), USPOOF_RESTRICTION_LEVEL, &status);
        uspoof_setRestrictionLevel(checker.get(), USPOOF_MODERATELY_RESTRICTIVE);
        ROGER_ASSERT(U_SUCCESS(status), "the checks are known to every ICU since 51");
        return checker;
    }();
    return instance.get();
}

bool mixes_scripts(const icu::UnicodeString& text) {
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t failed = uspoof_check2(spoof_checker(), text.getBuffer(), text.length(), nullptr, &status);
    return U_FAILURE(status) || failed != 0;
}

/// A character that shows nothing is format in all but its category: fillers, joiners, the braille blank.
bool is_invisible(UChar32 c) {
    constexpr UChar32 braille_blank = 0x2800;
    return c == braille_blank || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

bool is_printable(UChar32 c) {
    if (c < 0x80 && refused_ascii.find(static_cast<char>(c)) != std::string_view::npos) return false;
    if (c == 0xFFFD) return false;  // stands for bytes that are no UTF-8
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER) return c >= '0' && c <= '9';
    constexpr std::uint32_t printable = U_GC_L_MASK | U_GC_M_MASK | U_GC_P_MASK | U_GC_S_MASK;
    return (U_GET_GC_MASK(c) & printable) != 0 && !is_invisible(c);
}

/// Trims, makes every space U+0020 and judges each character. @return nullptr, or why the text is refused
const char* tidy(icu::UnicodeString& text) {
    icu::UnicodeString kept;
    bool bare = true;  // at the start or after a space: a mark here would sit on somebody else's character
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 c = text.char32At(at);
        const bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
        const bool emoji_form = c == 0xFE0F && !bare;
        if (mark && bare) return "a mark without a letter";
        if (u_charType(c) == U_SPACE_SEPARATOR) {
            bare = true;
            if (!kept.isEmpty()) kept.append(static_cast<UChar32>(' '));
            continue;
        }
        if (!emoji_form && !is_printable(c)) return "a character that is not allowed";
        bare = false;
        kept.append(c);
    }
    while (kept.endsWith(icu::UnicodeString(static_cast<UChar32>(' ')))) kept.truncate(kept.length() - 1);
    text = kept;
    return nullptr;
}

Result<std::string> check_unicode(std::string_view text) {
    if (text.size() > brand_bytes_max) return refuse("longer than 18 characters");
    UErrorCode status = U_ZERO_ERROR;
    const icu::StringPiece bytes(text.data(), static_cast<std::int32_t>(text.size()));
    icu::UnicodeString normal = nfc().normalize(icu::UnicodeString::fromUTF8(bytes), status);
    if (U_FAILURE(status)) return refuse("not Unicode text");
    if (const char* why = tidy(normal)) return refuse(why);
    if (normal.isEmpty()) return refuse("empty");
    if (normal.countChar32() > static_cast<std::int32_t>(brand_characters_max))
        return refuse("longer than 18 characters");
    if (normal.indexOf(u"://", 3, 0) >= 0) return refuse("an address");
    if (mixes_scripts(normal)) return refuse("a mix of scripts");
    std::string brand;
    normal.toUTF8String(brand);
    return brand;
}

bool is_plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Most brands are plain ASCII, which is NFC, of one script and visible by itself.
Result<std::string> check_plain(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return refuse("empty");
    text = text.substr(first, text.find_last_not_of(' ') + 1 - first);
    if (text.size() > brand_characters_max) return refuse("longer than 18 characters");
    if (text.find_first_of(refused_ascii) != std::string_view::npos) return refuse("a character that is not allowed");
    if (text.find("://") != std::string_view::npos) return refuse("an address");
    return std::string(text);
}

}  // namespace

Result<std::string> check_brand(std::string_view text) {
    return is_plain(text) ? check_plain(text) : check_unicode(text);
}

Result<std::string> check_amount(std::string_view text) {
    constexpr std::size_t whole_digits_max = 9;
    const std::size_t point = text.find('.');
    std::string_view whole = text.substr(0, point);
    const std::string_view decimals = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    const bool digits =
        std::all_of(whole.begin(), whole.end(), is_digit) && std::all_of(decimals.begin(), decimals.end(), is_digit);
    if (!digits || whole.empty()) return refuse("not an amount");
    if (point != std::string_view::npos && decimals.empty()) return refuse("not an amount");
    if (decimals.size() > 2) return refuse("more than 2 decimals");
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
    if (whole.size() > whole_digits_max) return refuse("over 999999999.99");
    std::string amount(whole);
    amount += '.';
    amount += decimals;
    amount.append(2 - decimals.size(), '0');
    if (amount == "0.00") return refuse("under 0.01");
    return amount;
}

bool is_sender_id(std::string_view text) noexcept {
    constexpr std::size_t letters_max = 11;  // 3GPP TS 23.040 §9.1.2.5: an alphanumeric address has 11 septets
    constexpr std::size_t digits_max = 15;   // ITU-T E.164
    if (text.empty() || text.size() > digits_max) return false;
    if (std::all_of(text.begin(), text.end(), is_digit)) return true;
    if (text.size() > letters_max || text.find_first_not_of(' ') == std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c) || c == ' '; });
}

}  // namespace roger::message
