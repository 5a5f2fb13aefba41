// RTP packets and the telephone events in them. Pure.
// Sources: RFC 3550 §5.1, RFC 3551 §6 (payload types), RFC 4733 §2.3 (events).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace roger::sip {

inline constexpr std::size_t rtp_header_bytes = 12;
inline constexpr std::size_t frame_samples = 160;  ///< 20 ms at 8 kHz
inline constexpr std::size_t rtp_packet_max = 1500;

struct RtpPacket {
    std::uint8_t type = 0;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t source = 0;               ///< SSRC
    std::span<const std::uint8_t> payload;  ///< refers into the datagram; without padding
};

/// @return nullopt for what is no RTP packet of version 2
[[nodiscard]] std::optional<RtpPacket> read_rtp(std::span<const std::uint8_t> datagram);

[[nodiscard]] std::array<std::uint8_t, rtp_header_bytes> write_rtp_header(const RtpPacket& packet);

struct TelephoneEvent {
    std::uint8_t event = 0;  ///< 0 … 15 are keys
    bool end = false;
    std::uint16_t duration = 0;
};
[[nodiscard]] std::optional<TelephoneEvent> read_event(std::span<const std::uint8_t> payload);
/// '0' … '9', '*', '#', 'A' … 'D'. @return nullopt for events that are no key
[[nodiscard]] std::optional<char> key_of(std::uint8_t event) noexcept;

}  // namespace roger::sip
