#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

#include <unicode/unistr.h>

#include "message/encoding.hpp"

namespace roger::message {
namespace {

using namespace std::string_view_literals;

constexpr Alphabet alphabets[] = {Alphabet::gsm, Alphabet::latin1, Alphabet::ascii, Alphabet::ucs2};

using Octets = std::vector<std::uint8_t>;
using Segments = std::vector<Octets>;
Octets octets(std::string_view text) { return {text.begin(), text.end()}; }

std::string utf8(char32_t character) {
    std::string text;
    icu::UnicodeString(static_cast<UChar32>(character)).toUTF8String(text);
    return text;
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    while (times-- > 0) all += text;
    return all;
}

/// The lengths of the segments, in octets.
std::vector<std::size_t> lengths(std::string_view text, Alphabet alphabet) {
    const auto encoded = encode(text, alphabet);
    std::vector<std::size_t> all;
    if (encoded) {
        for (const auto& segment : encoded->segments) all.push_back(segment.size());
    }
    return all;
}

std::string decode_all(const Encoded& encoded, Alphabet route_alphabet) {
    std::string text;
    for (const auto& segment : encoded.segments) text += decode(segment, encoded.data_coding, route_alphabet);
    return text;
}

struct Listed {
    char32_t character;
    std::string_view octets;
};
// Every character that Perl's Encode (2.10), which read them from the Unicode Consortium's GSM0338.TXT, writes as
// gsm0338.
constexpr Listed gsm_listing[] = {
    {0x000A, "\x0A"},     {0x000C, "\x1B\x0A"}, {0x000D, "\x0D"},     {0x0020, "\x20"},     {0x0021, "\x21"},
    {0x0022, "\x22"},     {0x0023, "\x23"},     {0x0024, "\x02"},     {0x0025, "\x25"},     {0x0026, "\x26"},
    {0x0027, "\x27"},     {0x0028, "\x28"},     {0x0029, "\x29"},     {0x002A, "\x2A"},     {0x002B, "\x2B"},
    {0x002C, "\x2C"},     {0x002D, "\x2D"},     {0x002E, "\x2E"},     {0x002F, "\x2F"},     {0x0030, "\x30"},
    {0x0031, "\x31"},     {0x0032, "\x32"},     {0x0033, "\x33"},     {0x0034, "\x34"},     {0x0035, "\x35"},
    {0x0036, "\x36"},     {0x0037, "\x37"},     {0x0038, "\x38"},     {0x0039, "\x39"},     {0x003A, "\x3A"},
    {0x003B, "\x3B"},     {0x003C, "\x3C"},     {0x003D, "\x3D"},     {0x003E, "\x3E"},     {0x003F, "\x3F"},
    {0x0040, "\0"sv},     {0x0041, "\x41"},     {0x0042, "\x42"},     {0x0043, "\x43"},     {0x0044, "\x44"},
    {0x0045, "\x45"},     {0x0046, "\x46"},     {0x0047, "\x47"},     {0x0048, "\x48"},     {0x0049, "\x49"},
    {0x004A, "\x4A"},     {0x004B, "\x4B"},     {0x004C, "\x4C"},     {0x004D, "\x4D"},     {0x004E, "\x4E"},
    {0x004F, "\x4F"},     {0x0050, "\x50"},     {0x0051, "\x51"},     {0x0052, "\x52"},     {0x0053, "\x53"},
    {0x0054, "\x54"},     {0x0055, "\x55"},     {0x0056, "\x56"},     {0x0057, "\x57"},     {0x0058, "\x58"},
    {0x0059, "\x59"},     {0x005A, "\x5A"},     {0x005B, "\x1B\x3C"}, {0x005C, "\x1B\x2F"}, {0x005D, "\x1B\x3E"},
    {0x005E, "\x1B\x14"}, {0x005F, "\x11"},     {0x0061, "\x61"},     {0x0062, "\x62"},     {0x0063, "\x63"},
    {0x0064, "\x64"},     {0x0065, "\x65"},     {0x0066, "\x66"},     {0x0067, "\x67"},     {0x0068, "\x68"},
    {0x0069, "\x69"},     {0x006A, "\x6A"},     {0x006B, "\x6B"},     {0x006C, "\x6C"},     {0x006D, "\x6D"},
    {0x006E, "\x6E"},     {0x006F, "\x6F"},     {0x0070, "\x70"},     {0x0071, "\x71"},     {0x0072, "\x72"},
    {0x0073, "\x73"},     {0x0074, "\x74"},     {0x0075, "\x75"},     {0x0076, "\x76"},     {0x0077, "\x77"},
    {0x0078, "\x78"},     {0x0079, "\x79"},     {0x007A, "\x7A"},     {0x007B, "\x1B\x28"}, {0x007C, "\x1B\x40"},
    {0x007D, "\x1B\x29"}, {0x007E, "\x1B\x3D"}, {0x00A1, "\x40"},     {0x00A3, "\x01"},     {0x00A4, "\x24"},
    {0x00A5, "\x03"},     {0x00A7, "\x5F"},     {0x00BF, "\x60"},     {0x00C4, "\x5B"},     {0x00C5, "\x0E"},
    {0x00C6, "\x1C"},     {0x00C7, "\x09"},     {0x00C9, "\x1F"},     {0x00D1, "\x5D"},     {0x00D6, "\x5C"},
    {0x00D8, "\x0B"},     {0x00DC, "\x5E"},     {0x00DF, "\x1E"},     {0x00E0, "\x7F"},     {0x00E4, "\x7B"},
    {0x00E5, "\x0F"},     {0x00E6, "\x1D"},     {0x00E8, "\x04"},     {0x00E9, "\x05"},     {0x00EC, "\x07"},
    {0x00F1, "\x7D"},     {0x00F2, "\x08"},     {0x00F6, "\x7C"},     {0x00F8, "\x0C"},     {0x00F9, "\x06"},
    {0x00FC, "\x7E"},     {0x0393, "\x13"},     {0x0394, "\x10"},     {0x0398, "\x19"},     {0x039B, "\x14"},
    {0x039E, "\x1A"},     {0x03A0, "\x16"},     {0x03A3, "\x18"},     {0x03A6, "\x12"},     {0x03A8, "\x17"},
    {0x03A9, "\x15"},     {0x20AC, "\x1B\x65"}};

TEST(EncodingTest, TheGsmAlphabetIsThatOfAnIndependentListing) {
    std::map<char32_t, std::string_view> listed;
    for (const Listed& row : gsm_listing) listed[row.character] = row.octets;
    ASSERT_EQ(listed.size(), 127U + 10U);
    for (char32_t character = 0; character <= 0x10FFFF; character += character < 0x10000 ? 1 : 0x101) {
        if (character >= 0xD800 && character <= 0xDFFF) continue;
        const auto encoded = encode(utf8(character), Alphabet::gsm);
        ASSERT_TRUE(encoded) << std::hex << static_cast<unsigned>(character);
        const auto row = listed.find(character);
        ASSERT_EQ(encoded->alphabet, row == listed.end() ? Alphabet::ucs2 : Alphabet::gsm)
            << std::hex << static_cast<unsigned>(character);
        if (row != listed.end()) {
            ASSERT_EQ(encoded->segments, Segments{octets(row->second)});
            ASSERT_EQ(decode(encoded->segments[0], 0, Alphabet::gsm), utf8(character));
        }
    }
}

TEST(EncodingTest, EachAlphabetHasItsOctetsAndDataCoding) {
    struct Row {
        Alphabet alphabet;
        std::uint8_t data_coding;
        std::string_view octets;
    };
    for (const Row& row : {Row{Alphabet::gsm, 0, "\x00 \x02\x1B\x3C"sv}, Row{Alphabet::latin1, 3, "@ $["},
                           Row{Alphabet::ascii, 1, "@ $["}, Row{Alphabet::ucs2, 8, "\0@\0 \0$\0["sv}}) {
        const auto encoded = encode("@ $[", row.alphabet);
        ASSERT_TRUE(encoded);
        EXPECT_EQ(encoded->alphabet, row.alphabet);
        EXPECT_EQ(encoded->data_coding, row.data_coding);
        EXPECT_EQ(encoded->segments, Segments{octets(row.octets)});
    }
    EXPECT_EQ(encode("ñÿ", Alphabet::latin1)->segments, Segments{octets("\xF1\xFF")});
    EXPECT_EQ(encode("Ж😀", Alphabet::ucs2)->segments, Segments{octets("\x04\x16\xD8\x3D\xDE\x00"sv)});
}

TEST(EncodingTest, OneCharacterTheRouteLacksMakesTheWholeTextUcs2) {
    struct Row {
        Alphabet alphabet;
        std::string_view text;
        Alphabet used;
    };
    for (const Row& row :
         {Row{Alphabet::gsm, "Código: 1", Alphabet::ucs2},  // ó is not in the GSM alphabet, ò is
          Row{Alphabet::gsm, "Però: 1", Alphabet::gsm}, Row{Alphabet::latin1, "Código", Alphabet::latin1},
          Row{Alphabet::latin1, "5 €", Alphabet::ucs2}, Row{Alphabet::ascii, "5 €", Alphabet::ucs2},
          Row{Alphabet::gsm, "5 €", Alphabet::gsm}, Row{Alphabet::gsm, "\t", Alphabet::ucs2},
          Row{Alphabet::gsm, "ç", Alphabet::ucs2}, Row{Alphabet::gsm, "Ç", Alphabet::gsm},
          Row{Alphabet::gsm, "\x1B", Alphabet::ucs2}, Row{Alphabet::gsm, "\0"sv, Alphabet::ucs2},
          Row{Alphabet::latin1, "\u0085", Alphabet::ucs2}, Row{Alphabet::gsm, "\u0391", Alphabet::ucs2}}) {
        const auto encoded = encode(row.text, row.alphabet);
        ASSERT_TRUE(encoded);
        EXPECT_EQ(encoded->alphabet, row.used) << row.text;
        EXPECT_EQ(decode_all(*encoded, row.alphabet), row.text);
    }
}

TEST(EncodingTest, SegmentsAreFullAtTheBoundsOfTheirAlphabet) {
    using Lengths = std::vector<std::size_t>;
    for (const Alphabet alphabet : {Alphabet::gsm, Alphabet::ascii}) {
        EXPECT_EQ(lengths("", alphabet), Lengths{0});
        EXPECT_EQ(lengths(repeat("a", 160), alphabet), Lengths{160});
        EXPECT_EQ(lengths(repeat("a", 161), alphabet), (Lengths{153, 8}));
        EXPECT_EQ(lengths(repeat("a", 306), alphabet), (Lengths{153, 153}));
        EXPECT_EQ(lengths(repeat("a", 307), alphabet), (Lengths{153, 153, 1}));
    }
    EXPECT_EQ(lengths(repeat("é", 140), Alphabet::latin1), Lengths{140});
    EXPECT_EQ(lengths(repeat("é", 141), Alphabet::latin1), (Lengths{134, 7}));
    EXPECT_EQ(lengths(repeat("Ж", 70), Alphabet::gsm), Lengths{140});
    EXPECT_EQ(lengths(repeat("Ж", 71), Alphabet::gsm), (Lengths{134, 8}));
    EXPECT_EQ(lengths(repeat("Ж", 135), Alphabet::gsm), (Lengths{134, 134, 2}));
}

TEST(EncodingTest, ExtensionCharactersTakeTwoAndStayWhole) {
    using Lengths = std::vector<std::size_t>;
    EXPECT_EQ(lengths(repeat("€", 80), Alphabet::gsm), Lengths{160});
    EXPECT_EQ(lengths(repeat("€", 80) + "a", Alphabet::gsm), (Lengths{152, 9}));
    const std::string across = repeat("a", 152) + "€" + repeat("a", 20);
    EXPECT_EQ(lengths(across, Alphabet::gsm), (Lengths{152, 22}));
    const auto encoded = encode(across, Alphabet::gsm);
    EXPECT_EQ(encoded->segments[1][0], 0x1B);
    EXPECT_EQ(encoded->segments[1][1], 0x65);
    // As octets they are single in ASCII, but an SMSC that hands them on has 160 septets in all.
    EXPECT_EQ(lengths(repeat("[", 80), Alphabet::ascii), Lengths{80});
    EXPECT_EQ(lengths(repeat("[", 81), Alphabet::ascii), (Lengths{76, 5}));
}

TEST(EncodingTest, SurrogatePairsStayWhole) {
    using Lengths = std::vector<std::size_t>;
    EXPECT_EQ(lengths(repeat("😀", 35), Alphabet::gsm), Lengths{140});
    EXPECT_EQ(lengths(repeat("😀", 36), Alphabet::gsm), (Lengths{132, 12}));
    const auto encoded = encode(repeat("Ж", 66) + "😀" + repeat("Ж", 9), Alphabet::ucs2);
    ASSERT_EQ(encoded->segments.size(), 2U);
    EXPECT_EQ(encoded->segments[0].size(), 132U);
    EXPECT_EQ(encoded->segments[1][0], 0xD8);
}

TEST(EncodingTest, MoreThanTenSegmentsAreRefused) {
    EXPECT_EQ(*count_segments(repeat("a", 1530), Alphabet::gsm), segments_max);
    EXPECT_EQ(*count_segments(repeat("é", 1530), Alphabet::gsm), segments_max);
    EXPECT_EQ(*count_segments(repeat("Ж", 670), Alphabet::gsm), segments_max);
    for (const std::string& text : {repeat("a", 1531), repeat("Ж", 671), repeat("😀", 331), repeat("a", 1'000'000)}) {
        EXPECT_EQ(encode(text, Alphabet::gsm).error().code, Errc::invalid_argument);
        EXPECT_EQ(count_segments(text, Alphabet::gsm).error().code, Errc::invalid_argument);
    }
}

TEST(EncodingTest, BytesThatAreNoUtf8AreRefused) {
    for (const std::string_view text : {"\xFF"sv, "a\x80"sv, "\xC3"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv,
                                        "\xF4\x90\x80\x80"sv, "\xE2\x82"sv, "\xF0\x9F\x98"sv, "ab\xE9z"sv}) {
        for (const Alphabet alphabet : alphabets) {
            EXPECT_EQ(encode(text, alphabet).error().code, Errc::invalid_argument);
            EXPECT_EQ(count_segments(text, alphabet).error().code, Errc::invalid_argument);
        }
    }
}

TEST(DecodingTest, WhatHasNoCharacterIsShownAsSuch) {
    struct Row {
        std::string_view octets;
        std::uint8_t data_coding;
        std::string_view text;
    };
    for (const Row& row : {Row{"\x80\xE9z"sv, 0, "��z"}, Row{"\x1B\x61"sv, 0, "a"}, Row{"\x1B\x1B\x65"sv, 0, " e"},
                           Row{"a\x1B"sv, 0, "a "}, Row{"a\xE9"sv, 1, "a�"}, Row{"\xD8\x3D"sv, 8, "�"},
                           Row{"\xD8\x3D\0a"sv, 8, "�a"}, Row{"\xDE\x00\xD8\x3D"sv, 8, "��"}, Row{"\0a\0"sv, 8, "a�"},
                           Row{"\x80\xFF"sv, 3, "\u0080ÿ"}, Row{""sv, 8, ""}}) {
        EXPECT_EQ(decode(octets(row.octets), row.data_coding, Alphabet::gsm), row.text);
    }
}

TEST(DecodingTest, DataCodingZeroIsThePeersOwnAlphabet) {
    const Octets text = octets("\x40\x5B"sv);
    EXPECT_EQ(decode(text, 0, Alphabet::gsm), "¡Ä");
    EXPECT_EQ(decode(text, 0, Alphabet::ucs2), "¡Ä");
    EXPECT_EQ(decode(text, 0, Alphabet::latin1), "@[");
    EXPECT_EQ(decode(text, 0, Alphabet::ascii), "@[");
}

// A flash message is data_coding 0x10 or 0xF0, a waiting voice mail 0xC8 or 0xE8.
TEST(DecodingTest, DataCodingOfTheGsmGroupsIsRead) {
    const Octets text = octets("\x04\x16"sv);
    for (const int gsm : {0x10, 0x11, 0x40, 0x53, 0x90, 0xC0, 0xC8, 0xD1, 0xF0, 0xF3}) {
        EXPECT_EQ(decode(text, static_cast<std::uint8_t>(gsm), Alphabet::latin1), "èΠ") << gsm;
    }
    for (const int ucs2 : {0x08, 0x18, 0x1B, 0x58, 0xE0, 0xE8}) {
        EXPECT_EQ(decode(text, static_cast<std::uint8_t>(ucs2), Alphabet::gsm), "Ж") << ucs2;
    }
    for (const int other : {0x02, 0x03, 0x04, 0x07, 0x0E, 0x14, 0x20, 0x28, 0xF4}) {
        EXPECT_EQ(decode(text, static_cast<std::uint8_t>(other), Alphabet::gsm), "\x04\x16") << other;
    }
}

/// Texts of characters from all alphabets, mostly GSM, up to what fills all segments.
rc::Gen<std::string> texts() {
    const auto listed =
        rc::gen::map(rc::gen::elementOf(std::vector<Listed>(std::begin(gsm_listing), std::end(gsm_listing))),
                     [](const Listed& row) { return row.character; });
    const auto any = rc::gen::map(rc::gen::inRange<std::uint32_t>(0, 0x110000 - 0x800), [](std::uint32_t value) {
        return static_cast<char32_t>(value < 0xD800 ? value : value + 0x800);
    });
    const auto latin1 = rc::gen::map(rc::gen::inRange<std::uint32_t>(0, 0x100),
                                     [](std::uint32_t value) { return static_cast<char32_t>(value); });
    const auto joined = [](const std::vector<char32_t>& characters) {
        std::string text;
        for (const char32_t character : characters) text += utf8(character);
        return text;
    };
    const auto of = [&](const rc::Gen<char32_t>& character) {
        return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 700), [=](std::size_t count) {
            return rc::gen::map(rc::gen::container<std::vector<char32_t>>(count, character), joined);
        });
    };
    return rc::gen::oneOf(of(listed), of(latin1), of(any), of(rc::gen::oneOf(listed, listed, latin1, any)));
}

