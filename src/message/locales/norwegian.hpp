// Norwegian Bokmål.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts norwegian_texts = {
    .sms = "Din kode fra ${brand} er ${pin}. Gyldig i ${minutes}.",
    .tts =
        "God dag. Din kode fra ${brand} er: ${pin}. Jeg gjentar, din kode er: ${pin}. Den er gyldig i "
        "${minutes}. Ha en fin dag.",
    .minutes = {.rule = plural::one, .one = "# minutt", .other = "# minutter"},
    .gate = "Trykk 1 for å høre koden din.",
};

inline constexpr std::array norwegian = {
    LocaleTexts{.locale = "nb-no", .verify = true, .countries = "BV NO SJ", .texts = &norwegian_texts},
};

}  // namespace roger::message::locales
