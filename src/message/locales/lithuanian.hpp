// Lithuanian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts lithuanian_texts = {
    .sms = "Jūsų ${brand} kodas yra ${pin}. Galioja ${minutes}.",
    .tts =
        "Laba diena. Jūsų ${brand} kodas: ${pin}. Kartoju, jūsų kodas: ${pin}. Jis galioja ${minutes}. Viso "
        "gero.",
    .psd2_sms = "Kodas ${pin}: ${amount}, ${payee}. Galioja ${pin_expiry} min.",
    .psd2_tts =
        "Laba diena. Jūsų kodas ${amount} mokėjimui gavėjui ${payee} patvirtinti: ${pin}. Kartoju, jūsų kodas: "
        "${pin}. Jis galioja ${minutes}. Viso gero.",
    .minutes = {.rule = plural::lithuanian, .one = "# minutę", .few = "# minutes", .other = "# minučių"},
    .gate = "Norėdami išgirsti kodą, paspauskite 1.",
};

inline constexpr std::array lithuanian = {
    LocaleTexts{
        .locale = "lt-lt", .psd2 = true, .countries = "LT", .texts = &lithuanian_texts, .amount = amount::space_comma},
};

}  // namespace roger::message::locales
