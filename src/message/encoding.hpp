// What an SMS is on the wire: the alphabet of a text and its segments. Two ways in, encode() for texts that leave and
// decode() for those that arrive; nothing is ever transliterated, so what a handset shows is what was written.
//
// Source: 3GPP TS 23.038 §6.2.1 (GSM 7 bit default alphabet and its extension table), SMPP v3.4 §5.2.19 (data_coding).
// The lengths: TS 23.040 §9.2.3.24, 140 octets of user data for each segment, of which a concatenated one gives six to
// its header (UDH, §9.2.3.24.1).
// Pure, and safe from every thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::message {

/// How a peer wants characters written. All but ucs2 hold few of them.
enum class Alphabet : std::uint8_t {
    gsm,     ///< data_coding 0, one septet in each octet (SMPP does not pack them)
    latin1,  ///< data_coding 3, ISO 8859-1
    ascii,   ///< data_coding 1, IA5
    ucs2,    ///< data_coding 8, UTF-16 in network order
};

/// The most segments that a text may have: more is a mistake in a template, and each costs money.
constexpr std::size_t segments_max = 10;

/// A text ready for a peer: at least one segment, each the user data without its UDH. More than one leave room for a
/// UDH of 6 octets.
struct Encoded {
    Alphabet alphabet = Alphabet::gsm;
    std::uint8_t data_coding = 0;
    std::vector<std::vector<std::uint8_t>> segments;
};

/// Writes a text in the alphabet of a route, or, when it has a character which that does not hold, all of it in UCS-2.
/// (Every alphabet gets more characters into a segment than UCS-2, so the route's own is the cheaper one.) Neither a
/// surrogate pair nor an escape with its extension character is divided between segments:
///
///   alphabet     alone  in parts
///   gsm, ascii   160    153       septets
///   latin1       140    134       octets
///   ucs2          70     67       UTF-16 units
///
/// A character of the GSM extension table, such as € or [, takes 2 septets, in ascii too: SMSCs write that in the GSM
/// alphabet. For latin1 U+0080 to U+009F count as not held: many read other characters there.
///
/// @param utf8  may be empty, which is one empty segment
/// @return invalid_argument for bytes that are no UTF-8, or more than segments_max segments
[[nodiscard]] Result<Encoded> encode(std::string_view utf8, Alphabet route_alphabet);

/// The number of segments that encode() makes, and its errors, without making them. A price is this times the route's
/// price of a segment.
[[nodiscard]] Result<std::size_t> count_segments(std::string_view utf8, Alphabet route_alphabet);

/// Reads the user data of one inbound segment. Never fails: what has no character becomes U+FFFD, and an extension that
/// is not in the table the character of the default table (TS 23.038 §6.2.1.1). National shift tables, which a UDH may
/// name, are not known.
/// @param user_data       without UDH; of the GSM alphabet one septet in each octet
/// @param data_coding     as in deliver_sm. 0 is the peer's own alphabet; from 0x10 on read as TS 23.038 §4 has it.
///                        8-bit data, and what SMPP names but we have no characters of (JIS …), read as ISO 8859-1
/// @param route_alphabet  what the peer means by data_coding 0; ucs2 stands for gsm there
/// @return UTF-8
[[nodiscard]] std::string decode(std::span<const std::uint8_t> user_data,
                                 std::uint8_t data_coding,
                                 Alphabet route_alphabet);

}  // namespace roger::message
