// SMPP 3.4 and 5.0 PDUs as values, their bytes, and back. Kind in what it reads, strict in what it writes: real SMSCs
// send error answers without a body, answers with TLVs, ids longer than the standard has them, and strings without
// their last NUL; none of that is an error here.
//
//   bytes ──next_frame──▶ one PDU's bytes ──decode──▶ Pdu ──append──▶ bytes
//
// Source: SMPP v3.4 §4 (bodies), §5 (fields); SMPP v5.0 §4. Pure; values; safe from every thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "pdu/status.hpp"
#include "pdu/tlv.hpp"

namespace roger::pdu {

constexpr std::size_t header_bytes = 16;
/// Longer ones end the connection: nothing of SMPP needs more, and the reader must be bounded.
constexpr std::size_t pdu_bytes_max = 64 * 1024;
/// What a string that is read may hold, whatever the standard says: message ids of 80 characters exist.
constexpr std::size_t text_bytes_max = 256;
/// sm_length is one byte; 255 is legal in SMPP 5.0 only, so what is longer than 254 goes into message_payload.
constexpr std::size_t short_message_bytes_max = 254;

enum class Command : std::uint32_t {
    bind_receiver = 0x01,
    bind_transmitter = 0x02,
    query_sm = 0x03,
    submit_sm = 0x04,
    deliver_sm = 0x05,
    unbind = 0x06,
    bind_transceiver = 0x09,
    outbind = 0x0b,
    enquire_link = 0x15,
    alert_notification = 0x102,
    data_sm = 0x103,
    generic_nack = 0x80000000,
    bind_receiver_resp = 0x80000001,
    bind_transmitter_resp = 0x80000002,
    query_sm_resp = 0x80000003,
    submit_sm_resp = 0x80000004,
    deliver_sm_resp = 0x80000005,
    unbind_resp = 0x80000006,
    bind_transceiver_resp = 0x80000009,
    enquire_link_resp = 0x80000015,
    data_sm_resp = 0x80000103,
};
[[nodiscard]] constexpr bool is_response(Command command) noexcept {
    return (static_cast<std::uint32_t>(command) & 0x80000000U) != 0;
}
/// @pre  a request
[[nodiscard]] constexpr Command response_to(Command request) noexcept {
    return static_cast<Command>(static_cast<std::uint32_t>(request) | 0x80000000U);
}

/// Lowest and highest sequence number that we send; peers are echoed whatever they use. Source: SMPP v3.4 §3.2.
constexpr std::uint32_t sequence_min = 1;
constexpr std::uint32_t sequence_max = 0x7fffffff;

/// Source: SMPP v3.4 §5.2.5 (TON), §5.2.6 (NPI).
struct Address {
    std::uint8_t ton = 0;
    std::uint8_t npi = 0;
    std::string text;  ///< written: at most 20 bytes
    friend bool operator==(const Address&, const Address&) = default;
};

/// bind_transmitter, bind_receiver, bind_transceiver. §4.1.
struct Bind {
    std::string system_id;  ///< written: at most 15 bytes
    Secret password;        ///< written: at most 8 bytes
    std::string system_type;
    std::uint8_t interface_version = 0x34;
    Address address_range;  ///< written: at most 40 bytes
    friend bool operator==(const Bind& a, const Bind& b) {
        return a.system_id == b.system_id && a.password.matches(b.password.reveal()) &&
               a.system_type == b.system_type && a.interface_version == b.interface_version &&
               a.address_range == b.address_range;
    }
};
struct BindAnswer {
    std::string system_id;
    friend bool operator==(const BindAnswer&, const BindAnswer&) = default;
};

constexpr std::uint8_t esm_has_udh = 0x40;  ///< user data header indicator. §5.2.12

/// submit_sm and deliver_sm. §4.4.1, §4.6.1.
struct ShortMessage {
    std::string service_type;  ///< written: at most 5 bytes
    Address source;
    Address destination;
    std::uint8_t esm_class = 0;
    std::uint8_t protocol_id = 0;
    std::uint8_t priority = 0;
    std::string schedule_time;    ///< "" or 16 characters, §7.1.1
    std::string validity_period;  ///< the same
    std::uint8_t registered_delivery = 0;
    std::uint8_t replace_if_present = 0;
    std::uint8_t data_coding = 0;
    std::uint8_t default_message = 0;
    Octets text;  ///< user data with its UDH; written: at most 254 bytes
    friend bool operator==(const ShortMessage&, const ShortMessage&) = default;
};

/// data_sm. §4.7.1; the text is in TLV message_payload.
struct DataMessage {
    std::string service_type;
    Address source;
    Address destination;
    std::uint8_t esm_class = 0;
    std::uint8_t registered_delivery = 0;
    std::uint8_t data_coding = 0;
    friend bool operator==(const DataMessage&, const DataMessage&) = default;
};

/// submit_sm_resp, deliver_sm_resp, data_sm_resp. §4.4.2.
struct MessageAnswer {
    std::string message_id;  ///< written: at most 64 bytes
    friend bool operator==(const MessageAnswer&, const MessageAnswer&) = default;
};

/// query_sm and its answer. §4.8.
struct Query {
    std::string message_id;
    Address source;
    friend bool operator==(const Query&, const Query&) = default;
};
struct QueryAnswer {
    std::string message_id;
    std::string final_date;  ///< "" or 16 characters
    std::uint8_t message_state = 0;
    std::uint8_t error_code = 0;
    friend bool operator==(const QueryAnswer&, const QueryAnswer&) = default;
};

/// Read and left alone. §4.12.1, §4.1.7.
struct AlertNotification {
    Address source;
    Address esme;
    friend bool operator==(const AlertNotification&, const AlertNotification&) = default;
};
struct Outbind {
    std::string system_id;
    Secret password;
    friend bool operator==(const Outbind& a, const Outbind& b) {
        return a.system_id == b.system_id && a.password.matches(b.password.reveal());
    }
};

/// enquire_link, unbind, their answers, generic_nack; and a command that is not known, whose body is then all in
/// `tlvs`.
struct Empty {
    friend bool operator==(const Empty&, const Empty&) = default;
};

using Body = std::variant<Empty,
                          Bind,
                          BindAnswer,
                          ShortMessage,
                          DataMessage,
                          MessageAnswer,
                          Query,
                          QueryAnswer,
                          AlertNotification,
                          Outbind>;

struct Pdu {
    Command command = Command::enquire_link;  ///< may be a number that Command does not name
    std::uint32_t status = status_ok;         ///< 0 in requests
    std::uint32_t sequence = 0;
    Body body;
    Tlvs tlvs;  ///< with all that followed the body
    friend bool operator==(const Pdu&, const Pdu&) = default;
};

/// Appends the bytes. `body` must be the one of `command`, except that an answer with an error has none (Empty).
/// @return invalid_argument, and `out` unchanged, when a field is longer than SMPP has it or holds a NUL
[[nodiscard]] Result<void> append(const Pdu& pdu, Octets& out);

/// The same for a submit_sm, whose parts are not put together in a Pdu first.
[[nodiscard]] Result<void> append_submit(const ShortMessage& message,
                                         const Tlvs& tlvs,
                                         std::uint32_t sequence,
                                         Octets& out);

/// How far a stream of bytes can be cut.
struct Frame {
    enum class Kind : std::uint8_t {
        complete,    ///< `bytes` of it are one PDU
        incomplete,  ///< `bytes` are needed in all, as far as that can be told yet
        broken,      ///< a length below 16 or above pdu_bytes_max: the stream has no meaning any more, close it
    };
    Kind kind = Kind::incomplete;
    std::size_t bytes = header_bytes;
};
[[nodiscard]] Frame next_frame(OctetView received) noexcept;

/// What could not be read, and what to tell the peer, who stays connected.
struct Defect {
    Command command;
    std::uint32_t sequence = 0;
    std::uint32_t status = status_invalid_command_length;
};
/// Reads one PDU.
/// Requests need every field of the standard, though the last string may lack its NUL; answers may end anywhere.
/// @param frame  as next_frame() cut it
/// @return a Defect for a request that is cut off, or a string of more than text_bytes_max
[[nodiscard]] tl::expected<Pdu, Defect> decode(OctetView frame);

/// Whether the decoder knows its body; a request that it does not know is answered by generic_nack.
[[nodiscard]] bool is_known(Command command) noexcept;

/// The UDH that makes parts one message (3GPP TS 23.040 §9.2.3.24.1, 8-bit reference), for the front of user data.
/// @param total  2…255; @param number  1…total
[[nodiscard]] Octets concatenation_header(std::uint8_t reference, std::uint8_t total, std::uint8_t number);
/// User data without its UDH; all of it when esm_class says there is none; nothing when the UDH claims more than there
/// is.
[[nodiscard]] OctetView without_header(OctetView user_data, std::uint8_t esm_class) noexcept;
/// The text of a message, wherever it stands: short_message, or TLV message_payload when that is empty; without UDH.
[[nodiscard]] OctetView text_of(const Pdu& pdu) noexcept;

}  // namespace roger::pdu
