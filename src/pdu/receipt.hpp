// A delivery receipt, as SMSCs write it: in TLVs, in the text of a deliver_sm, or in both, in any order and spelling.
// Source: SMPP v3.4 §5.2.12 (esm_class), §5.2.28 (message_state), Appendix B (the text, "specific to the SMSC vendor").
// Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "pdu/pdu.hpp"

namespace roger::pdu {

/// Values as in TLV message_state.
enum class MessageState : std::uint8_t {
    scheduled = 0,  ///< SMPP 5.0
    enroute = 1,
    delivered = 2,
    expired = 3,
    deleted = 4,
    undeliverable = 5,
    accepted = 6,
    unknown = 7,
    rejected = 8,
    skipped = 9,  ///< SMPP 5.0
};
/// What a state says of the message. `unknown` confirms nothing, so it is pending.
enum class Delivery : std::uint8_t { pending, delivered, failed };
[[nodiscard]] Delivery delivery_of(MessageState state) noexcept;
/// "DELIVRD", "UNDELIV", …: the words of the text form.
[[nodiscard]] std::string_view to_string(MessageState state) noexcept;
/// Any case; the seven letters, or the longer words that some write ("DELIVERED", "UNDELIVERABLE").
[[nodiscard]] std::optional<MessageState> message_state_from(std::string_view word) noexcept;

struct Receipt {
    std::string id;                     ///< as the peer wrote it, at most message_id_bytes_max; "" when it is nowhere
    std::optional<MessageState> state;  ///< nullopt when it is nowhere or not known
    bool intermediate = false;          ///< esm_class says that another follows
    std::string error;              ///< "err:", mostly three digits; at most error_bytes_max, letters and digits only
    std::string number;             ///< the subscriber: source address of the PDU, digits only, at most 20
    std::optional<TimePoint> done;  ///< "done date:", read as UTC, which it may not be: peers write local time

    [[nodiscard]] Delivery delivery() const noexcept {
        return !state || intermediate ? Delivery::pending : delivery_of(*state);
    }
};
constexpr std::size_t error_bytes_max = 16;

/// Whether a deliver_sm or data_sm is a receipt; anything else is a message of a subscriber. Bits 5–2 of esm_class
/// decide (receipt, or intermediate notification); a receipted_message_id proves it for peers that leave them out.
[[nodiscard]] bool is_receipt(const Pdu& pdu) noexcept;

/// TLVs first, then what the text adds. Never fails: what is not there stays empty.
/// @pre  is_receipt(pdu)
[[nodiscard]] Receipt read_receipt(const Pdu& pdu);

/// The keys of the text form, wherever they stand and whatever their case; the first of each counts. The message's own
/// words (behind `text:`) are kept nowhere, and looked through only while id or stat are still missing.
struct ReceiptText {
    std::string_view id;
    std::string_view stat;
    std::string_view err;
    std::string_view submit_date;
    std::string_view done_date;
};
/// @param text  views into it are returned
[[nodiscard]] ReceiptText parse_receipt_text(std::string_view text) noexcept;

/// "yyMMddHHmm", "yyMMddHHmmss" or "yyyyMMddHHmmss". @return nullopt for anything else, or a day that does not exist
[[nodiscard]] std::optional<TimePoint> parse_receipt_date(std::string_view text) noexcept;

}  // namespace roger::pdu
