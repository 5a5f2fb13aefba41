// Swedish.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts swedish_texts = {
    .sms = "Din kod från ${brand} är ${pin}. Den gäller i ${minutes}.",
    .tts =
        "Hej. Din kod från ${brand} är: ${pin}. Jag upprepar, din kod är: ${pin}. Den gäller i ${minutes}. Hej "
        "då.",
    .psd2_sms = "Kod ${pin}: ${amount} till ${payee}. Gäller ${pin_expiry} min.",
    .psd2_tts =
        "Hej. Din kod för att godkänna ${amount} till ${payee} är: ${pin}. Jag upprepar, din kod är: ${pin}. "
        "Den gäller i ${minutes}. Hej då.",
    .minutes = {.rule = plural::one, .one = "# minut", .other = "# minuter"},
    .gate = "Tryck 1 för att höra din kod.",
};

inline constexpr std::array swedish = {
    LocaleTexts{.locale = "sv-se",
                .verify = true,
                .psd2 = true,
                .countries = "AX SE",
                .texts = &swedish_texts,
                .amount = amount::space_comma},
};

}  // namespace roger::message::locales
