// Spanish. That of the Americas is one text for es-mx and es-us: they say this alike.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts spanish_texts = {
    .sms = "Su código de ${brand} es ${pin}. Válido durante ${minutes}.",
    .tts =
        "Hola. Su código de ${brand} es: ${pin}. Repito, su código es: ${pin}. Es válido durante ${minutes}. "
        "Adiós.",
    .psd2_sms = "Código ${pin}: ${amount} a ${payee}. Válido ${pin_expiry} min.",
    .psd2_tts =
        "Hola. Su código para autorizar el pago de ${amount} a ${payee} es: ${pin}. Repito, su código es: "
        "${pin}. Es válido durante ${minutes}. Adiós.",
    .minutes = {.rule = plural::one, .one = "# minuto", .other = "# minutos"},
    .gate = "Para escuchar su código, pulse 1.",
};

inline constexpr Texts american_spanish_texts = {
    .sms = "Su código de ${brand} es ${pin}. Válido por ${minutes}.",
    .tts =
        "Hola. Su código de ${brand} es: ${pin}. Repito, su código es: ${pin}. Es válido por ${minutes}. Hasta "
        "luego.",
    .minutes = {.rule = plural::one, .one = "# minuto", .other = "# minutos"},
    .gate = "Para escuchar su código, oprima 1.",
};

inline constexpr std::array spanish = {
    LocaleTexts{.locale = "es-es",
                .verify = true,
                .psd2 = true,
                .countries = "AD ES GQ",
                .psd2_countries = "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV UY VE",
                .texts = &spanish_texts,
                .amount = amount::dot_comma},
    LocaleTexts{.locale = "es-mx",
                .verify = true,
                .countries = "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PY SV UY VE",
                .texts = &american_spanish_texts},
    LocaleTexts{.locale = "es-us", .verify = true, .countries = "PR", .texts = &american_spanish_texts},
};

}  // namespace roger::message::locales
