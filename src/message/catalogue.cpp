#include "message/catalogue.hpp"

#include <algorithm>
#include <vector>

#include "base/assert.hpp"
#include "message/languages.hpp"

namespace roger::message {
namespace {

const LocaleTexts* find_texts(std::string_view locale) {
    const auto all = catalogue();
    const auto found = std::ranges::lower_bound(all, locale, {}, &LocaleTexts::locale);
    return found != all.end() && found->locale == locale ? &*found : nullptr;
}

}  // namespace

std::span<const LocaleTexts> catalogue() {
    static const std::vector<LocaleTexts> sorted = [] {
        std::vector<LocaleTexts> all;
        for (const auto& language : languages()) all.insert(all.end(), language.begin(), language.end());
        std::ranges::sort(all, {}, &LocaleTexts::locale);
        return all;
    }();
    return sorted;
}

const LocaleTexts& texts_for(std::string_view locale, bool psd2) {
    if (const LocaleTexts* found = find_texts(locale); found != nullptr && (found->psd2 || !psd2)) return *found;
    const LocaleTexts* fallback = find_texts(psd2 ? "en-gb" : "en-us");
    ROGER_ASSERT(fallback != nullptr, "locales/english.hpp has both");
    return *fallback;
}

}  // namespace roger::message
