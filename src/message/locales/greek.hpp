// Greek.
#pragma once
#include <array>

#include "message/catalogue.hpp"

namespace roger::message::locales {

inline constexpr Texts greek_texts = {
    .sms = "Ο κωδικός σας από ${brand}: ${pin}. Ισχύει για ${minutes}.",
    .tts =
        "Γεια σας. Ο κωδικός σας από ${brand} είναι: ${pin}. Επαναλαμβάνω, ο κωδικός σας είναι: ${pin}. Ισχύει "
        "για ${minutes}. Αντίο σας.",
    .psd2_sms = "Κωδ. ${pin}: ${amount} προς ${payee}. Ισχύει ${minutes}",
    .psd2_tts =
        "Γεια σας. Ο κωδικός σας για την έγκριση πληρωμής ${amount} προς ${payee} είναι: ${pin}. Επαναλαμβάνω, "
        "ο κωδικός σας είναι: ${pin}. Ισχύει για ${minutes}. Αντίο σας.",
    .minutes = {.rule = plural::one, .one = "# λεπτό", .other = "# λεπτά"},
    .gate = "Για να ακούσετε τον κωδικό σας, πατήστε 1.",
};

inline constexpr std::array greek = {
    LocaleTexts{.locale = "el-gr",
                .verify = true,
                .psd2 = true,
                .countries = "CY GR",
                .texts = &greek_texts,
                .amount = amount::dot_comma},
};

}  // namespace roger::message::locales
