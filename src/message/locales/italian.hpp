// Italian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts italian_texts = {
    .sms = "Il Suo codice ${brand} è ${pin}. Valido per ${minutes}.",
    .tts =
        "Buongiorno. Il Suo codice ${brand} è: ${pin}. Ripeto, il Suo codice è: ${pin}. È valido per "
        "${minutes}. Arrivederci.",
    .psd2_sms = "Codice ${pin}: ${amount} a ${payee}. Valido ${pin_expiry} min.",
    .psd2_tts =
        "Buongiorno. Il Suo codice per autorizzare il pagamento di ${amount} a ${payee} è: ${pin}. Ripeto, il "
        "Suo codice è: ${pin}. È valido per ${minutes}. Arrivederci.",
    .minutes = {.rule = plural::one, .one = "# minuto", .other = "# minuti"},
    .gate = "Per ascoltare il codice, prema 1.",
};

inline constexpr std::array italian = {
    LocaleTexts{.locale = "it-it",
                .verify = true,
                .psd2 = true,
                .countries = "IT SM VA",
                .texts = &italian_texts,
                .amount = amount::dot_comma},
};

}  // namespace roger::message::locales
