#include "voice/espeak.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace roger::voice {
namespace {

struct Entry {
    std::string_view locale;
    std::string_view voice;
};
constexpr std::string_view otherwise = "en-us";
/// The names of its voice files: "en-gb" and "fr-fr" drop a variant without a word, "fr-ca" and "zh" do not exist.
constexpr std::array entries = {
    Entry{"ar-xa", "ar"},
    Entry{"bg-bg", "bg"},
    Entry{"cs-cz", "cs"},
    Entry{"cy-cy", "cy"},
    Entry{"cy-gb", "cy"},
    Entry{"da-dk", "da"},
    Entry{"de-de", "de"},
    Entry{"ee-et", "et"},
    Entry{"el-gr", "el"},
    Entry{"en-au", "en"},  // no Australian, nor Indian English
    Entry{"en-gb", "en"},
    Entry{"en-in", "en"},
    Entry{"en-us", "en-us"},
    Entry{"es-es", "es"},
    Entry{"es-mx", "es-419"},
    Entry{"es-us", "es-419"},
    Entry{"fi-fi", "fi"},
    Entry{"fil-ph", "id"},  // no Filipino; Indonesian has its sounds, when the digits are given
                            // as words
    Entry{"fr-ca", "fr"},
    Entry{"fr-fr", "fr"},
    Entry{"ga-ie", "ga"},
    Entry{"hi-in", "hi"},
    Entry{"hu-hu", "hu"},
    Entry{"id-id", "id"},
    Entry{"is-is", "is"},
    Entry{"it-it", "it"},
    Entry{"ja-jp", "ja"},
    Entry{"ko-kr", "ko"},
    Entry{"lt-lt", "lt"},
    Entry{"lv-lv", "lv"},
    Entry{"mt-mt", "mt"},
    Entry{"nb-no", "nb"},
    Entry{"nl-nl", "nl"},
    Entry{"pl-pl", "pl"},
    Entry{"pt-br", "pt-br"},
    Entry{"pt-pt", "pt"},
    Entry{"ro-ro", "ro"},
    Entry{"ru-ru", "ru"},
    Entry{"sk-sk", "sk"},
    Entry{"sl-si", "sl"},
    Entry{"sv-se", "sv"},
    Entry{"th-th", "th"},
    Entry{"tr-tr", "tr"},
    Entry{"vi-vn", "vi"},
    Entry{"yue-cn", "yue"},
    Entry{"zh-cn", "cmn"},
    Entry{"zh-tw", "cmn"},
};

constexpr const char* words_a_minute = "130";
constexpr std::string_view female = "+f3";  // 140–204 Hz in every language; a voice's own pitch is 85–115 Hz

constexpr std::array<std::string_view, 10> filipino = {"sero", "isa",  "dalawa", "tatlo", "apat",
                                                       "lima", "anim", "pito",   "walo",  "siyam"};
/// Japanese reads 1 as ichi and 7 as shichi, which a telephone makes one; people say yon and nana.
constexpr std::array<std::string_view, 10> japanese = {"ぜろ", "", "", "", "よん", "", "", "なな", "", ""};

}  // namespace

std::vector<std::string> espeak_command(std::string_view locale, verification::Voice voice) {
    const auto* found = std::ranges::find(entries, locale, &Entry::locale);
    std::string name(found == entries.end() ? otherwise : found->voice);
    if (voice == verification::Voice::female) name += female;
    return {"espeak-ng", "-v", name, "-s", words_a_minute, "-b", "1", "--stdin", "--stdout"};
}

std::string espeak_character(std::string_view locale, std::string_view character) {
    const auto* const words = locale == "fil-ph" ? &filipino : locale == "ja-jp" ? &japanese : nullptr;
    const bool digit = character.size() == 1 && character[0] >= '0' && character[0] <= '9';
    if (words == nullptr || !digit) return std::string(character);
    const std::string_view word = (*words)[static_cast<std::size_t>(character[0] - '0')];
    return std::string(word.empty() ? character : word);
}

}  // namespace roger::voice
