// Cantonese: written as Hong Kong writes it formally, spoken as it is spoken.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts cantonese_texts = {
    .sms = "閣下的${brand}驗證碼為${pin}，${minutes}內有效。",
    .tts = "你好。閣下嘅${brand}驗證碼係：${pin}。再讀一次，驗證碼係：${pin}。${minutes}內有效。再見。",
    .minutes = {.rule = plural::none, .other = "#分鐘"},
    .gate = "要聽你嘅驗證碼,請按1。",
};

inline constexpr std::array cantonese = {
    LocaleTexts{.locale = "yue-cn", .verify = true, .countries = "HK MO", .texts = &cantonese_texts},
};

}  // namespace roger::message::locales
