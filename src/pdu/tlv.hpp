// The optional parameters at the end of a PDU: a list of tag, length, value, kept as the bytes that came. So nothing
// that a peer sends is lost or refused: unknown tags, lengths other than the standard's and what no TLV can be read
// from. Source: SMPP v3.4 §3.2.4, §5.3; SMPP v5.0 §4.8.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roger::pdu {

using Octets = std::vector<std::uint8_t>;
using OctetView = std::span<const std::uint8_t>;

enum class Tag : std::uint16_t {
    receipted_message_id = 0x001e,
    source_port = 0x020a,
    destination_port = 0x020b,
    sar_msg_ref_num = 0x020c,
    sar_total_segments = 0x020e,
    sar_segment_seqnum = 0x020f,
    sc_interface_version = 0x0210,
    network_error_code = 0x0423,
    message_payload = 0x0424,
    delivery_failure_reason = 0x0425,
    message_state = 0x0427,
    congestion_state = 0x0428,
};

/// Every look-up walks the list: it is short, and at most as long as a PDU (pdu.hpp, pdu_bytes_max).
class Tlvs {
public:
    Tlvs() = default;
    /// Takes the rest of a PDU, whatever it is.
    explicit Tlvs(OctetView rest) : raw_(rest.begin(), rest.end()) {}

    /// @param value  at most 65 535 bytes, else nothing is added and false returned
    bool add(Tag tag, OctetView value);
    void add_u8(Tag tag, std::uint8_t value);
    void add_u16(Tag tag, std::uint16_t value);

    /// The value of the first TLV with that tag; valid until the list changes. Empty values are values.
    [[nodiscard]] std::optional<OctetView> find(Tag tag) const noexcept;
    /// The same as a big-endian number of any length from 1 to 4 bytes: peers differ from the standard's.
    [[nodiscard]] std::optional<std::uint32_t> number(Tag tag) const noexcept;
    /// The same as text up to its first NUL, with or without one.
    [[nodiscard]] std::optional<std::string> text(Tag tag) const;

    /// As on the wire, with what could not be read as a TLV.
    [[nodiscard]] const Octets& raw() const noexcept { return raw_; }
    [[nodiscard]] bool empty() const noexcept { return raw_.empty(); }
    friend bool operator==(const Tlvs&, const Tlvs&) = default;

private:
    Octets raw_;
};

}  // namespace roger::pdu
