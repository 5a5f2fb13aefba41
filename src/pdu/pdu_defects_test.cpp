// The invalid space: what is refused when written, and what a peer may send that is none of a PDU.
#include <gtest/gtest.h>

#include "pdu/pdu.hpp"

namespace roger::pdu {
namespace {

Pdu a_deliver() {
    ShortMessage message;
    message.source = {.ton = 1, .npi = 1, .text = "447400123456"};
    message.destination = {.ton = 3, .npi = 0, .text = "60777"};
    message.text = {'S', 'T', 'O', 'P'};
    return {.command = Command::deliver_sm, .sequence = 8, .body = message};
}

Octets bytes_of(const Pdu& pdu) {
    Octets out;
    EXPECT_TRUE(append(pdu, out));
    return out;
}

void expect_refused(const Pdu& pdu, std::string_view field) {
    Octets out{1, 2, 3};
    const auto written = append(pdu, out);
    ASSERT_FALSE(written) << field;
    EXPECT_EQ(written.error().code, Errc::invalid_argument);
    EXPECT_NE(written.error().detail.find(field), std::string::npos) << written.error().detail;
    EXPECT_EQ(out, (Octets{1, 2, 3}));
}

TEST(PduDefectsTest, FieldsLongerThanTheStandardAreNotWritten) {
    const auto with = [](auto change) {
        Pdu pdu = a_deliver();
        change(std::get<ShortMessage>(pdu.body));
        return pdu;
    };
    expect_refused(with([](ShortMessage& m) { m.service_type = "sixsix"; }), "service_type");
    expect_refused(with([](ShortMessage& m) { m.source.text = std::string(21, '1'); }), "source_addr");
    expect_refused(with([](ShortMessage& m) { m.destination.text = std::string(21, '1'); }), "destination_addr");
    expect_refused(with([](ShortMessage& m) { m.validity_period = std::string(17, '0'); }), "validity_period");
    expect_refused(with([](ShortMessage& m) { m.schedule_time = std::string(17, '0'); }), "schedule_delivery_time");
    expect_refused(with([](ShortMessage& m) { m.text = Octets(255); }), "short_message");
    expect_refused({.command = Command::bind_transceiver, .body = Bind{.password = Secret("ninechars")}}, "password");
    expect_refused({.command = Command::bind_transceiver, .body = Bind{.system_id = std::string(16, 'x')}},
                   "system_id");
    expect_refused({.command = Command::submit_sm_resp, .body = MessageAnswer{std::string(65, '1')}}, "message_id");
}

TEST(PduDefectsTest, ANulInsideATextIsNotWritten) {
    Pdu pdu = a_deliver();
    std::get<ShortMessage>(pdu.body).source.text = std::string("4\0002", 3);
    expect_refused(pdu, "source_addr");
}

TEST(PduDefectsTest, NoPduIsLongerThanTheBound) {
    Pdu pdu = a_deliver();
    pdu.tlvs.add(Tag::message_payload, Octets(65'500));
    expect_refused(pdu, "whole PDU");
}

TEST(PduDefectsTest, AnErrorTextHoldsNoSecret) {
    Octets out;
    const auto written =
        append({.command = Command::bind_transceiver, .body = Bind{.password = Secret("much-too-long")}}, out);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().detail.find("much"), std::string::npos);
}

TEST(PduDefectsTest, ARequestCutAnywhereInItsBodyIsADefect) {
    const Octets whole = bytes_of(a_deliver());
    for (std::size_t length = header_bytes; length < whole.size(); ++length) {
        const auto pdu = decode(OctetView(whole).first(length));
        ASSERT_FALSE(pdu) << length;
        EXPECT_EQ(pdu.error().command, Command::deliver_sm);
        EXPECT_EQ(pdu.error().sequence, 8U);
        EXPECT_EQ(pdu.error().status, status_invalid_command_length);
    }
    EXPECT_TRUE(decode(whole));
}

TEST(PduDefectsTest, AnAnswerCutAnywhereIsReadAsFarAsItGoes) {
    for (const Pdu& answer :
         {Pdu{.command = Command::submit_sm_resp, .sequence = 8, .body = MessageAnswer{"0a1b"}},
          Pdu{.command = Command::query_sm_resp, .sequence = 8, .body = QueryAnswer{"0a1b", "", 2, 0}},
          Pdu{.command = Command::bind_transceiver_resp, .sequence = 8, .body = BindAnswer{"smsc"}}}) {
        const Octets whole = bytes_of(answer);
        for (std::size_t length = header_bytes; length <= whole.size(); ++length) {
            const auto pdu = decode(OctetView(whole).first(length));
            ASSERT_TRUE(pdu) << length;
            EXPECT_EQ(pdu->sequence, 8U);
        }
    }
}

TEST(PduDefectsTest, ATextWithoutEndIsADefect) {
    Octets answer = bytes_of({.command = Command::submit_sm_resp, .sequence = 8});
    answer.insert(answer.end(), text_bytes_max, 'x');
    EXPECT_TRUE(decode(answer));  // as long as a text may be, and without its NUL
    answer.push_back('x');
    const auto pdu = decode(answer);
    ASSERT_FALSE(pdu);
    EXPECT_EQ(pdu.error().sequence, 8U);
}

}  // namespace
}  // namespace roger::pdu
