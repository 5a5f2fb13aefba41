#include "message/encoding.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace roger::message {
namespace {

constexpr std::uint8_t escape = 0x1B;
constexpr char32_t replacement = 0xFFFD;

// TS 23.038 §6.2.1, by septet; the escape has no character.
constexpr char16_t default_table[] =
    u"@£$¥èéùìòÇ\nØø\rÅå"
    u"Δ_ΦΓΛΩΠΨΣΘΞ\0ÆæßÉ"
    u" !\"#¤%&'()*+,-./"
    u"0123456789:;<=>?"
    u"¡ABCDEFGHIJKLMNO"
    u"PQRSTUVWXYZÄÖÑÜ§"
    u"¿abcdefghijklmno"
    u"pqrstuvwxyzäöñüà";
constexpr std::size_t septets = 128;
static_assert(std::size(default_table) == septets + 1, "128 septets and the end of the literal");

/// A character of the GSM alphabet and its septet, in the default table or after the escape.
struct Septet {
    char32_t character;
    std::uint8_t code;
    bool extended;
};
// TS 23.038 §6.2.1.1.
constexpr Septet extension_table[] = {{U'\f', 0x0A, true}, {U'^', 0x14, true}, {U'{', 0x28, true}, {U'}', 0x29, true},
                                      {U'\\', 0x2F, true}, {U'[', 0x3C, true}, {U'~', 0x3D, true}, {U']', 0x3E, true},
                                      {U'|', 0x40, true},  {U'€', 0x65, true}};

/// Both tables, in the order of their characters.
constexpr auto by_character = [] {
    std::array<Septet, septets - 1 + std::size(extension_table)> all{};
    auto* next = all.begin();
    for (std::size_t code = 0; code < septets; ++code) {
        if (code != escape) *next++ = {default_table[code], static_cast<std::uint8_t>(code), false};
    }
    std::copy(std::begin(extension_table), std::end(extension_table), next);
    std::ranges::sort(all, {}, &Septet::character);
    return all;
}();

const Septet* septet_of(char32_t character) {
    const auto* found = std::ranges::lower_bound(by_character, character, {}, &Septet::character);
    return found != by_character.end() && found->character == character ? found : nullptr;
}

struct Limits {
    std::size_t alone;
    std::size_t part;
};
constexpr Limits seven_bit{160, 153};
constexpr Limits octets{140, 134};
constexpr Limits limits_of(Alphabet alphabet) {
    return alphabet == Alphabet::gsm || alphabet == Alphabet::ascii ? seven_bit : octets;
}
// No character takes more than 4 octets of UTF-8, or less than one septet.
constexpr std::size_t text_bytes_max = segments_max * seven_bit.part * 4;

constexpr std::uint8_t data_coding_of(Alphabet alphabet) {
    switch (alphabet) {
        case Alphabet::gsm: return 0;
        case Alphabet::ascii: return 1;
        case Alphabet::latin1: return 3;
        case Alphabet::ucs2: break;
    }
    return 8;
}

/// A character as octets: what must not be divided.
struct Atom {
    std::array<std::uint8_t, 4> octets{};
    std::uint8_t size = 0;
    std::uint8_t weight = 0;  ///< what it takes of Limits
};

Atom gsm_atom(char32_t character) {
    const Septet* septet = septet_of(character);
    if (septet == nullptr) return {};
    if (septet->extended) return {.octets = {escape, septet->code}, .size = 2, .weight = 2};
    return {.octets = {septet->code}, .size = 1, .weight = 1};
}

Atom ucs2_atom(char32_t character) {
    const auto high = [](unsigned unit) { return static_cast<std::uint8_t>(unit >> 8U); };
    const auto low = [](unsigned unit) { return static_cast<std::uint8_t>(unit & 0xFFU); };
    if (character <= 0xFFFF) return {.octets = {high(character), low(character)}, .size = 2, .weight = 2};
    const unsigned lead = U16_LEAD(character);
    const unsigned trail = U16_TRAIL(character);
    return {.octets = {high(lead), low(lead), high(trail), low(trail)}, .size = 4, .weight = 4};
}

/// @return size 0 when the alphabet does not hold the character
Atom atom_of(char32_t character, Alphabet alphabet) {
    const Atom octet{.octets = {static_cast<std::uint8_t>(character)}, .size = 1, .weight = 1};
    switch (alphabet) {
        case Alphabet::gsm: return gsm_atom(character);
        case Alphabet::latin1: return character < 0x80 || (character >= 0xA0 && character <= 0xFF) ? octet : Atom{};
        case Alphabet::ascii: {
            if (character >= 0x80) return {};
            const Septet* septet = septet_of(character);
            Atom atom = octet;
            if (septet != nullptr && septet->extended) atom.weight = 2;
            return atom;
        }
        case Alphabet::ucs2: break;
    }
    return ucs2_atom(character);
}

/// Hands each character of a text to `take`, until that says false. @return false when that was so, or at bytes that
/// are no UTF-8
template <class Take>
bool each_character(std::string_view utf8, Take take) {
    const auto size = static_cast<std::int32_t>(utf8.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 character = 0;
        // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): inside ICU's macro, in order by its commas
        U8_NEXT(utf8.data(), at, size, character);
        if (character < 0 || !take(static_cast<char32_t>(character))) return false;
    }
    return true;
}

struct Plan {
    Alphabet alphabet = Alphabet::gsm;
    std::size_t segment_max = 0;
};

/// @return what the text weighs in an alphabet; nullopt when that does not hold all of it
std::optional<std::size_t> weigh(std::string_view utf8, Alphabet alphabet) {
    std::size_t weight = 0;
    const bool held = each_character(utf8, [&](char32_t character) {
        const Atom atom = atom_of(character, alphabet);
        weight += atom.weight;
        return atom.size != 0;
    });
    return held ? std::optional(weight) : std::nullopt;
}

Result<Plan> plan(std::string_view utf8, Alphabet route_alphabet) {
    if (utf8.size() > text_bytes_max) return fail(Errc::invalid_argument, "a text of too many segments");
    Alphabet alphabet = route_alphabet;
    auto weight = weigh(utf8, alphabet);
    if (!weight) {
        alphabet = Alphabet::ucs2;
        weight = weigh(utf8, alphabet);
    }
    if (!weight) return fail(Errc::invalid_argument, "a text that is not UTF-8");
    const Limits limits = limits_of(alphabet);
    return Plan{.alphabet = alphabet, .segment_max = *weight <= limits.alone ? limits.alone : limits.part};
}

/// Divides a text by its plan: `put` gets each character and the number of its segment, from 0.
/// @return the number of segments, or invalid_argument for too many
template <class Put>
Result<std::size_t> divide(std::string_view utf8, const Plan& plan, Put put) {
    std::size_t segment = 0;
    std::size_t used = 0;
    const bool fits = each_character(utf8, [&](char32_t character) {
        const Atom atom = atom_of(character, plan.alphabet);
        if (used + atom.weight > plan.segment_max) {
            ++segment;
            used = 0;
        }
        if (segment == segments_max) return false;
        used += atom.weight;
        put(segment, atom);
        return true;
    });
    if (!fits) return fail(Errc::invalid_argument, "a text of too many segments");
    return segment + 1;
}

/// SMPP v3.4 §5.2.19 up to 0x0F; above, the groups of TS 23.038 §4: general, waiting messages, message class.
Alphabet alphabet_of(std::uint8_t data_coding, Alphabet route_alphabet) {
    const bool ucs2_bits = (data_coding & 0x0CU) == 0x08;
    const bool eight_bits = (data_coding & 0x0CU) == 0x04;
    switch (data_coding >> 4U) {
        case 0x0:
            if (data_coding == 0) return route_alphabet == Alphabet::ucs2 ? Alphabet::gsm : route_alphabet;
            if (data_coding == 1) return Alphabet::ascii;
            return data_coding == 8 ? Alphabet::ucs2 : Alphabet::latin1;
        case 0xC:
        case 0xD: return Alphabet::gsm;
        case 0xE: return Alphabet::ucs2;
        case 0xF: return (data_coding & 0x04U) != 0 ? Alphabet::latin1 : Alphabet::gsm;
        default: break;
    }
    // 0x80 to 0xBF are reserved, and to be read as the default alphabet.
    if ((data_coding & 0x80U) != 0) return Alphabet::gsm;
    // Of the general groups, bit 5 says compressed: nothing that we could read.
    if ((data_coding & 0x20U) != 0 || eight_bits) return Alphabet::latin1;
    return ucs2_bits ? Alphabet::ucs2 : Alphabet::gsm;
}

void append(std::string& text, char32_t character) {
    std::array<std::uint8_t, U8_MAX_LENGTH> bytes{};
    std::size_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, character);
    text.append(bytes.begin(), bytes.begin() + size);
}

