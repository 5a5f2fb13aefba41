// Dutch.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts dutch_texts = {
    .sms = "Uw code van ${brand} is ${pin}. Deze is ${minutes} geldig.",
    .tts =
        "Goedendag. Uw code van ${brand} is: ${pin}. Ik herhaal, uw code is: ${pin}. Deze is ${minutes} "
        "geldig. Tot ziens.",
    .psd2_sms = "Code ${pin}: ${amount} aan ${payee}. ${pin_expiry} min geldig.",
    .psd2_tts =
        "Goedendag. Uw code om ${amount} aan ${payee} goed te keuren is: ${pin}. Ik herhaal, uw code is: "
        "${pin}. Deze is ${minutes} geldig. Tot ziens.",
    .minutes = {.rule = plural::one, .one = "# minuut", .other = "# minuten"},
    .gate = "Druk op 1 om uw code te horen.",
};

inline constexpr std::array dutch = {
    LocaleTexts{.locale = "nl-nl",
                .verify = true,
                .psd2 = true,
                .countries = "AW BE BQ CW NL SR",
                .texts = &dutch_texts,
                .amount = amount::euro_space},
};

}  // namespace roger::message::locales
