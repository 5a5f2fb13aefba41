#include "pdu/tlv.hpp"

#include <algorithm>
#include <array>

namespace roger::pdu {
namespace {

constexpr std::size_t head_bytes = 4;  // tag and length

std::uint16_t u16_at(OctetView bytes, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

}  // namespace

bool Tlvs::add(Tag tag, OctetView value) {
    if (value.size() > 0xffff) return false;
    const auto number = static_cast<std::uint16_t>(tag);
    const std::array head{static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number & 0xffU),
                          static_cast<std::uint8_t>(value.size() >> 8U),
                          static_cast<std::uint8_t>(value.size() & 0xffU)};
    raw_.insert(raw_.end(), head.begin(), head.end());
    raw_.insert(raw_.end(), value.begin(), value.end());
    return true;
}

void Tlvs::add_u8(Tag tag, std::uint8_t value) { add(tag, OctetView(&value, 1)); }

void Tlvs::add_u16(Tag tag, std::uint16_t value) {
    const std::array bytes{static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value & 0xffU)};
    add(tag, bytes);
}

std::optional<OctetView> Tlvs::find(Tag tag) const noexcept {
    OctetView rest(raw_);
    while (rest.size() >= head_bytes) {
        const std::size_t length = u16_at(rest, 2);
        if (length > rest.size() - head_bytes) return std::nullopt;  // cut off: nothing behind it can be read
        if (u16_at(rest, 0) == static_cast<std::uint16_t>(tag)) return rest.subspan(head_bytes, length);
        rest = rest.subspan(head_bytes + length);
    }
    return std::nullopt;
}

std::optional<std::uint32_t> Tlvs::number(Tag tag) const noexcept {
    const auto value = find(tag);
    if (!value || value->empty() || value->size() > 4) return std::nullopt;
    std::uint32_t number = 0;
    for (const std::uint8_t byte : *value) number = number << 8U | byte;
    return number;
}

std::optional<std::string> Tlvs::text(Tag tag) const {
    const auto value = find(tag);
    if (!value) return std::nullopt;
    return std::string(value->begin(), std::ranges::find(*value, std::uint8_t{0}));
}

}  // namespace roger::pdu
