// Mandarin: simplified characters on the mainland, traditional ones in Taiwan.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts simplified_texts = {
    .sms = "您的${brand}验证码是${pin}，${minutes}内有效。",
    .tts = "您好。您的${brand}验证码是：${pin}。重复一遍，您的验证码是：${pin}。${minutes}内有效。再见。",
    .minutes = {.rule = plural::none, .other = "#分钟"},
    .gate = "要收听验证码，请按1。",
};

inline constexpr Texts traditional_texts = {
    .sms = "您的${brand}驗證碼為${pin}，請於${minutes}內輸入。",
    .tts = "您好。您的${brand}驗證碼是：${pin}。再重複一次，您的驗證碼是：${pin}。請於${minutes}內輸入。再見。",
    .minutes = {.rule = plural::none, .other = "#分鐘"},
    .gate = "要收聽驗證碼，請按1。",
};

inline constexpr std::array chinese = {
    LocaleTexts{.locale = "zh-cn", .verify = true, .countries = "CN", .texts = &simplified_texts},
    LocaleTexts{.locale = "zh-tw", .verify = true, .countries = "TW", .texts = &traditional_texts},
};

}  // namespace roger::message::locales
