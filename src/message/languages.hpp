// Every file under locales/, as the build found it (languages.cpp is written by CMakeLists.txt).
#pragma once
#include <span>

#include "message/catalogue.hpp"

namespace roger::message {

/// @return the locales of each language
[[nodiscard]] std::span<const std::span<const LocaleTexts>> languages();

}  // namespace roger::message
