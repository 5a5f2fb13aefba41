// Romanian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts romanian_texts = {
    .sms = "Codul dvs. ${brand} este ${pin}. Valabil ${minutes}.",
    .tts =
        "Bună ziua. Codul dumneavoastră ${brand} este: ${pin}. Repet, codul dumneavoastră este: ${pin}. Este "
        "valabil ${minutes}. La revedere.",
    .minutes = {.rule = plural::romanian, .one = "# minut", .few = "# minute", .other = "# de minute"},
    .gate = "Pentru a auzi codul, apăsați tasta 1.",
};

inline constexpr std::array romanian = {
    LocaleTexts{.locale = "ro-ro", .verify = true, .countries = "MD RO", .texts = &romanian_texts},
};

}  // namespace roger::message::locales