char32_t character_of(std::uint8_t code, bool extended) {
    if (code >= septets) return replacement;
    if (extended) {
        const auto* found = std::ranges::find(extension_table, code, &Septet::code);
        if (found != std::end(extension_table)) return found->character;
    }
    // A second escape is kept for a table to come, and shown as a space till then (TS 23.038 §6.2.1.1, note 1).
    return code == escape ? U' ' : default_table[code];
}

std::string decode_gsm(std::span<const std::uint8_t> user_data) {
    std::string text;
    for (std::size_t at = 0; at < user_data.size(); ++at) {
        const bool extended = user_data[at] == escape && at + 1 < user_data.size();
        if (extended) ++at;
        append(text, character_of(user_data[at], extended));
    }
    return text;
}

std::string decode_ucs2(std::span<const std::uint8_t> user_data) {
    std::string text;
    std::size_t at = 0;
    const auto unit = [&](std::size_t from) {
        return static_cast<char32_t>(user_data[from] << 8U | user_data[from + 1]);
    };
    for (; at + 2 <= user_data.size(); at += 2) {
        char32_t character = unit(at);
        if (U16_IS_LEAD(character) && at + 4 <= user_data.size() && U16_IS_TRAIL(unit(at + 2))) {
            character = static_cast<char32_t>(U16_GET_SUPPLEMENTARY(character, unit(at + 2)));
            at += 2;
        }
        append(text, U_IS_SURROGATE(character) ? replacement : character);
    }
    if (at < user_data.size()) append(text, replacement);
    return text;
}

