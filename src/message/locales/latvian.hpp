// Latvian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts latvian_texts = {
    .sms = "Jūsu ${brand} kods ir ${pin}. Tas ir derīgs ${minutes}.",
    .tts =
        "Labdien. Jūsu ${brand} kods ir: ${pin}. Atkārtoju, jūsu kods ir: ${pin}. Tas ir derīgs ${minutes}. "
        "Visu labu.",
    .psd2_sms = "Kods ${pin}: ${amount}, ${payee}. Derīgs ${pin_expiry} min.",
    .psd2_tts =
        "Labdien. Jūsu kods maksājuma ${amount} apstiprināšanai saņēmējam ${payee} ir: ${pin}. Atkārtoju, jūsu "
        "kods ir: ${pin}. Tas ir derīgs ${minutes}. Visu labu.",
    .minutes = {.rule = plural::ends_in_one, .one = "# minūti", .other = "# minūtes"},
    .gate = "Lai dzirdētu kodu, nospiediet 1.",
};

inline constexpr std::array latvian = {
    LocaleTexts{
        .locale = "lv-lv", .psd2 = true, .countries = "LV", .texts = &latvian_texts, .amount = amount::space_comma},
};

}  // namespace roger::message::locales
