#include <algorithm>
#include <array>

#include "message/catalogue.hpp"
#include "message/message.hpp"

namespace roger::message {
namespace {

constexpr std::size_t name_bytes_max = 6;  // "fil-ph", "yue-cn"
constexpr std::size_t letters = 26;

/// The default of each country, by its two letters; "" where no language claims it.
using Defaults = std::array<std::string_view, letters * letters>;

std::optional<std::size_t> place_of(std::string_view country) {
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (country.size() != 2 || !is_letter(country[0]) || !is_letter(country[1])) return std::nullopt;
    return static_cast<std::size_t>(country[0] - 'A') * letters + static_cast<std::size_t>(country[1] - 'A');
}

void claim(Defaults& defaults, std::string_view countries, std::string_view locale) {
    constexpr std::size_t step = 3;  // "AT CH DE"
    for (std::size_t at = 0; at < countries.size(); at += step) {
        if (const auto place = place_of(countries.substr(at, 2))) defaults[*place] = locale;
    }
}

Defaults defaults_of(bool psd2) {
    Defaults defaults;
    for (const LocaleTexts& entry : catalogue()) {
        if (psd2 && !entry.psd2) continue;
        claim(defaults, entry.countries, entry.locale);
        if (psd2) claim(defaults, entry.psd2_countries, entry.locale);
    }
    return defaults;
}

}  // namespace

const std::vector<LocaleInfo>& locales() {
    static const std::vector<LocaleInfo> list = [] {
        std::vector<LocaleInfo> all;
        for (const LocaleTexts& entry : catalogue()) all.push_back({entry.locale, entry.verify, entry.psd2});
        return all;
    }();
    return list;
}

std::optional<std::string_view> find_locale(std::string_view text) {
    if (text.size() > name_bytes_max) return std::nullopt;
    std::string name(text);
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_') c = '-';
    }
    if (name == "sk-si") name = "sk-sk";  // an old slip of the original's documentation, still sent
    const auto found =
        std::find_if(locales().begin(), locales().end(), [&](const LocaleInfo& info) { return info.name == name; });
    if (found == locales().end()) return std::nullopt;
    return found->name;
}

std::string_view default_locale(std::string_view country, bool psd2) {
    static const Defaults verify_defaults = defaults_of(false);
    static const Defaults psd2_defaults = defaults_of(true);
    const auto place = place_of(country);
    const std::string_view found = place ? (psd2 ? psd2_defaults : verify_defaults)[*place] : std::string_view();
    if (!found.empty()) return found;
    return psd2 ? "en-gb" : "en-us";
}

}  // namespace roger::message
