// Maltese. Verifications to Malta default to English, payments to Maltese.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts maltese_texts = {
    .sms = "Il-kodiċi ta' ${brand} hu ${pin}. Validu għal ${minutes}.",
    .tts =
        "Bonġu. Il-kodiċi tiegħek ta' ${brand} hu: ${pin}. Nirrepeti, il-kodiċi tiegħek hu: ${pin}. Huwa "
        "validu għal ${minutes}. Saħħa.",
    .psd2_sms = "Kodiċi ${pin}: ${amount} lil ${payee}. Validu ${pin_expiry} min.",
    .psd2_tts =
        "Bonġu. Il-kodiċi tiegħek biex tawtorizza ${amount} lil ${payee} hu: ${pin}. Nirrepeti, il-kodiċi "
        "tiegħek hu: ${pin}. Huwa validu għal ${minutes}. Saħħa.",
    .minutes = {.rule = plural::maltese,
                .one = "# minuta",
                .two = "# minuti",
                .few = "# minuti",
                .many = "#-il minuta",
                .other = "# minuta"},
    .gate = "Biex tisma' l-kodiċi tiegħek, agħfas 1.",
};

inline constexpr std::array maltese = {
    LocaleTexts{
        .locale = "mt-mt", .psd2 = true, .psd2_countries = "MT", .texts = &maltese_texts, .amount = amount::euro_first},
};

}  // namespace roger::message::locales
