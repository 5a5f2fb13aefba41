// Estonian; the locale is written country first in the list of PSD2.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts estonian_texts = {
    .sms = "Teie ${brand} kood on ${pin}. Kehtib ${minutes}.",
    .tts = "Tere. Teie ${brand} kood on: ${pin}. Kordan, teie kood on: ${pin}. Kood kehtib ${minutes}. Head aega.",
    .psd2_sms = "Kood ${pin}: ${amount}, saaja ${payee}. Kehtib ${pin_expiry} min",
    .psd2_tts =
        "Tere. Teie kood, millega kinnitada makse ${amount} saajale ${payee}, on: ${pin}. Kordan, teie kood "
        "on: ${pin}. Kood kehtib ${minutes}. Head aega.",
    .minutes = {.rule = plural::one, .one = "# minuti", .other = "# minutit"},
    .gate = "Koodi kuulamiseks vajutage 1.",
};

inline constexpr std::array estonian = {
    LocaleTexts{
        .locale = "ee-et", .psd2 = true, .countries = "EE", .texts = &estonian_texts, .amount = amount::space_comma},
};

}  // namespace roger::message::locales
