#include "channel/smpp_write.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roger::channel {
namespace {

const TimePoint written_at{seconds(1'800'000'000)};

Outbound outbound(std::string text) {
    Outbound message;
    message.number = "447400123456";
    message.country = "GB";
    message.text = std::move(text);
    message.pin_dead_at = written_at + seconds(300);
    return message;
}

SmppSmsOptions options() {
    SmppSmsOptions made;
    made.peer.name = "smsc";
    made.sender = "ACME";
    made.senders = {{"IN", "ACMEIN"}, {"US", "12015550123"}};
    return made;
}

std::string text_of(const smpp::Segment& segment) { return {segment.message.text.begin(), segment.message.text.end()}; }

TEST(SmppWriteTest, AShortTextIsOneSubmit) {
    const auto written = write_segments(outbound("Your code is 4711"), options(), 9, written_at);
    ASSERT_TRUE(written);
    ASSERT_EQ(written->submits.size(), 1U);
    EXPECT_EQ(written->segments, 1);
    const pdu::ShortMessage& submit = written->submits[0].message;
    EXPECT_EQ(submit.destination, (pdu::Address{1, 1, "447400123456"}));
    EXPECT_EQ(submit.source, (pdu::Address{5, 0, "ACME"}));
    EXPECT_EQ(submit.validity_period, "000000000500000R");
    EXPECT_EQ(submit.registered_delivery, 1);
    EXPECT_EQ(submit.data_coding, 0);
    EXPECT_EQ(submit.esm_class, 0);
    EXPECT_EQ(text_of(written->submits[0]), "Your code is 4711");
    EXPECT_TRUE(written->submits[0].tlvs.empty());
}

TEST(SmppWriteTest, TheSenderIsTheMessagesThenTheCountrysThenTheRoutes) {
    const auto source = [](const Outbound& message) {
        return write_segments(message, options(), 0, written_at)->submits.at(0).message.source;
    };
    Outbound message = outbound("hi");
    message.country = "US";
    EXPECT_EQ(source(message), (pdu::Address{1, 1, "12015550123"}));
    message.country = "IN";
    EXPECT_EQ(source(message), (pdu::Address{5, 0, "ACMEIN"}));
    message.sender = "Shop 24";
    EXPECT_EQ(source(message), (pdu::Address{5, 0, "Shop 24"}));
}

TEST(SmppWriteTest, KindsOfSendersAreTold) {
    EXPECT_EQ(sender_address("ACME"), (pdu::Address{5, 0, "ACME"}));
    EXPECT_EQ(sender_address("60777"), (pdu::Address{3, 0, "60777"}));
    EXPECT_EQ(sender_address("+447700900000"), (pdu::Address{1, 1, "447700900000"}));
    EXPECT_EQ(sender_address("4477009"), (pdu::Address{1, 1, "4477009"}));
    EXPECT_EQ(sender_address(""), (pdu::Address{0, 0, ""}));
}

TEST(SmppWriteTest, TheValidityIsWhatIsLeftOfThePin) {
    EXPECT_EQ(validity_period(seconds(300)), "000000000500000R");
    EXPECT_EQ(validity_period(milliseconds(59'001)), "000000000100000R");
    EXPECT_EQ(validity_period(milliseconds(-5)), "000000000001000R");
    EXPECT_EQ(validity_period(seconds(90'061)), "000001010101000R");
    EXPECT_EQ(validity_period(std::chrono::hours(24 * 365)), "000030000000000R");
    Outbound message = outbound("hi");
    message.pin_dead_at = {};
    EXPECT_EQ(write_segments(message, options(), 0, written_at)->submits[0].message.validity_period, "");
}

TEST(SmppWriteTest, PartsAreHeldTogetherByAHeader) {
    const auto written = write_segments(outbound(std::string(200, 'a')), options(), 0x42, written_at);
    ASSERT_TRUE(written);
    ASSERT_EQ(written->submits.size(), 2U);
    EXPECT_EQ(written->segments, 2);
    for (std::uint8_t n = 1; n <= 2; ++n) {
        const pdu::ShortMessage& submit = written->submits[n - 1U].message;
        EXPECT_EQ(submit.esm_class, pdu::esm_has_udh);
        EXPECT_EQ(submit.registered_delivery, 1) << "of every part";
        EXPECT_THAT(submit.text, testing::Contains(std::uint8_t{'a'}));
        EXPECT_EQ(pdu::Octets(submit.text.begin(), submit.text.begin() + 6), (pdu::Octets{5, 0, 3, 0x42, 2, n}));
    }
    EXPECT_EQ(written->submits[0].message.text.size(), 159U);
    EXPECT_EQ(written->submits[1].message.text.size(), 6U + 47U);
}

TEST(SmppWriteTest, PartsMayBeHeldTogetherByTlvs) {
    SmppSmsOptions sar = options();
    sar.multipart = Multipart::sar;
    const auto written = write_segments(outbound(std::string(200, 'a')), sar, 0x42, written_at);
    ASSERT_EQ(written->submits.size(), 2U);
    EXPECT_EQ(written->submits[1].message.esm_class, 0);
    EXPECT_EQ(written->submits[1].tlvs.number(pdu::Tag::sar_msg_ref_num), 0x42U);
    EXPECT_EQ(written->submits[1].tlvs.number(pdu::Tag::sar_total_segments), 2U);
    EXPECT_EQ(written->submits[1].tlvs.number(pdu::Tag::sar_segment_seqnum), 2U);
    EXPECT_EQ(text_of(written->submits[0]), std::string(153, 'a'));
}

TEST(SmppWriteTest, ThePeerMayDivideTheTextItself) {
    SmppSmsOptions payload = options();
    payload.multipart = Multipart::payload;
    const auto written = write_segments(outbound(std::string(200, 'a')), payload, 0x42, written_at);
    ASSERT_EQ(written->submits.size(), 1U);
    EXPECT_EQ(written->segments, 2) << "what is billed";
    EXPECT_TRUE(written->submits[0].message.text.empty());
    EXPECT_EQ(written->submits[0].tlvs.find(pdu::Tag::message_payload)->size(), 200U);
    EXPECT_EQ(text_of(write_segments(outbound("short"), payload, 0, written_at)->submits[0]), "short");
}

TEST(SmppWriteTest, VendorsParametersGoWithEveryPart) {
    SmppSmsOptions made = options();
    made.tlvs = {{0x1400, "1101"}, {0x1401, "1107"}};
    const auto written = write_segments(outbound(std::string(200, 'a')), made, 9, written_at);
    ASSERT_EQ(written->submits.size(), 2U);
    for (const smpp::Segment& segment : written->submits) {
        EXPECT_EQ(segment.tlvs.text(static_cast<pdu::Tag>(0x1400)), "1101");
        EXPECT_EQ(segment.tlvs.text(static_cast<pdu::Tag>(0x1401)), "1107");
    }
}

TEST(SmppWriteTest, AnotherAlphabetIsSaidSo) {
    const auto written = write_segments(outbound("код 4711"), options(), 0, written_at);
    ASSERT_TRUE(written);
    EXPECT_EQ(written->submits[0].message.data_coding, 8);
    EXPECT_EQ(written->submits[0].message.text.size(), 16U);
}

TEST(SmppWriteTest, ATextThatCannotBeWrittenIsRefused) {
    const auto written = write_segments(outbound(std::string(10'000, 'a')), options(), 0, written_at);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::blocked);
}

}  // namespace
}  // namespace roger::channel
