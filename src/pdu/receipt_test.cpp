#include "pdu/receipt.hpp"

#include <gtest/gtest.h>

namespace roger::pdu {
namespace {

Octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }

Pdu deliver(std::uint8_t esm_class, std::string_view text) {
    ShortMessage message;
    message.source = {.ton = 1, .npi = 1, .text = "447400123456"};
    message.esm_class = esm_class;
    message.text = octets_of(text);
    return {.command = Command::deliver_sm, .sequence = 7, .body = std::move(message)};
}

constexpr std::string_view usual =
    "id:0A1B sub:001 dlvrd:001 submit date:2601020304 done date:260102030507 stat:DELIVRD err:000 text:Your code is "
    "4711";

TEST(ReceiptTest, ReadsTheUsualText) {
    const Receipt receipt = read_receipt(deliver(0x04, usual));
    EXPECT_EQ(receipt.id, "0A1B");
    EXPECT_EQ(receipt.state, MessageState::delivered);
    EXPECT_EQ(receipt.delivery(), Delivery::delivered);
    EXPECT_EQ(receipt.error, "000");
    EXPECT_EQ(receipt.number, "447400123456");
    EXPECT_FALSE(receipt.intermediate);
    EXPECT_EQ(receipt.done, parse_rfc3339("2026-01-02T03:05:07.000Z"));
}

TEST(ReceiptTest, KeysCountAndNotTheirPlace) {
    const ReceiptText text = parse_receipt_text("STAT: undeliv ERR=EC12;ID:99,Done Date:2601020304 SUB:1");
    EXPECT_EQ(text.stat, "undeliv");
    EXPECT_EQ(text.err, "EC12");
    EXPECT_EQ(text.id, "99");
    EXPECT_EQ(text.done_date, "2601020304");
    EXPECT_EQ(text.submit_date, "");
}

TEST(ReceiptTest, TheMessagesOwnWordsAreNoKeys) {
    const ReceiptText text = parse_receipt_text("id:1 stat:DELIVRD text:id:2 stat:REJECTD err:5");
    EXPECT_EQ(text.id, "1");
    EXPECT_EQ(text.stat, "DELIVRD");
    EXPECT_EQ(text.err, "");
}

TEST(ReceiptTest, AnyTextIsToleratedWhatIsMissingStaysEmpty) {
    for (const std::string_view text :
         {"", "id", "id:", ":", "stat", "submit date", "id :  ", "   ", "sub:001", "\x01\xff id", "text:"}) {
        const ReceiptText parsed = parse_receipt_text(text);
        EXPECT_EQ(parsed.id, "") << text;
        EXPECT_EQ(parsed.stat, "") << text;
    }
    const Receipt receipt = read_receipt(deliver(0x04, "sub:001"));
    EXPECT_EQ(receipt.id, "");
    EXPECT_FALSE(receipt.state);
    EXPECT_EQ(receipt.delivery(), Delivery::pending);
}

TEST(ReceiptTest, TlvsWinOverTheText) {
    Pdu pdu = deliver(0x04, usual);
    pdu.tlvs.add(Tag::receipted_message_id, octets_of(std::string_view("77\0", 3)));
    pdu.tlvs.add_u8(Tag::message_state, 5);
    const Receipt receipt = read_receipt(pdu);
    EXPECT_EQ(receipt.id, "77");
    EXPECT_EQ(receipt.state, MessageState::undeliverable);
    EXPECT_EQ(receipt.error, "000");
}

TEST(ReceiptTest, AStateThatIsUnknownInTheTlvIsReadFromTheText) {
    Pdu pdu = deliver(0x04, usual);
    pdu.tlvs.add_u8(Tag::message_state, 0x41);
    EXPECT_EQ(read_receipt(pdu).state, MessageState::delivered);
}

TEST(ReceiptTest, EsmClassTellsReceiptsFromMessages) {
    EXPECT_TRUE(is_receipt(deliver(0x04, "")));
    EXPECT_TRUE(is_receipt(deliver(0x20, "")));
    EXPECT_TRUE(is_receipt(deliver(0x44, "")));
    EXPECT_FALSE(is_receipt(deliver(0x00, usual)));
    EXPECT_FALSE(is_receipt(deliver(0x08, "")));
    EXPECT_FALSE(is_receipt(deliver(0x40, "STOP")));
    Pdu by_tlv = deliver(0x00, "");
    by_tlv.tlvs.add(Tag::receipted_message_id, octets_of("1"));
    EXPECT_TRUE(is_receipt(by_tlv));
    EXPECT_FALSE(is_receipt(Pdu{.command = Command::enquire_link}));
}

TEST(ReceiptTest, AnIntermediateNotificationIsNeverFinal) {
    const Receipt receipt = read_receipt(deliver(0x20, usual));
    EXPECT_TRUE(receipt.intermediate);
    EXPECT_EQ(receipt.delivery(), Delivery::pending);
}

TEST(ReceiptTest, ATextInThePayloadOrInUcs2IsReadToo) {
    Pdu payload = deliver(0x04, "");
    payload.tlvs.add(Tag::message_payload, octets_of(usual));
    EXPECT_EQ(read_receipt(payload).id, "0A1B");

    std::string wide;
    for (const char c : usual) wide += {'\0', c};
    Pdu ucs2 = deliver(0x04, wide.substr(0, 200));
    std::get<ShortMessage>(ucs2.body).data_coding = 8;
    EXPECT_EQ(read_receipt(ucs2).id, "0A1B");

    DataMessage data;
    data.source.text = "+447400123456";
    data.esm_class = 0x04;
    Pdu by_data{.command = Command::data_sm, .body = std::move(data)};
    by_data.tlvs.add(Tag::message_payload, octets_of(usual));
    EXPECT_TRUE(is_receipt(by_data));
    EXPECT_EQ(read_receipt(by_data).id, "0A1B");
    EXPECT_EQ(read_receipt(by_data).number, "447400123456");
}

TEST(ReceiptTest, StatesAreDeliveredFailedOrPending) {
    const auto delivery = [](std::string_view word) { return delivery_of(*message_state_from(word)); };
    EXPECT_EQ(delivery("DELIVRD"), Delivery::delivered);
    for (const std::string_view word : {"EXPIRED", "UNDELIV", "REJECTD", "DELETED", "Undeliverable"}) {
        EXPECT_EQ(delivery(word), Delivery::failed) << word;
    }
    for (const std::string_view word : {"ACCEPTD", "ENROUTE", "unknown"}) {
        EXPECT_EQ(delivery(word), Delivery::pending) << word;
    }
    EXPECT_FALSE(message_state_from("DELIVRDX"));
    EXPECT_FALSE(message_state_from(""));
    for (int number = 0; number <= 9; ++number) {
        const auto state = static_cast<MessageState>(number);
        if (const auto read = message_state_from(to_string(state))) EXPECT_EQ(*read, state);
    }
}

TEST(ReceiptTest, AnErrorIsShortAndHarmless) {
    EXPECT_EQ(read_receipt(deliver(0x04, "id:1 err:0x1F-\x01z")).error, "0x1Fz");
    EXPECT_EQ(read_receipt(deliver(0x04, "id:1 err:" + std::string(99, '9'))).error.size(), error_bytes_max);
}

TEST(ReceiptTest, ReadsThreeLayoutsOfDates) {
    EXPECT_EQ(parse_receipt_date("2601020304"), parse_rfc3339("2026-01-02T03:04:00.000Z"));
    EXPECT_EQ(parse_receipt_date("260102030405"), parse_rfc3339("2026-01-02T03:04:05.000Z"));
    EXPECT_EQ(parse_receipt_date("20260102030405"), parse_rfc3339("2026-01-02T03:04:05.000Z"));
    for (const std::string_view bad : {"", "260102", "2613020304", "2602300304", "2601022404", "2601020360",
                                       "26010203x4", "-601020304", "26010203045", "999999999999999"}) {
        EXPECT_FALSE(parse_receipt_date(bad)) << bad;
    }
}

}  // namespace
}  // namespace roger::pdu
