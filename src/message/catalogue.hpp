// The texts of Roger by language. A language is one file under locales/, and nothing else: the build finds it by its
// name, which is that of the array in it, and the lists of locales and of the countries' defaults are read from there.
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "message/plural.hpp"

namespace roger::message {

/// The texts of one language, for both channels. Places: ${brand}, ${pin}, ${minutes} (with its unit, "5 minutes"),
/// ${pin_expiry} (the bare number) and, in the texts of PSD2, ${payee} and ${amount} (with its sign, "€48.50") instead
/// of the brand. An SMS has one line and fits one segment whatever the script of the brand is: 70 UTF-16 units at most
/// with 18 of brand, 6 digits, 60 minutes and the greatest amount. Spoken ones name the PIN twice.
struct Texts {
    std::string_view sms;
    std::string_view tts;
    std::string_view psd2_sms;  ///< "" where the language is not in the list of PSD2, and so is the next
    std::string_view psd2_tts;
    Counted minutes;
    std::string_view gate;  ///< spoken before a call's text where key 1 is asked for; names that key
};

/// How a locale writes an amount in euros: prefix, groups of three digits, decimal mark, two decimals, suffix.
struct AmountForm {
    std::string_view prefix;
    std::string_view group;
    std::string_view decimal;
    std::string_view suffix;
};

/// Source: CLDR 44, currency format of each locale. Spaces do not break, but in an SMS.
namespace amount {
inline constexpr AmountForm euro_first{.prefix = "€", .group = ",", .decimal = ".", .suffix = ""};
inline constexpr AmountForm euro_space{.prefix = "€\u00A0", .group = ".", .decimal = ",", .suffix = ""};
inline constexpr AmountForm dot_comma{.prefix = "", .group = ".", .decimal = ",", .suffix = "\u00A0€"};
inline constexpr AmountForm space_comma{.prefix = "", .group = "\u00A0", .decimal = ",", .suffix = "\u00A0€"};
}  // namespace amount

/// One locale and its texts. Lists of countries: ISO 3166-1 alpha-2 with a space between.
struct LocaleTexts {
    std::string_view locale;               ///< canonical name: lower case with '-'
    bool verify = false;                   ///< a v1 locale
    bool psd2 = false;                     ///< a PSD2 locale
    std::string_view countries = "";       ///< whose subscribers get it when no locale is asked for
    std::string_view psd2_countries = "";  ///< of payments alone, beside those
    const Texts* texts = nullptr;          ///< static, never null
    AmountForm amount = amount::euro_first;
};

/// @return every locale, by name
[[nodiscard]] std::span<const LocaleTexts> catalogue();

/// The texts of a locale. Those of en-us (psd2: en-gb) where it is unknown, or has no texts of PSD2.
[[nodiscard]] const LocaleTexts& texts_for(std::string_view locale, bool psd2);

}  // namespace roger::message
