// English of four countries. en-us is also the default of every country whose languages have no text here.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts english_texts = {
    .sms = "${brand} code: ${pin}. Valid for ${minutes}.",
    .tts =
        "Hello. Your ${brand} code is: ${pin}. I repeat, your code is: ${pin}. It is valid for ${minutes}. "
        "Goodbye.",
    .psd2_sms = "Code ${pin}: pay ${amount} to ${payee}. Valid ${pin_expiry} min.",
    .psd2_tts =
        "Hello. Your code to authorise ${amount} to ${payee} is: ${pin}. I repeat, your code is: ${pin}. It is "
        "valid for ${minutes}. Goodbye.",
    .minutes = {.rule = plural::one, .one = "# minute", .other = "# minutes"},
    .gate = "To hear your code, press 1.",
};

inline constexpr std::array english = {
    LocaleTexts{
        .locale = "en-au", .verify = true, .countries = "AU CC CK CX HM NF NR NU NZ PN TK", .texts = &english_texts},
    LocaleTexts{
        .locale = "en-gb",
        .verify = true,
        .psd2 = true,
        .countries =
            "AC BD BN BW FJ FK GB GG GH GI GM GS GY IE IM IO JE KE LK LS MT MU MV MW MY NA NG PG PK SB SC SG SH SL "
            "SZ TA TO TV TZ UG VU WS ZA ZM ZW",
        .texts = &english_texts,
        .amount = amount::euro_first},
    LocaleTexts{.locale = "en-in", .verify = true, .countries = "IN", .texts = &english_texts},
    LocaleTexts{
        .locale = "en-us",
        .verify = true,
        .countries =
            "AF AG AI AL AM AQ AS AZ BA BB BM BS BT BZ CA DM ER ET FM GD GE GU HR IL IR JM KH KI KN KY LA LC LR ME "
            "MH MK MM MN MP MS NP PW RS RW SO SS SX TC TJ TM TT UA UM US UZ VC VG VI XK",
        .texts = &english_texts},
};

}  // namespace roger::message::locales
