#include <algorithm>
#include <array>

#include "message/message.hpp"

namespace roger::message {
namespace {

constexpr std::size_t name_bytes_max = 6;  // "fil-ph", "yue-cn"

/// The countries whose most spoken official language is that of the locale. Codes are two letters and a space.
struct Speakers {
    std::string_view locale;
    std::string_view countries;
};

constexpr std::string_view arabic = "AE BH DZ EG EH IQ JO KW LB LY MA MR OM PS QA SA SD SY TN YE";
constexpr std::string_view danish = "DK FO GL";
constexpr std::string_view german = "AT CH DE LI";
constexpr std::string_view greek = "CY GR";
constexpr std::string_view french =
    "BF BI BJ BL CD CF CG CI CM DJ FR GA GF GN GP HT KM LU MC MF MG ML MQ NC NE PF PM RE SN TD TF TG WF YT";
constexpr std::string_view italian = "IT SM VA";
constexpr std::string_view dutch = "AW BE BQ CW NL SR";
constexpr std::string_view swedish = "AX SE";
constexpr std::string_view spanish_europe = "AD ES GQ";
constexpr std::string_view spanish_america = "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PY SV UY VE";

// No country defaults to cy-cy, cy-gb, fr-ca or hi-in: in Great Britain, Canada and India most subscribers of all
// languages read English.
constexpr std::array verify_speakers = {
    Speakers{"ar-xa", arabic},
    Speakers{"cs-cz", "CZ"},
    Speakers{"da-dk", danish},
    Speakers{"de-de", german},
    Speakers{"el-gr", greek},
    Speakers{"en-au", "AU CC CX NF NR NZ"},
    Speakers{"en-gb", "AC FK GB GG GH GI GS IE IM IO JE KE MT MU NG SG SH TA TZ UG ZA ZM ZW"},
    Speakers{"en-in", "IN"},
    Speakers{"es-es", spanish_europe},
    Speakers{"es-mx", spanish_america},
    Speakers{"es-us", "PR"},
    Speakers{"fi-fi", "FI"},
    Speakers{"fil-ph", "PH"},
    Speakers{"fr-fr", french},
    Speakers{"hu-hu", "HU"},
    Speakers{"id-id", "ID"},
    Speakers{"is-is", "IS"},
    Speakers{"it-it", italian},
    Speakers{"ja-jp", "JP"},
    Speakers{"ko-kr", "KP KR"},
    Speakers{"nb-no", "BV NO SJ"},
    Speakers{"nl-nl", dutch},
    Speakers{"pl-pl", "PL"},
    Speakers{"pt-br", "BR"},
    Speakers{"pt-pt", "AO CV GW MZ PT ST TL"},
    Speakers{"ro-ro", "MD RO"},
    Speakers{"ru-ru", "BY KG KZ RU"},
    Speakers{"sv-se", swedish},
    Speakers{"th-th", "TH"},
    Speakers{"tr-tr", "TR"},
    Speakers{"vi-vn", "VN"},
    Speakers{"yue-cn", "HK MO"},
    Speakers{"zh-cn", "CN"},
    Speakers{"zh-tw", "TW"},
};

// PSD2 has one Spanish, which all of its speakers read; Ireland reads English before Irish.
constexpr std::array psd2_speakers = {
    Speakers{"bg-bg", "BG"},           Speakers{"cs-cz", "CZ"},
    Speakers{"da-dk", danish},         Speakers{"de-de", german},
    Speakers{"ee-et", "EE"},           Speakers{"el-gr", greek},
    Speakers{"es-es", spanish_europe}, Speakers{"es-es", spanish_america},
    Speakers{"es-es", "PR"},           Speakers{"fi-fi", "FI"},
    Speakers{"fr-fr", french},         Speakers{"hu-hu", "HU"},
    Speakers{"it-it", italian},        Speakers{"lt-lt", "LT"},
    Speakers{"lv-lv", "LV"},           Speakers{"mt-mt", "MT"},
    Speakers{"nl-nl", dutch},          Speakers{"pl-pl", "PL"},
    Speakers{"sk-sk", "SK"},           Speakers{"sl-si", "SI"},
    Speakers{"sv-se", swedish},
};

template <std::size_t size>
std::string_view spoken_in(const std::array<Speakers, size>& table,
                           std::string_view country,
                           std::string_view otherwise) {
    if (country.size() != 2 || country.find(' ') != std::string_view::npos) return otherwise;
    for (const Speakers& row : table) {
        if (row.countries.find(country) != std::string_view::npos) return row.locale;
    }
    return otherwise;
}

}  // namespace

// Source: Verify v1 definition 1.1.7, parameter lg; the PSD2 list of the same.
const std::vector<LocaleInfo>& locales() {
    static const std::vector<LocaleInfo> list = {
        {"ar-xa", true, false},  {"bg-bg", false, true},  {"cs-cz", true, true},  {"cy-cy", true, false},
        {"cy-gb", true, false},  {"da-dk", true, true},   {"de-de", true, true},  {"ee-et", false, true},
        {"el-gr", true, true},   {"en-au", true, false},  {"en-gb", true, true},  {"en-in", true, false},
        {"en-us", true, false},  {"es-es", true, true},   {"es-mx", true, false}, {"es-us", true, false},
        {"fi-fi", true, true},   {"fil-ph", true, false}, {"fr-ca", true, false}, {"fr-fr", true, true},
        {"ga-ie", false, true},  {"hi-in", true, false},  {"hu-hu", true, true},  {"id-id", true, false},
        {"is-is", true, false},  {"it-it", true, true},   {"ja-jp", true, false}, {"ko-kr", true, false},
        {"lt-lt", false, true},  {"lv-lv", false, true},  {"mt-mt", false, true}, {"nb-no", true, false},
        {"nl-nl", true, true},   {"pl-pl", true, true},   {"pt-br", true, false}, {"pt-pt", true, false},
        {"ro-ro", true, false},  {"ru-ru", true, false},  {"sk-sk", false, true}, {"sl-si", false, true},
        {"sv-se", true, true},   {"th-th", true, false},  {"tr-tr", true, false}, {"vi-vn", true, false},
        {"yue-cn", true, false}, {"zh-cn", true, false},  {"zh-tw", true, false},
    };
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
    return psd2 ? spoken_in(psd2_speakers, country, "en-gb") : spoken_in(verify_speakers, country, "en-us");
}

}  // namespace roger::message
