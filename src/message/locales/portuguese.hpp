// Portuguese of Brazil and of Portugal.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts brazilian_texts = {
    .sms = "Seu código ${brand} é ${pin}. Válido por ${minutes}.",
    .tts =
        "Olá. Seu código ${brand} é: ${pin}. Repito, seu código é: ${pin}. Ele é válido por ${minutes}. Até "
        "logo.",
    .minutes = {.rule = plural::up_to_one, .one = "# minuto", .other = "# minutos"},
    .gate = "Para ouvir o seu código, pressione 1.",
};

inline constexpr Texts european_portuguese_texts = {
    .sms = "O seu código ${brand} é ${pin}. Válido durante ${minutes}.",
    .tts =
        "Olá. O seu código ${brand} é: ${pin}. Repito, o seu código é: ${pin}. É válido durante ${minutes}. "
        "Adeus.",
    .minutes = {.rule = plural::one, .one = "# minuto", .other = "# minutos"},
    .gate = "Para ouvir o seu código, prima 1.",
};

inline constexpr std::array portuguese = {
    LocaleTexts{.locale = "pt-br", .verify = true, .countries = "BR", .texts = &brazilian_texts},
    LocaleTexts{
        .locale = "pt-pt", .verify = true, .countries = "AO CV GW MZ PT ST TL", .texts = &european_portuguese_texts},
};

}  // namespace roger::message::locales
