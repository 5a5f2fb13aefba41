// Finnish.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts finnish_texts = {
    .sms = "${brand}: koodinne on ${pin}. Se on voimassa ${minutes}.",
    .tts =
        "Hyvää päivää. Koodinne palveluun ${brand} on: ${pin}. Toistan, koodinne on: ${pin}. Se on voimassa "
        "${minutes}. Kuulemiin.",
    .psd2_sms = "Koodi ${pin}: ${amount}, ${payee}. Voimassa ${pin_expiry} min.",
    .psd2_tts =
        "Hyvää päivää. Koodinne maksun ${amount} vahvistamiseen saajalle ${payee} on: ${pin}. Toistan, "
        "koodinne on: ${pin}. Se on voimassa ${minutes}. Kuulemiin.",
    .minutes = {.rule = plural::one, .one = "# minuutin", .other = "# minuuttia"},
    .gate = "Kuulet koodin painamalla 1.",
};

inline constexpr std::array finnish = {
    LocaleTexts{.locale = "fi-fi",
                .verify = true,
                .psd2 = true,
                .countries = "FI",
                .texts = &finnish_texts,
                .amount = amount::space_comma},
};

}  // namespace roger::message::locales
