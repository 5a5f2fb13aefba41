// Welsh, which has two names in the list of Verify. Great Britain defaults to English.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts welsh_texts = {
    .sms = "Eich cod ${brand} yw ${pin}. Mae'n ddilys am ${minutes}.",
    .tts =
        "Helo. Eich cod ${brand} yw: ${pin}. Rwy'n ailadrodd, eich cod yw: ${pin}. Mae'n ddilys am ${minutes}. "
        "Hwyl fawr.",
    .minutes = {.rule = plural::welsh, .two = "# funud", .other = "# munud"},
    .gate = "I glywed eich cod, pwyswch 1.",
};

inline constexpr std::array welsh = {
    LocaleTexts{.locale = "cy-cy", .verify = true, .texts = &welsh_texts},
    LocaleTexts{.locale = "cy-gb", .verify = true, .texts = &welsh_texts},
};

}  // namespace roger::message::locales
