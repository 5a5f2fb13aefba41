// Filipino.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts filipino_texts = {
    .sms = "Ang inyong ${brand} code ay ${pin}. May bisa nang ${minutes}.",
    .tts =
        "Magandang araw po. Ang inyong ${brand} code ay: ${pin}. Inuulit ko po, ang inyong code ay: ${pin}. "
        "May bisa po ito nang ${minutes}. Paalam po.",
    .minutes = {.rule = plural::none, .other = "# minuto"},
    .gate = "Para marinig ang iyong code, pindutin ang isa.",
};

inline constexpr std::array filipino = {
    LocaleTexts{.locale = "fil-ph", .verify = true, .countries = "PH", .texts = &filipino_texts},
};

}  // namespace roger::message::locales
