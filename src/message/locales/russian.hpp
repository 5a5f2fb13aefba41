// Russian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts russian_texts = {
    .sms = "Ваш код ${brand}: ${pin}. Действует ${minutes}.",
    .tts =
        "Здравствуйте. Ваш код ${brand}: ${pin}. Повторяю, ваш код: ${pin}. Он действует ${minutes}. До "
        "свидания.",
    .minutes = {.rule = plural::russian, .one = "# минуту", .few = "# минуты", .other = "# минут"},
    .gate = "Чтобы услышать код, нажмите 1.",
};

inline constexpr std::array russian = {
    LocaleTexts{.locale = "ru-ru", .verify = true, .countries = "BY KG KZ RU", .texts = &russian_texts},
};

}  // namespace roger::message::locales
