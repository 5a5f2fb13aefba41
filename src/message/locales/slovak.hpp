// Slovak.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts slovak_texts = {
    .sms = "Váš overovací kód ${brand} je ${pin}. Platí ${minutes}.",
    .tts =
        "Dobrý deň. Váš overovací kód ${brand} je: ${pin}. Opakujem, váš kód je: ${pin}. Platí ${minutes}. "
        "Dopočutia.",
    .psd2_sms = "Kód ${pin}: ${amount} pre ${payee}. Platí ${pin_expiry} min.",
    .psd2_tts =
        "Dobrý deň. Váš kód na potvrdenie platby ${amount} pre ${payee} je: ${pin}. Opakujem, váš kód je: "
        "${pin}. Platí ${minutes}. Dopočutia.",
    .minutes = {.rule = plural::czech, .one = "# minútu", .few = "# minúty", .other = "# minút"},
    .gate = "Ak chcete počuť kód, stlačte 1.",
};

inline constexpr std::array slovak = {
    LocaleTexts{
        .locale = "sk-sk", .psd2 = true, .countries = "SK", .texts = &slovak_texts, .amount = amount::space_comma},
};

}  // namespace roger::message::locales
