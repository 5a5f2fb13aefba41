// The two codes of telephony: a sample of 13 (A-law) or 14 (µ-law) bits as one byte. Pure.
// Source: ITU-T G.711 (11/88), tables 1a to 2b; samples are 16 bits, left-justified, as in ITU-T G.191.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace roger::voice {

enum class G711 : std::uint8_t {
    mu_law = 0,  ///< PCMU, in the Americas and Japan; the value is RTP's payload type (RFC 3551 §6)
    a_law = 8,   ///< PCMA, elsewhere
};

[[nodiscard]] std::uint8_t encode_a_law(std::int16_t sample) noexcept;
[[nodiscard]] std::uint8_t encode_mu_law(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decode_a_law(std::uint8_t code) noexcept;
[[nodiscard]] std::int16_t decode_mu_law(std::uint8_t code) noexcept;

/// The byte of silence: 0xD5 (A-law, its smallest positive value), 0xFF (µ-law, zero).
[[nodiscard]] constexpr std::uint8_t silence(G711 law) noexcept { return law == G711::a_law ? 0xD5 : 0xFF; }

/// One byte for each sample.
[[nodiscard]] std::vector<std::uint8_t> encode(G711 law, std::span<const std::int16_t> samples);
[[nodiscard]] std::vector<std::int16_t> decode(G711 law, std::span<const std::uint8_t> codes);

}  // namespace roger::voice
