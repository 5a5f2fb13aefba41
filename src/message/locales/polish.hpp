// Polish.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts polish_texts = {
    .sms = "Kod weryfikacyjny ${brand}: ${pin}. Ważny ${minutes}.",
    .tts =
        "Dzień dobry. Kod weryfikacyjny ${brand} to: ${pin}. Powtarzam, kod to: ${pin}. Kod jest ważny przez "
        "${minutes}. Do usłyszenia.",
    .psd2_sms = "Kod ${pin}: ${amount} dla ${payee}. Ważny ${pin_expiry} min.",
    .psd2_tts =
        "Dzień dobry. Kod do zatwierdzenia płatności ${amount} dla ${payee} to: ${pin}. Powtarzam, kod to: "
        "${pin}. Kod jest ważny przez ${minutes}. Do usłyszenia.",
    .minutes = {.rule = plural::polish, .one = "# minutę", .few = "# minuty", .other = "# minut"},
    .gate = "Aby usłyszeć kod, naciśnij 1.",
};

inline constexpr std::array polish = {
    LocaleTexts{.locale = "pl-pl",
                .verify = true,
                .psd2 = true,
                .countries = "PL",
                .texts = &polish_texts,
                .amount = amount::space_comma},
};

}  // namespace roger::message::locales
