// What we offer to send and what the other side takes: one audio stream of G.711. Pure.
// Sources: RFC 4566, RFC 3264 (offer and answer), RFC 4733 (telephone-event), RFC 4568 (keys of SRTP in SDP).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "voice/g711.hpp"

namespace roger::sip {

enum class SrtpMode : std::uint8_t {
    off,
    optional,  ///< plain RTP with keys beside it: who understands them answers with its own
    required,  ///< RTP/SAVP; who answers without keys is not spoken to
};

/// Key and salt of one direction.
struct SrtpKey {
    static constexpr std::size_t bytes = 30;  ///< AES-128 key and a salt of 14 (RFC 4568 §6.2)
    std::array<std::uint8_t, bytes> value{};
    bool short_tag = false;  ///< AES_CM_128_HMAC_SHA1_32, else …_80
};

inline constexpr std::uint8_t event_type_offered = 101;
inline constexpr std::size_t sdp_bytes_max = 8192;

struct Offer {
    std::string address;  ///< literal, IPv4 or IPv6: where we hear
    std::uint16_t port = 0;
    std::vector<voice::G711> codecs;  ///< liked best first, at least one
    std::uint64_t session = 0;        ///< fresh, below 2^63
    SrtpMode srtp = SrtpMode::off;
    std::array<std::uint8_t, SrtpKey::bytes> key{};  ///< ours, fresh; unless srtp is off
};
[[nodiscard]] std::string write_offer(const Offer& offer);

struct MediaAnswer {
    std::string address;  ///< literal
    std::uint16_t port = 0;
    voice::G711 codec = voice::G711::a_law;
    std::optional<std::uint8_t> event_type;  ///< payload type of telephone-event; none: keys come as tones
    std::optional<SrtpKey> key;              ///< theirs; none: plain RTP
};

/// @return invalid_argument with the reason: no audio, none of the codecs offered, no address, or keys that are missing
[[nodiscard]] Result<MediaAnswer> read_answer(std::string_view sdp, const Offer& offer);

}  // namespace roger::sip
