// French.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts french_texts = {
    .sms = "Votre code ${brand} est ${pin}. Valable ${minutes}.",
    .tts =
        "Bonjour. Votre code ${brand} est : ${pin}. Je répète, votre code est : ${pin}. Il est valable "
        "${minutes}. Au revoir.",
    .psd2_sms = "Code ${pin} : ${amount} à ${payee}. Valable ${pin_expiry} min.",
    .psd2_tts =
        "Bonjour. Votre code pour autoriser le paiement de ${amount} à ${payee} est : ${pin}. Je répète, votre "
        "code est : ${pin}. Il est valable ${minutes}. Au revoir.",
    .minutes = {.rule = plural::up_to_one, .one = "# minute", .other = "# minutes"},
    .gate = "Pour entendre votre code, appuyez sur la touche 1.",
};

inline constexpr Texts canadian_french_texts = {
    .sms = "Votre code ${brand} est ${pin}. Il est valide ${minutes}.",
    .tts =
        "Bonjour. Votre code ${brand} est: ${pin}. Je répète, votre code est: ${pin}. Il est valide pendant "
        "${minutes}. Au revoir.",
    .minutes = {.rule = plural::up_to_one, .one = "# minute", .other = "# minutes"},
    .gate = "Pour entendre votre code, faites le 1.",
};

inline constexpr std::array french = {
    LocaleTexts{.locale = "fr-ca", .verify = true, .texts = &canadian_french_texts},
    LocaleTexts{
        .locale = "fr-fr",
        .verify = true,
        .psd2 = true,
        .countries =
            "BF BI BJ BL CD CF CG CI CM DJ FR GA GF GN GP HT KM LU MC MF MG ML MQ NC NE PF PM RE SN TD TF TG WF YT",
        .texts = &french_texts,
        .amount = amount::space_comma},
};

}  // namespace roger::message::locales
