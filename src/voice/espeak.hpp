// Which of espeak-ng's voices speaks a locale, and how it is told to read a character. Pure.
// Source: espeak-ng 1.51, `espeak-ng --voices`; its manual, "-v <voice name>[+<variant>]".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "verification/request.hpp"

namespace roger::voice {

/// The program and its arguments. The text comes to its standard input, for the arguments of a process can be read by
/// everybody on the machine; the sound leaves by its standard output.
/// @param locale  of message::locales(); another one is spoken in English
[[nodiscard]] std::vector<std::string> espeak_command(std::string_view locale, verification::Voice voice);

/// What to write so that the locale's voice says one character of a PIN: mostly the character.
[[nodiscard]] std::string espeak_character(std::string_view locale, std::string_view character);

}  // namespace roger::voice
