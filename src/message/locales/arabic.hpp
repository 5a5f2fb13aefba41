// Arabic: a right-to-left mark keeps the PIN apart from a brand in Latin letters, which would else run into one.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts arabic_texts = {
    .sms = "رمز التحقق من ${brand}\u200F: ${pin}. صالح لمدة ${minutes}.",
    .tts =
        "مرحبًا. رمز التحقق الخاص بك من ${brand} هو: ${pin}. أكرر، رمز التحقق هو: ${pin}. الرمز صالح لمدة "
        "${minutes}. إلى اللقاء.",
    .minutes = {.rule = plural::arabic,
                .one = "دقيقة واحدة",
                .two = "دقيقتين",
                .few = "# دقائق",
                .many = "# دقيقة",
                .other = "# دقيقة"},
    .gate = "لسماع الرمز اضغط على الرقم 1.",
};

inline constexpr std::array arabic = {
    LocaleTexts{.locale = "ar-xa",
                .verify = true,
                .countries = "AE BH DZ EG EH IQ JO KW LB LY MA MR OM PS QA SA SD SY TN YE",
                .texts = &arabic_texts},
};

}  // namespace roger::message::locales
