#include <array>

#include <fmt/format.h>

#include "message/catalogue.hpp"

namespace roger::message {
namespace {

std::string minutes(std::uint32_t count) { return fmt::format("{} {}", count, count == 1 ? "minute" : "minutes"); }

constexpr Texts british = {
    .sms = "${brand} code: ${pin}. Valid for ${minutes}.",
    .tts = "Hello. Your ${brand} code is: ${pin}. I repeat, your code is: ${pin}. It is valid for ${minutes}. Goodbye.",
    .psd2_sms = "Code ${pin} to authorise ${amount} to ${payee}. Valid for ${minutes}.",
    .psd2_tts =
        "Hello. Your code to authorise ${amount} to ${payee} is: ${pin}. I repeat, your code is: ${pin}. "
        "It is valid for ${minutes}. Goodbye.",
    .minutes = minutes,
};

constexpr Texts american = {
    .sms = british.sms,
    .tts = british.tts,
    .psd2_sms = "Code ${pin} to authorize ${amount} to ${payee}. Valid for ${minutes}.",
    .psd2_tts =
        "Hello. Your code to authorize ${amount} to ${payee} is: ${pin}. I repeat, your code is: ${pin}. "
        "It is valid for ${minutes}. Goodbye.",
    .minutes = minutes,
};

constexpr AmountForm euros = {.prefix = "€", .group = ",", .decimal = ".", .suffix = ""};

constexpr std::array entries = {
    LocaleTexts{"en-au", &british, euros},
    LocaleTexts{"en-gb", &british, euros},
    LocaleTexts{"en-in", &british, euros},
    LocaleTexts{"en-us", &american, euros},
};

}  // namespace

std::span<const LocaleTexts> english() noexcept { return entries; }

}  // namespace roger::message
