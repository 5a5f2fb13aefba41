#include "sip/rtp.hpp"

#include <string_view>

namespace roger::sip {
namespace {

constexpr unsigned version = 2;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = value << 8U | byte;
    return value;
}

}  // namespace

std::optional<RtpPacket> read_rtp(std::span<const std::uint8_t> datagram) {
    if (datagram.size() < rtp_header_bytes || datagram[0] >> 6U != version) return std::nullopt;
    const bool padded = (datagram[0] & 0x20U) != 0;
    const bool extended = (datagram[0] & 0x10U) != 0;
    std::size_t begin = rtp_header_bytes + std::size_t{4} * (datagram[0] & 0x0FU);
    if (extended) {
        if (datagram.size() < begin + 4) return std::nullopt;
        begin += 4 + std::size_t{4} * big_endian(datagram.subspan(begin + 2, 2));
    }
    std::size_t end = datagram.size();
    if (padded) {
        const std::size_t padding = datagram.back();
        if (padding == 0 || padding > end) return std::nullopt;
        end -= padding;
    }
    if (begin > end) return std::nullopt;
    return RtpPacket{.type = static_cast<std::uint8_t>(datagram[1] & 0x7FU),
                     .marker = (datagram[1] & 0x80U) != 0,
                     .sequence = static_cast<std::uint16_t>(big_endian(datagram.subspan(2, 2))),
                     .timestamp = big_endian(datagram.subspan(4, 4)),
                     .source = big_endian(datagram.subspan(8, 4)),
                     .payload = datagram.subspan(begin, end - begin)};
}

std::array<std::uint8_t, rtp_header_bytes> write_rtp_header(const RtpPacket& packet) {
    const auto byte = [](std::uint32_t value, unsigned shift) { return static_cast<std::uint8_t>(value >> shift); };
    return {static_cast<std::uint8_t>(version << 6U),
            static_cast<std::uint8_t>((packet.marker ? 0x80U : 0U) | packet.type),
            byte(packet.sequence, 8),
            byte(packet.sequence, 0),
            byte(packet.timestamp, 24),
            byte(packet.timestamp, 16),
            byte(packet.timestamp, 8),
            byte(packet.timestamp, 0),
            byte(packet.source, 24),
            byte(packet.source, 16),
            byte(packet.source, 8),
            byte(packet.source, 0)};
}

std::optional<TelephoneEvent> read_event(std::span<const std::uint8_t> payload) {
    if (payload.size() < 4) return std::nullopt;
    return TelephoneEvent{.event = payload[0],
                          .end = (payload[1] & 0x80U) != 0,
                          .duration = static_cast<std::uint16_t>(big_endian(payload.subspan(2, 2)))};
}

std::optional<char> key_of(std::uint8_t event) noexcept {
    constexpr std::string_view keys = "0123456789*#ABCD";
    if (event >= keys.size()) return std::nullopt;
    return keys[event];
}

}  // namespace roger::sip
