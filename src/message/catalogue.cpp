#include "message/catalogue.hpp"

#include <array>

#include "base/assert.hpp"

namespace roger::message {
namespace {

const LocaleTexts* find_texts(std::string_view locale) {
    for (const auto& language : catalogue()) {
        for (const LocaleTexts& entry : language) {
            if (entry.locale == locale) return &entry;
        }
    }
    return nullptr;
}

}  // namespace

std::span<const std::span<const LocaleTexts>> catalogue() {
    static const std::array languages = {english()};
    return languages;
}

const LocaleTexts& texts_for(std::string_view locale, bool psd2) {
    if (const LocaleTexts* found = find_texts(locale)) return *found;
    const LocaleTexts* fallback = find_texts(psd2 ? "en-gb" : "en-us");
    ROGER_ASSERT(fallback != nullptr, "locales/en.cpp has both");
    return *fallback;
}

}  // namespace roger::message
