#include "pdu/tlv.hpp"

#include <gtest/gtest.h>

namespace roger::pdu {
namespace {

TEST(TlvTest, WritesTagLengthAndValue) {
    Tlvs tlvs;
    tlvs.add_u16(Tag::sar_msg_ref_num, 0x1234);
    tlvs.add_u8(Tag::sar_total_segments, 3);
    EXPECT_EQ(tlvs.raw(), (Octets{0x02, 0x0c, 0, 2, 0x12, 0x34, 0x02, 0x0e, 0, 1, 3}));
}

TEST(TlvTest, AValueLongerThanItsLengthFieldIsRefused) {
    Tlvs tlvs;
    EXPECT_FALSE(tlvs.add(Tag::message_payload, Octets(65'536)));
    EXPECT_TRUE(tlvs.empty());
    EXPECT_TRUE(tlvs.add(Tag::message_payload, Octets(65'535)));
    EXPECT_EQ(tlvs.find(Tag::message_payload)->size(), 65'535U);
}

TEST(TlvTest, FindsBehindUnknownTagsAndTakesTheFirst) {
    const Tlvs tlvs(Octets{0x14, 0x00, 0, 2, 9, 9, 0x04, 0x27, 0, 1, 2, 0x04, 0x27, 0, 1, 5});
    EXPECT_EQ(tlvs.number(Tag::message_state), 2U);
    EXPECT_FALSE(tlvs.find(Tag::receipted_message_id));
}

TEST(TlvTest, ANumberMayHaveAnotherLengthThanTheStandards) {
    EXPECT_EQ(Tlvs(Octets{0x04, 0x27, 0, 2, 0, 2}).number(Tag::message_state), 2U);
    EXPECT_EQ(Tlvs(Octets{0x04, 0x27, 0, 4, 1, 2, 3, 4}).number(Tag::message_state), 0x01020304U);
    EXPECT_FALSE(Tlvs(Octets{0x04, 0x27, 0, 0}).number(Tag::message_state));
    EXPECT_FALSE(Tlvs(Octets{0x04, 0x27, 0, 5, 0, 0, 0, 0, 2}).number(Tag::message_state));
}

TEST(TlvTest, ATextEndsAtItsNulOrItsLength) {
    EXPECT_EQ(Tlvs(Octets{0x00, 0x1e, 0, 3, 'a', 'b', 0}).text(Tag::receipted_message_id), "ab");
    EXPECT_EQ(Tlvs(Octets{0x00, 0x1e, 0, 2, 'a', 'b'}).text(Tag::receipted_message_id), "ab");
    EXPECT_EQ(Tlvs(Octets{0x00, 0x1e, 0, 0}).text(Tag::receipted_message_id), "");
}

TEST(TlvTest, WhatIsCutOffIsKeptAndNotRead) {
    const Octets bytes{0x02, 0x0e, 0, 1, 3, 0x04, 0x27, 0, 9, 2};
    const Tlvs tlvs(bytes);
    EXPECT_EQ(tlvs.number(Tag::sar_total_segments), 3U);
    EXPECT_FALSE(tlvs.find(Tag::message_state));
    EXPECT_EQ(tlvs.raw(), bytes);
    for (std::size_t length = 0; length < 4; ++length) {
        EXPECT_FALSE(Tlvs(OctetView(bytes).first(length)).find(Tag::sar_total_segments)) << length;
    }
}

}  // namespace
}  // namespace roger::pdu