std::string decode_octets(std::span<const std::uint8_t> user_data, char32_t character_max) {
    std::string text;
    for (const std::uint8_t octet : user_data) append(text, octet <= character_max ? octet : replacement);
    return text;
}

}  // namespace

Result<Encoded> encode(std::string_view utf8, Alphabet route_alphabet) {
    const auto planned = plan(utf8, route_alphabet);
    if (!planned) return tl::unexpected(planned.error());
    Encoded encoded{.alphabet = planned->alphabet, .data_coding = data_coding_of(planned->alphabet), .segments = {{}}};
    const auto divided = divide(utf8, *planned, [&](std::size_t segment, const Atom& atom) {
        if (segment == encoded.segments.size()) encoded.segments.emplace_back();
        encoded.segments.back().insert(encoded.segments.back().end(), atom.octets.begin(),
                                       atom.octets.begin() + atom.size);
    });
    if (!divided) return tl::unexpected(divided.error());
    return encoded;
}

Result<std::size_t> count_segments(std::string_view utf8, Alphabet route_alphabet) {
    const auto planned = plan(utf8, route_alphabet);
    if (!planned) return tl::unexpected(planned.error());
    return divide(utf8, *planned, [](std::size_t, const Atom&) {});
}

std::string decode(std::span<const std::uint8_t> user_data, std::uint8_t data_coding, Alphabet route_alphabet) {
    switch (alphabet_of(data_coding, route_alphabet)) {
        case Alphabet::gsm: return decode_gsm(user_data);
        case Alphabet::latin1: return decode_octets(user_data, 0xFF);
        case Alphabet::ascii: return decode_octets(user_data, 0x7F);
        case Alphabet::ucs2: break;
    }
    return decode_ucs2(user_data);
}

}  // namespace roger::message
