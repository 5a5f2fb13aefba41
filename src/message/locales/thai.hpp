// Thai.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts thai_texts = {
    .sms = "รหัส ${brand} ของคุณคือ ${pin} ใช้ได้ภายใน ${minutes}",
    .tts =
        "สวัสดี รหัส ${brand} ของคุณคือ ${pin}. ขอทวนอีกครั้ง รหัสของคุณคือ ${pin}. รหัสใช้ได้ภายใน ${minutes} "
        "ขอบคุณ",
    .minutes = {.rule = plural::none, .other = "# นาที"},
    .gate = "กด 1 เพื่อฟังรหัสของคุณ",
};

inline constexpr std::array thai = {
    LocaleTexts{.locale = "th-th", .verify = true, .countries = "TH", .texts = &thai_texts},
};

}  // namespace roger::message::locales