RC_GTEST_PROP(EncodingPropertyTest, WhatArrivesIsWhatWasWritten, ()) {
    const std::string text = *texts();
    const Alphabet route_alphabet =
        *rc::gen::elementOf(std::vector<Alphabet>(std::begin(alphabets), std::end(alphabets)));
    const auto encoded = encode(text, route_alphabet);
    const auto count = count_segments(text, route_alphabet);
    RC_ASSERT(encoded.has_value() == count.has_value());
    if (!encoded) {
        const auto characters = icu::UnicodeString::fromUTF8(text).length();
        RC_ASSERT(characters > 10 * 66);
        return;
    }
    RC_ASSERT(encoded->segments.size() == *count);
    RC_ASSERT(*count >= 1U && *count <= segments_max);
    RC_ASSERT(decode_all(*encoded, route_alphabet) == text);
    const bool wide = encoded->alphabet == Alphabet::gsm || encoded->alphabet == Alphabet::ascii;
    const std::size_t alone = wide ? 160 : 140;
    const std::size_t part = wide ? 153 : 134;
    for (const auto& segment : encoded->segments) RC_ASSERT(segment.size() <= (*count == 1 ? alone : part));
    // All but the last are full but for what may not be divided.
    for (std::size_t at = 0; encoded->alphabet != Alphabet::ascii && at + 1 < *count; ++at) {
        RC_ASSERT(encoded->segments[at].size() + (encoded->alphabet == Alphabet::ucs2 ? 3 : 1) >= part);
    }
}

}  // namespace
}  // namespace roger::message
