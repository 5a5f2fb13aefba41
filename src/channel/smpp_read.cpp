#include "channel/smpp_read.hpp"

#include <fmt/format.h>

#include "pdu/receipt.hpp"

namespace roger::channel {
namespace {

PeerReceipt::State state_of(pdu::Delivery delivery) {
    switch (delivery) {
        case pdu::Delivery::delivered: return PeerReceipt::State::delivered;
        case pdu::Delivery::failed: return PeerReceipt::State::failed;
        case pdu::Delivery::pending: break;
    }
    return PeerReceipt::State::pending;
}

}  // namespace

std::optional<PeerReceipt> read_peer_receipt(const pdu::Pdu& pdu, const SmppSmsOptions& options) {
    pdu::Receipt receipt = pdu::read_receipt(pdu);
    PeerReceipt told;
    told.ids = pdu::message_id_candidates(receipt.id, options.message_id);
    if (told.ids.empty()) return std::nullopt;
    told.peer_group = options.peer_group;
    told.number = std::move(receipt.number);
    told.state = state_of(receipt.delivery());
    if (receipt.state) told.reason = pdu::to_string(*receipt.state);
    if (told.state == PeerReceipt::State::failed && !receipt.error.empty()) {
        told.reason += fmt::format(" err={}", receipt.error);
    }
    return told;
}

InboundMessage read_inbound(const pdu::Pdu& pdu, const SmppSmsOptions& options) {
    InboundMessage inbound{.route = options.peer.name};
    const auto read = [&](const pdu::Address& source, const pdu::Address& destination, std::uint8_t data_coding) {
        for (const char c : source.text) {
            if (c >= '0' && c <= '9') inbound.number.push_back(c);
        }
        inbound.to = destination.text;
        inbound.text = message::decode(pdu::text_of(pdu), data_coding, options.alphabet);
    };
    if (const auto* m = std::get_if<pdu::ShortMessage>(&pdu.body)) read(m->source, m->destination, m->data_coding);
    if (const auto* m = std::get_if<pdu::DataMessage>(&pdu.body)) read(m->source, m->destination, m->data_coding);
    return inbound;
}

}  // namespace roger::channel
