// Bulgarian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts bulgarian_texts = {
    .sms = "Кодът Ви от ${brand} е ${pin}. Валиден е ${minutes}.",
    .tts =
        "Здравейте. Вашият код от ${brand} е: ${pin}. Повтарям, вашият код е: ${pin}. Валиден е ${minutes}. "
        "Довиждане.",
    .psd2_sms = "Код ${pin} за ${amount} към ${payee}. Важи ${pin_expiry} мин.",
    .psd2_tts =
        "Здравейте. Вашият код за потвърждаване на плащане от ${amount} към ${payee} е: ${pin}. Повтарям, "
        "вашият код е: ${pin}. Валиден е ${minutes}. Довиждане.",
    .minutes = {.rule = plural::one, .one = "# минута", .other = "# минути"},
    .gate = "За да чуете кода, натиснете 1.",
};

inline constexpr std::array bulgarian = {
    LocaleTexts{
        .locale = "bg-bg", .psd2 = true, .countries = "BG", .texts = &bulgarian_texts, .amount = amount::space_comma},
};

}  // namespace roger::message::locales
