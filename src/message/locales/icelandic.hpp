// Icelandic.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts icelandic_texts = {
    .sms = "Kóðinn þinn frá ${brand} er ${pin}. Gildir í ${minutes}.",
    .tts =
        "Góðan dag. Kóðinn þinn frá ${brand} er: ${pin}. Ég endurtek, kóðinn þinn er: ${pin}. Hann gildir í "
        "${minutes}. Bless.",
    .minutes = {.rule = plural::ends_in_one, .one = "# mínútu", .other = "# mínútur"},
    .gate = "Ýttu á 1 til að heyra kóðann.",
};

inline constexpr std::array icelandic = {
    LocaleTexts{.locale = "is-is", .verify = true, .countries = "IS", .texts = &icelandic_texts},
};

}  // namespace roger::message::locales
