// Korean.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts korean_texts = {
    .sms = "${brand} 인증번호는 ${pin}입니다. ${minutes} 동안 유효합니다.",
    .tts =
        "안녕하세요. ${brand} 인증번호를 알려 드립니다. ${pin}. 다시 말씀드립니다. ${pin}. 인증번호는 "
        "${minutes} 동안 유효합니다. 감사합니다.",
    .minutes = {.rule = plural::none, .other = "#분"},
    .gate = "코드를 들으시려면 1번을 누르세요.",
};

inline constexpr std::array korean = {
    LocaleTexts{.locale = "ko-kr", .verify = true, .countries = "KP KR", .texts = &korean_texts},
};

}  // namespace roger::message::locales
