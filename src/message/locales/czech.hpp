// Czech.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts czech_texts = {
    .sms = "Váš ověřovací kód ${brand} je ${pin}. Platí ${minutes}.",
    .tts =
        "Dobrý den. Váš ověřovací kód ${brand} je: ${pin}. Opakuji, váš kód je: ${pin}. Platí ${minutes}. Na "
        "shledanou.",
    .psd2_sms = "Kód ${pin}: ${amount} pro ${payee}. Platí ${pin_expiry} min.",
    .psd2_tts =
        "Dobrý den. Váš kód k potvrzení platby ${amount} pro ${payee} je: ${pin}. Opakuji, váš kód je: ${pin}. "
        "Platí ${minutes}. Na shledanou.",
    .minutes = {.rule = plural::czech, .one = "# minutu", .few = "# minuty", .other = "# minut"},
    .gate = "Chcete-li slyšet kód, stiskněte 1.",
};

inline constexpr std::array czech = {
    LocaleTexts{.locale = "cs-cz",
                .verify = true,
                .psd2 = true,
                .countries = "CZ",
                .texts = &czech_texts,
                .amount = amount::space_comma},
};

}  // namespace roger::message::locales
