// Indonesian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts indonesian_texts = {
    .sms = "Kode ${brand} Anda adalah ${pin}. Berlaku selama ${minutes}.",
    .tts =
        "Halo. Kode ${brand} Anda adalah: ${pin}. Saya ulangi, kode Anda adalah: ${pin}. Berlaku selama "
        "${minutes}. Terima kasih.",
    .minutes = {.rule = plural::none, .other = "# menit"},
    .gate = "Untuk mendengar kode Anda, tekan 1.",
};

inline constexpr std::array indonesian = {
    LocaleTexts{.locale = "id-id", .verify = true, .countries = "ID", .texts = &indonesian_texts},
};

}  // namespace roger::message::locales
