// Hindi. India defaults to English, which subscribers of all its languages read.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts hindi_texts = {
    .sms = "आपका ${brand} कोड ${pin} है। यह ${minutes} तक मान्य है।",
    .tts =
        "नमस्ते। आपका ${brand} कोड है: ${pin}। कृपया दोबारा सुनें, आपका कोड है: ${pin}। यह ${minutes} तक मान्य "
        "है। धन्यवाद।",
    .minutes = {.rule = plural::none, .other = "# मिनट"},
    .gate = "अपना कोड सुनने के लिए 1 दबाएँ।",
};

inline constexpr std::array hindi = {
    LocaleTexts{.locale = "hi-in", .verify = true, .texts = &hindi_texts},
};

}  // namespace roger::message::locales
