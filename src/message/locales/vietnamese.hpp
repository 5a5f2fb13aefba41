// Vietnamese.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts vietnamese_texts = {
    .sms = "Mã ${brand} của quý khách là ${pin}. Hiệu lực ${minutes}.",
    .tts =
        "Xin chào. Mã ${brand} của quý khách là: ${pin}. Xin nhắc lại, mã của quý khách là: ${pin}. Mã có hiệu "
        "lực trong ${minutes}. Xin cảm ơn.",
    .minutes = {.rule = plural::none, .other = "# phút"},
    .gate = "Để nghe mã của bạn, hãy nhấn phím 1.",
};

inline constexpr std::array vietnamese = {
    LocaleTexts{.locale = "vi-vn", .verify = true, .countries = "VN", .texts = &vietnamese_texts},
};

}  // namespace roger::message::locales
