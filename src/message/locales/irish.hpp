// Irish. Ireland defaults to English, which more of its subscribers read first.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts irish_texts = {
    .sms = "Do chód ${brand}: ${pin}. Bailí ar feadh ${minutes}.",
    .tts =
        "Dia duit. Is é do chód ${brand} ná: ${pin}. Deirim arís, is é do chód ná: ${pin}. Tá sé bailí ar "
        "feadh ${minutes}. Slán.",
    .psd2_sms = "Cód ${pin}: ${amount} chuig ${payee}. Bailí ${pin_expiry} nóim.",
    .psd2_tts =
        "Dia duit. Is é do chód chun ${amount} a íoc le ${payee} ná: ${pin}. Deirim arís, is é do chód ná: "
        "${pin}. Tá sé bailí ar feadh ${minutes}. Slán.",
    .minutes = {.rule = plural::none, .other = "# nóiméad"},
    .gate = "Chun do chód a chloisteáil, brúigh 1.",
};

inline constexpr std::array irish = {
    LocaleTexts{.locale = "ga-ie", .psd2 = true, .texts = &irish_texts, .amount = amount::euro_first},
};

}  // namespace roger::message::locales
