// The id that a peer gave a message, so that the receipt finds it again. Many SMSCs write it in hex in the answer and
// in decimal in the receipt, or the other way round, in either case, and padded with zeros. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roger::pdu {

/// How a peer writes the ids of its receipts.
enum class MessageIdForm : std::uint8_t { automatic, as_is, hex_in_resp, hex_in_receipt };
/// "auto", "as-is", "hex-in-resp", "hex-in-receipt": the words of the configuration.
[[nodiscard]] std::optional<MessageIdForm> message_id_form_from(std::string_view word) noexcept;

/// Longer ids than this are nobody's (SMPP has 64).
constexpr std::size_t message_id_bytes_max = 256;

/// What an id of submit_sm_resp is stored under: without spaces around it and zeros in front, letters in lower case.
/// @return "" for an id that cannot be matched: empty, longer than message_id_bytes_max, or with control characters
[[nodiscard]] std::string normal_message_id(std::string_view id);

/// Under what an id of a receipt may be stored, likeliest first, without repeats: as it is, read as hex (so in
/// decimal), read as decimal (so in hex). The form leaves out, or puts first, what the peer is known to do. Numbers of
/// up to 64 bits.
[[nodiscard]] std::vector<std::string> message_id_candidates(std::string_view id, MessageIdForm form);

}  // namespace roger::pdu
