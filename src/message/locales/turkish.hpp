// Turkish.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts turkish_texts = {
    .sms = "${brand} doğrulama kodunuz: ${pin}. ${minutes} geçerlidir.",
    .tts =
        "Merhaba. ${brand} doğrulama kodunuz: ${pin}. Tekrar ediyorum, kodunuz: ${pin}. Kod ${minutes} "
        "geçerlidir. İyi günler.",
    .minutes = {.rule = plural::none, .other = "# dakika"},
    .gate = "Kodunuzu duymak için 1 tuşuna basın.",
};

inline constexpr std::array turkish = {
    LocaleTexts{.locale = "tr-tr", .verify = true, .countries = "TR", .texts = &turkish_texts},
};

}  // namespace roger::message::locales
