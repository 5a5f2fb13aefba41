// Texts that reach a subscriber: locales, the catalogue of texts, and the values that go into them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::message {

/// How a message reaches a phone. Stored by value: never renumber.
enum class Channel : std::uint8_t { sms = 0, tts = 1 };
[[nodiscard]] std::string_view to_string(Channel channel) noexcept;  ///< "sms", "tts"

/// The 39 locales of Verify v1 and the 21 of PSD2 (both lists overlap), lower case with '-': "en-gb", by name. Each has
/// the texts of a verification, those of the PSD2 list also the texts of a payment.
struct LocaleInfo {
    std::string_view name;
    bool verify = false;  ///< a v1 locale
    bool psd2 = false;    ///< a PSD2 locale
};
[[nodiscard]] const std::vector<LocaleInfo>& locales();
/// Reads a locale as clients write it: any case, '_' as '-', "sk-si" as sk-sk; any locale of either list.
/// @return the canonical name, or nullopt
[[nodiscard]] std::optional<std::string_view> find_locale(std::string_view text);
/// The locale for a number's country (ISO 3166-1 alpha-2, upper case): "AU" en-au, "MX" es-mx, "BR" pt-br, "CH" de-de …
/// (the official language that most people speak); where no text is in one of its languages en-us (PSD2: en-gb, and
/// only locales with PSD2 text). Never empty.
[[nodiscard]] std::string_view default_locale(std::string_view country, bool psd2);

/// What goes into a text.
struct Values {
    std::string_view brand;  ///< PSD2: the payee
    std::string_view pin;
    std::uint32_t minutes = 0;               ///< whole minutes the PIN still lives, at least 1
    std::optional<std::string_view> amount;  ///< PSD2: "48.50", canonical with two decimals
    std::string_view custom = {};    ///< words that check_custom_text() passed, instead of the catalogue's; not in PSD2
    std::string_view app_hash = {};  ///< SMS: ends so that an Android app may read it (message/autofill.hpp)
    std::string_view domain = {};    ///< SMS: ends so that a web page may read it; not with app_hash
};

/// The text of a message. An unknown locale is written in en-us, PSD2 in one without its texts in en-gb.
/// SMS: one line, the PIN as it is, then what app_hash or domain ask for. tts: the words of a call, the PIN's
/// characters one by one ("1, 2, 3, 4"), said twice. With an amount the PSD2 text is used, and holds amount (in the
/// locale's form, with €) and payee in full.
[[nodiscard]] std::string render(std::string_view locale, Channel channel, const Values& values);

/// What a call asks before its text where a person has to press key 1 to hear it, by
/// the locale that it is written in (written_locale).
[[nodiscard]] std::string_view gate_prompt(std::string_view locale);

/// The locale that render() really writes in: a call must be spoken by its voice, for a German voice reading English
/// would not be understood. Never empty.
[[nodiscard]] std::string_view written_locale(std::string_view locale, bool psd2);

inline constexpr std::size_t brand_characters_max = 18;
/// Brand and payee: NFC, trimmed, 1–18 code points of letters, marks, digits 0–9, space, printable punctuation and
/// symbols. Refused: control, format (bidi, zero-width), private use, unassigned, other decimal digits, any of
/// <>{}[]\|^~` and "://", and script mixes that ICU's spoof checker refuses at MODERATELY_RESTRICTIVE.
/// @return the normalised brand, or invalid_argument with the reason
[[nodiscard]] Result<std::string> check_brand(std::string_view text);

/// PSD2 amount: 0.01–999999999.99, digits with at most 2 decimals after '.'. @return "48.50" for "48.5"; always two
/// decimals
[[nodiscard]] Result<std::string> check_amount(std::string_view text);

/// Sender ID: 1–11 of [A-Za-z0-9 ] with at least one that is not a space, or 1–15 digits.
[[nodiscard]] bool is_sender_id(std::string_view text) noexcept;

}  // namespace roger::message
