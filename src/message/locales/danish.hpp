// Danish.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts danish_texts = {
    .sms = "Din kode fra ${brand} er ${pin}. Den gælder i ${minutes}.",
    .tts =
        "Goddag. Din kode fra ${brand} er: ${pin}. Jeg gentager, din kode er: ${pin}. Den gælder i ${minutes}. "
        "Farvel.",
    .psd2_sms = "Kode ${pin}: ${amount} til ${payee}. Gælder ${pin_expiry} min.",
    .psd2_tts =
        "Goddag. Din kode til at godkende ${amount} til ${payee} er: ${pin}. Jeg gentager, din kode er: "
        "${pin}. Den gælder i ${minutes}. Farvel.",
    .minutes = {.rule = plural::one, .one = "# minut", .other = "# minutter"},
    .gate = "Tryk 1 for at høre din kode.",
};

inline constexpr std::array danish = {
    LocaleTexts{.locale = "da-dk",
                .verify = true,
                .psd2 = true,
                .countries = "DK FO GL",
                .texts = &danish_texts,
                .amount = amount::dot_comma},
};

}  // namespace roger::message::locales
