// German.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts german_texts = {
    .sms = "Ihr Code für ${brand} lautet ${pin}. Er gilt ${minutes}.",
    .tts =
        "Guten Tag. Ihr Code für ${brand} lautet: ${pin}. Ich wiederhole, Ihr Code lautet: ${pin}. Er gilt "
        "${minutes}. Auf Wiederhören.",
    .psd2_sms = "Code ${pin}: ${amount} an ${payee}. Gültig ${pin_expiry} Min.",
    .psd2_tts =
        "Guten Tag. Ihr Code zur Freigabe von ${amount} an ${payee} lautet: ${pin}. Ich wiederhole, Ihr Code "
        "lautet: ${pin}. Er gilt ${minutes}. Auf Wiederhören.",
    .minutes = {.rule = plural::one, .one = "# Minute", .other = "# Minuten"},
    .gate = "Um Ihren Code zu hören, drücken Sie die 1.",
};

inline constexpr std::array german = {
    LocaleTexts{.locale = "de-de",
                .verify = true,
                .psd2 = true,
                .countries = "AT CH DE LI",
                .texts = &german_texts,
                .amount = amount::dot_comma},
};

}  // namespace roger::message::locales
