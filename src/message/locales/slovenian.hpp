// Slovenian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts slovenian_texts = {
    .sms = "Vaša koda ${brand} je ${pin}. Velja ${minutes}.",
    .tts =
        "Pozdravljeni. Vaša koda ${brand} je: ${pin}. Ponavljam, vaša koda je: ${pin}. Velja ${minutes}. Na "
        "slišanje.",
    .psd2_sms = "Koda ${pin}: ${amount} za ${payee}. Velja ${pin_expiry} min.",
    .psd2_tts =
        "Pozdravljeni. Vaša koda za potrditev plačila ${amount} prejemniku ${payee} je: ${pin}. Ponavljam, "
        "vaša koda je: ${pin}. Velja ${minutes}. Na slišanje.",
    .minutes = {.rule = plural::slovenian, .one = "# minuto", .two = "# minuti", .few = "# minute", .other = "# minut"},
    .gate = "Za poslušanje kode pritisnite 1.",
};

inline constexpr std::array slovenian = {
    LocaleTexts{
        .locale = "sl-si", .psd2 = true, .countries = "SI", .texts = &slovenian_texts, .amount = amount::dot_comma},
};

}  // namespace roger::message::locales
