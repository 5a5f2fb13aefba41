// Whatever can be written is read back the same, also when it comes in pieces; whatever is read does no harm.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "pdu/pdu.hpp"
#include "pdu/receipt.hpp"

namespace roger::pdu {
namespace {

std::string text_up_to(std::size_t bytes) {
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes + 1);
    return *rc::gen::container<std::string>(size, rc::gen::inRange<char>(1, 127));
}
Octets octets_up_to(std::size_t bytes) {
    const auto size = *rc::gen::inRange<std::size_t>(0, bytes + 1);
    return *rc::gen::container<Octets>(size, rc::gen::arbitrary<std::uint8_t>());
}
std::uint8_t any_u8() { return *rc::gen::arbitrary<std::uint8_t>(); }
Address any_address() { return {.ton = any_u8(), .npi = any_u8(), .text = text_up_to(20)}; }

ShortMessage any_short_message() {
    ShortMessage m;
    m.service_type = text_up_to(5);
    m.source = any_address();
    m.destination = any_address();
    m.esm_class = any_u8();
    m.protocol_id = any_u8();
    m.priority = any_u8();
    m.schedule_time = text_up_to(16);
    m.validity_period = text_up_to(16);
    m.registered_delivery = any_u8();
    m.replace_if_present = any_u8();
    m.data_coding = any_u8();
    m.default_message = any_u8();
    m.text = octets_up_to(short_message_bytes_max);
    return m;
}

Pdu any_pdu() {
    Pdu pdu;
    switch (*rc::gen::inRange(0, 9)) {
        case 0:
            pdu.command = Command::bind_transceiver;
            pdu.body = Bind{text_up_to(15), Secret(text_up_to(8)), text_up_to(12), any_u8(), any_address()};
            break;
        case 1:
            pdu.command = *rc::gen::element(Command::submit_sm, Command::deliver_sm);
            pdu.body = any_short_message();
            break;
        case 2:
            pdu.command = Command::data_sm;
            pdu.body = DataMessage{text_up_to(5), any_address(), any_address(), any_u8(), any_u8(), any_u8()};
            break;
        case 3:
            pdu.command = *rc::gen::element(Command::submit_sm_resp, Command::deliver_sm_resp, Command::data_sm_resp);
            pdu.body = MessageAnswer{text_up_to(64)};
            break;
        case 4:
            pdu.command = Command::query_sm;
            pdu.body = Query{text_up_to(64), any_address()};
            break;
        case 5:
            pdu.command = Command::query_sm_resp;
            pdu.body = QueryAnswer{text_up_to(64), text_up_to(16), any_u8(), any_u8()};
            break;
        case 6:
            pdu.command = Command::alert_notification;
            pdu.body = AlertNotification{any_address(), any_address()};
            break;
        case 7:
            pdu.command = Command::outbind;
            pdu.body = Outbind{text_up_to(15), Secret(text_up_to(8))};
            break;
        default: pdu.command = *rc::gen::element(Command::enquire_link, Command::unbind, Command::bind_receiver_resp);
    }
    if (pdu.command == Command::bind_receiver_resp) pdu.body = BindAnswer{text_up_to(15)};
    pdu.status = *rc::gen::arbitrary<std::uint32_t>();
    pdu.sequence = *rc::gen::arbitrary<std::uint32_t>();
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        pdu.tlvs.add(static_cast<Tag>(*rc::gen::arbitrary<std::uint16_t>()), octets_up_to(40));
    }
    return pdu;
}

RC_GTEST_PROP(PduPropertiesTest, WhatIsWrittenIsReadBack, ()) {
    const Pdu pdu = any_pdu();
    Octets bytes;
    RC_ASSERT(append(pdu, bytes).has_value());
    const Frame frame = next_frame(bytes);
    RC_ASSERT(frame.kind == Frame::Kind::complete);
    RC_ASSERT(frame.bytes == bytes.size());
    const auto read = decode(bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == pdu);
}

RC_GTEST_PROP(PduPropertiesTest, AStreamIsCutTheSameWhereverItIsSplit, ()) {
    Octets stream;
    std::vector<Pdu> sent;
    for (int n = *rc::gen::inRange(1, 5); n > 0; --n) {
        sent.push_back(any_pdu());
        RC_ASSERT(append(sent.back(), stream).has_value());
    }
    Octets received;
    std::vector<Pdu> got;
    std::size_t at = 0;
    while (at < stream.size()) {
        const auto step = *rc::gen::inRange<std::size_t>(1, 60);
        const std::size_t end = std::min(stream.size(), at + step);
        received.insert(received.end(), stream.begin() + static_cast<std::ptrdiff_t>(at),
                        stream.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
        for (Frame frame = next_frame(received); frame.kind == Frame::Kind::complete; frame = next_frame(received)) {
            got.push_back(*decode(OctetView(received).first(frame.bytes)));
            received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(frame.bytes));
        }
    }
    RC_ASSERT(got == sent);
}

RC_GTEST_PROP(PduPropertiesTest, AnyBytesAreReadWithoutHarm, ()) {
    Octets bytes = octets_up_to(300);
    bytes.resize(std::max<std::size_t>(bytes.size(), header_bytes));
    const auto pdu = decode(bytes);
    if (pdu && is_receipt(*pdu)) {
        const Receipt receipt = read_receipt(*pdu);
        RC_ASSERT(receipt.error.size() <= error_bytes_max);
        RC_ASSERT(receipt.number.size() <= 20U);
    }
}

}  // namespace
}  // namespace roger::pdu
