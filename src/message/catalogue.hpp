// The texts of Roger by language. A language is one file under locales/ and one line in catalogue.cpp.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace roger::message {

/// The texts of one language, for both channels. Places: ${brand}, ${pin}, ${minutes} (with its unit, "5 minutes")
/// and, in the texts of PSD2, ${payee} and ${amount} (with its sign, "€48.50") instead of the brand.
/// An SMS has one line; spoken ones name the PIN twice.
struct Texts {
    std::string_view sms;
    std::string_view tts;
    std::string_view psd2_sms;
    std::string_view psd2_tts;
    /// A count of minutes in words of the language, with its own plural: "1 minute", "5 minutes".
    std::string (*minutes)(std::uint32_t count);
};

/// How a locale writes an amount in euros: prefix, groups of three digits, decimal mark, two decimals, suffix.
struct AmountForm {
    std::string_view prefix;
    std::string_view group;
    std::string_view decimal;
    std::string_view suffix;
};

/// One locale that has texts.
struct LocaleTexts {
    std::string_view locale;  ///< canonical name, as in locales()
    const Texts* texts;       ///< static, never null
    AmountForm amount;
};

/// The languages, one function for each file under locales/.
[[nodiscard]] std::span<const LocaleTexts> english() noexcept;

/// @return every locale that has texts, language by language
[[nodiscard]] std::span<const std::span<const LocaleTexts>> catalogue();

/// The texts of a locale; those of en-us (psd2: en-gb) where it has none yet, or is unknown.
[[nodiscard]] const LocaleTexts& texts_for(std::string_view locale, bool psd2);

}  // namespace roger::message
