// Hungarian.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts hungarian_texts = {
    .sms = "Az Ön ${brand} kódja: ${pin}. Érvényes ${minutes}.",
    .tts =
        "Jó napot kívánok! Az Ön ${brand} kódja: ${pin}. Ismétlem, az Ön kódja: ${pin}. A kód ${minutes} "
        "érvényes. Viszonthallásra.",
    .psd2_sms = "Kód ${pin}: ${amount}, ${payee}. Érvényes ${minutes}.",
    .psd2_tts =
        "Jó napot kívánok! Az Ön kódja ${amount} kifizetéséhez, kedvezményezett ${payee}: ${pin}. Ismétlem, az "
        "Ön kódja: ${pin}. A kód ${minutes} érvényes. Viszonthallásra.",
    .minutes = {.rule = plural::none, .other = "# percig"},
    .gate = "A kód meghallgatásához nyomja meg az 1-es gombot.",
};

inline constexpr std::array hungarian = {
    LocaleTexts{.locale = "hu-hu",
                .verify = true,
                .psd2 = true,
                .countries = "HU",
                .texts = &hungarian_texts,
                .amount = amount::space_comma},
};

}  // namespace roger::message::locales
