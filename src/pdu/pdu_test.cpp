// Golden bytes: what goes over the wire, octet by octet, and what is read from what real SMSCs write.
#include "pdu/pdu.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"

namespace roger::pdu {
namespace {

Octets octets(std::string_view text) { return {text.begin(), text.end()}; }

Octets from(std::string_view hex) {
    std::string packed;
    for (const char c : hex) {
        if (c != ' ') packed.push_back(c);
    }
    const auto bytes = from_hex(packed);
    EXPECT_TRUE(bytes) << hex;
    Octets result;
    for (const std::byte byte : *bytes) result.push_back(std::to_integer<std::uint8_t>(byte));
    return result;
}

std::string hex_of(const Pdu& pdu) {
    Octets out;
    const auto written = append(pdu, out);
    EXPECT_TRUE(written) << written.error().detail;
    return to_hex(std::as_bytes(std::span(out)));
}

std::string packed(std::string_view hex) {
    const Octets bytes = from(hex);
    return to_hex(std::as_bytes(std::span(bytes)));
}

TEST(PduTest, WritesABind) {
    Bind bind{.system_id = "roger", .password = Secret("secret"), .system_type = "", .interface_version = 0x34};
    EXPECT_EQ(hex_of({.command = Command::bind_transceiver, .sequence = 1, .body = bind}),
              packed("0000 0022 0000 0009 0000 0000 0000 0001"
                     "726f67657200 73656372657400 00 34 00 00 00"));
}

TEST(PduTest, WritesASubmit) {
    ShortMessage message;
    message.source = {.ton = 5, .npi = 0, .text = "ACME"};
    message.destination = {.ton = 1, .npi = 1, .text = "447400123456"};
    message.validity_period = "000000000500000R";
    message.registered_delivery = 1;
    message.text = octets("hi");
    EXPECT_EQ(hex_of({.command = Command::submit_sm, .sequence = 0x7fffffff, .body = message}),
              packed("0000 0043 0000 0004 0000 0000 7fff ffff"
                     "00 05 00 41434d4500 01 01 34343734303031323334353600 00 00 00"
                     "00 303030303030303030353030303030 5200 01 00 00 00 02 6869"));
}

TEST(PduTest, WritesPdusWithoutABody) {
    EXPECT_EQ(hex_of({.command = Command::enquire_link, .sequence = 2}), packed("00000010 00000015 00000000 00000002"));
    EXPECT_EQ(hex_of({.command = Command::unbind_resp, .sequence = 3}), packed("00000010 80000006 00000000 00000003"));
    EXPECT_EQ(hex_of({.command = Command::generic_nack, .status = 3, .sequence = 4}),
              packed("00000010 80000000 00000003 00000004"));
}

TEST(PduTest, AReceiptIsAcknowledgedWithAnEmptyId) {
    EXPECT_EQ(hex_of({.command = Command::deliver_sm_resp, .sequence = 9, .body = MessageAnswer{}}),
              packed("00000011 80000005 00000000 00000009 00"));
}

TEST(PduTest, TlvsFollowTheBody) {
    Pdu pdu{.command = Command::submit_sm, .sequence = 1, .body = ShortMessage{}};
    pdu.tlvs.add(Tag::message_payload, octets("long"));
    EXPECT_TRUE(hex_of(pdu).ends_with(packed("0424 0004 6c6f6e67")));
}

TEST(PduTest, ReadsAnErrorAnswerThatIsOnlyAHeader) {
    const auto pdu = decode(from("00000010 80000004 00000058 00000005"));
    ASSERT_TRUE(pdu);
    EXPECT_EQ(pdu->command, Command::submit_sm_resp);
    EXPECT_EQ(pdu->status, status_throttled);
    EXPECT_EQ(pdu->sequence, 5U);
    EXPECT_EQ(pdu->body, Body{Empty{}});
}

TEST(PduTest, ReadsAnAnswerWithTlvs) {
    const auto pdu = decode(from("0000001a 80000004 00000000 00000005 414200 0423 0003 030001"));
    ASSERT_TRUE(pdu);
    EXPECT_EQ(std::get<MessageAnswer>(pdu->body).message_id, "AB");
    EXPECT_EQ(pdu->tlvs.find(Tag::network_error_code)->size(), 3U);
}

TEST(PduTest, ReadsABindAnswerWithItsVersion) {
    const auto pdu = decode(from("0000001a 80000009 00000000 00000001 534d534300 0210 0001 34"));
    ASSERT_TRUE(pdu);
    EXPECT_EQ(std::get<BindAnswer>(pdu->body).system_id, "SMSC");
    EXPECT_EQ(pdu->tlvs.number(Tag::sc_interface_version), 0x34U);
}

TEST(PduTest, AStringAtTheEndMayLackItsNul) {
    const auto pdu = decode(from("00000013 80000004 00000000 00000005 414243"));
    ASSERT_TRUE(pdu);
    EXPECT_EQ(std::get<MessageAnswer>(pdu->body).message_id, "ABC");
}

TEST(PduTest, ReadsIdsAndTextsLongerThanTheStandard) {
    Octets answer = from("00000061 80000004 00000000 00000005");
    answer.insert(answer.end(), 80, 'f');
    answer.push_back(0);
    EXPECT_EQ(std::get<MessageAnswer>(decode(answer)->body).message_id, std::string(80, 'f'));

    Octets deliver = from("00000130 00000005 00000000 00000006 00 010131 00 050058 00 04 00 00 00 00 00 00 00 00 ff");
    deliver.insert(deliver.end(), 255, 'x');
    const auto pdu = decode(deliver);
    ASSERT_TRUE(pdu);
    EXPECT_EQ(std::get<ShortMessage>(pdu->body).text.size(), 255U);
}

TEST(PduTest, ReadsADeliverWithAFilledSchedule) {
    const auto pdu =
        decode(from("00000036 00000005 00000000 00000006 00 010131 00 050058 00 04 00 00"
                    "32363031303230333034303530303000 00 00 00 00 00 02 6869"));
    ASSERT_TRUE(pdu);
    const auto& message = std::get<ShortMessage>(pdu->body);
    EXPECT_EQ(message.schedule_time, "260102030405000");
    EXPECT_EQ(message.text, octets("hi"));
    EXPECT_EQ(message.esm_class, 4);
}

TEST(PduTest, GarbageBehindTheBodyIsKept) {
    const auto pdu = decode(from("00000014 80000015 00000000 00000005 deadbeef"));
    ASSERT_TRUE(pdu);
    EXPECT_EQ(pdu->tlvs.raw(), from("deadbeef"));
}

TEST(PduTest, ReadsTheCommandsThatAreOnlyListenedTo) {
    const auto alert = decode(from("0000001b 00000102 00000000 00000005 01013100 0101323300 0422"));
    ASSERT_TRUE(alert);
    EXPECT_EQ(std::get<AlertNotification>(alert->body).esme.text, "23");
    const auto outbind = decode(from("00000016 0000000b 00000000 00000005 414200 707700"));
    ASSERT_TRUE(outbind);
    EXPECT_EQ(std::get<Outbind>(outbind->body).system_id, "AB");
    const auto query = decode(from("00000018 80000003 00000000 00000005 414200 00 02 00 0000"));
    ASSERT_TRUE(query);
    EXPECT_EQ(std::get<QueryAnswer>(query->body).message_state, 2);
}

TEST(PduTest, AnUnknownCommandKeepsItsBytes) {
    const auto pdu = decode(from("00000012 00000999 00000000 00000005 0102"));
    ASSERT_TRUE(pdu);
    EXPECT_FALSE(is_known(pdu->command));
    EXPECT_EQ(pdu->tlvs.raw(), from("0102"));
    EXPECT_TRUE(is_known(Command::data_sm_resp));
}

TEST(PduTest, CutsAStreamIntoPdus) {
    const Octets bytes = from("00000011 80000005 00000000 00000009 00 00");
    for (std::size_t length = 0; length < 17; ++length) {
        const Frame frame = next_frame(OctetView(bytes).first(length));
        EXPECT_EQ(frame.kind, Frame::Kind::incomplete) << length;
        EXPECT_EQ(frame.bytes, length < 4 ? header_bytes : 17U) << length;
    }
    EXPECT_EQ(next_frame(bytes).kind, Frame::Kind::complete);
    EXPECT_EQ(next_frame(bytes).bytes, 17U);
}

TEST(PduTest, ALengthOutOfRangeBreaksTheStream) {
    for (const std::string_view length : {"00000000", "0000000f", "00010001", "ffffffff", "48545450"}) {
        EXPECT_EQ(next_frame(from(length)).kind, Frame::Kind::broken) << length;
    }
    EXPECT_EQ(next_frame(from("00010000")).kind, Frame::Kind::incomplete);
    EXPECT_EQ(next_frame(from("00000010")).kind, Frame::Kind::incomplete);
}

TEST(PduTest, UserDataIsReadWithoutItsHeader) {
    const Octets header = concatenation_header(0x42, 2, 1);
    EXPECT_EQ(header, from("050003420201"));
    Octets text = header;
    text.push_back('x');
    EXPECT_EQ(without_header(text, esm_has_udh).size(), 1U);
    EXPECT_EQ(without_header(text, 0).size(), 7U);
    EXPECT_TRUE(without_header(from("ff00"), esm_has_udh).empty());
    EXPECT_TRUE(without_header({}, esm_has_udh).empty());
}

}  // namespace
}  // namespace roger::pdu
