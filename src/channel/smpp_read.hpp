// What a peer's deliver_sm or data_sm says: of one of our messages, or for us. Pure functions of the SMPP channel.
#pragma once
#include <optional>

#include "channel/smpp_sms.hpp"
#include "pdu/pdu.hpp"

namespace roger::channel {

/// @pre     pdu::is_receipt(pdu)
/// @return  nullopt for a receipt without an id: nobody can be told of it
[[nodiscard]] std::optional<PeerReceipt> read_peer_receipt(const pdu::Pdu& pdu, const SmppSmsOptions& options);

/// A subscriber's message; its bytes become text by its own data_coding, or the route's alphabet.
[[nodiscard]] InboundMessage read_inbound(const pdu::Pdu& pdu, const SmppSmsOptions& options);

}  // namespace roger::channel
