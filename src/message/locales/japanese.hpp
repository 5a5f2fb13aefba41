// Japanese.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts japanese_texts = {
    .sms = "${brand}の認証コードは${pin}です。有効期限は${minutes}です。",
    .tts =
        ""
        "こんにちは。${brand}の認証コードをお知らせします。${pin}。繰り返します。${pin}。有効期限は${minutes}"
        "です。失礼いたします。",
    .minutes = {.rule = plural::none, .other = "#分"},
    .gate = "コードを聞くには、1を押してください。",
};

inline constexpr std::array japanese = {
    LocaleTexts{.locale = "ja-jp", .verify = true, .countries = "JP", .texts = &japanese_texts},
};

}  // namespace roger::message::locales
