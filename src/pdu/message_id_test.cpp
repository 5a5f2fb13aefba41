#include "pdu/message_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roger::pdu {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MessageIdTest, CaseSpacesAndZerosInFrontDoNotMatter) {
    EXPECT_EQ(normal_message_id("00AbC"), "abc");
    EXPECT_EQ(normal_message_id("  0012 "), "12");
    EXPECT_EQ(normal_message_id("000"), "0");
    EXPECT_EQ(normal_message_id("5FB0-4C1D"), "5fb0-4c1d");
}

TEST(MessageIdTest, WhatIsNormalStaysSo) {
    for (const std::string_view id : {"0 a", "0 0", "00 ", " 0", "0", "000x"}) {
        const std::string normal = normal_message_id(id);
        EXPECT_EQ(normal_message_id(normal), normal) << id;
    }
}

TEST(MessageIdTest, WhatCannotBeAnIdHasNoForm) {
    EXPECT_EQ(normal_message_id(""), "");
    EXPECT_EQ(normal_message_id("  "), "");
    EXPECT_EQ(normal_message_id("a\nb"), "");
    EXPECT_EQ(normal_message_id(std::string(message_id_bytes_max + 1, '1')), "");
    EXPECT_THAT(message_id_candidates("", MessageIdForm::automatic), IsEmpty());
}

TEST(MessageIdTest, WithoutAHintEveryReadingIsTriedAsItIsFirst) {
    EXPECT_THAT(message_id_candidates("0010", MessageIdForm::automatic), ElementsAre("10", "16", "a"));
    EXPECT_THAT(message_id_candidates("FF", MessageIdForm::automatic), ElementsAre("ff", "255"));
    EXPECT_THAT(message_id_candidates("7", MessageIdForm::automatic), ElementsAre("7"));
    EXPECT_THAT(message_id_candidates("a-uuid", MessageIdForm::automatic), ElementsAre("a-uuid"));
}

TEST(MessageIdTest, AKnownPeerHasOneReading) {
    EXPECT_THAT(message_id_candidates("0010", MessageIdForm::as_is), ElementsAre("10"));
    EXPECT_THAT(message_id_candidates("0010", MessageIdForm::hex_in_resp), ElementsAre("a"));
    EXPECT_THAT(message_id_candidates("0010", MessageIdForm::hex_in_receipt), ElementsAre("16"));
}

TEST(MessageIdTest, WhatTheFormCannotReadStaysAsItIs) {
    EXPECT_THAT(message_id_candidates("beef", MessageIdForm::hex_in_resp), ElementsAre("beef"));
    EXPECT_THAT(message_id_candidates("x1", MessageIdForm::hex_in_receipt), ElementsAre("x1"));
    // 21 digits are more than 64 bits hold.
    EXPECT_THAT(message_id_candidates("999999999999999999999", MessageIdForm::hex_in_resp),
                ElementsAre("999999999999999999999"));
}

TEST(MessageIdTest, AnAnswerInHexMeetsItsReceiptInDecimal) {
    // 64 bits: what an SMSC with a counter of its own makes of both.
    const std::string stored = normal_message_id("DEADBEEFCAFEF00D");
    EXPECT_THAT(message_id_candidates("16045690984503111693", MessageIdForm::automatic), testing::Contains(stored));
    EXPECT_THAT(message_id_candidates("16045690984503111693", MessageIdForm::hex_in_resp), ElementsAre(stored));
}

TEST(MessageIdTest, TheWordsOfTheConfigurationAreRead) {
    EXPECT_EQ(message_id_form_from("auto"), MessageIdForm::automatic);
    EXPECT_EQ(message_id_form_from("as-is"), MessageIdForm::as_is);
    EXPECT_EQ(message_id_form_from("hex-in-resp"), MessageIdForm::hex_in_resp);
    EXPECT_EQ(message_id_form_from("hex-in-receipt"), MessageIdForm::hex_in_receipt);
    EXPECT_FALSE(message_id_form_from("hex"));
}

}  // namespace
}  // namespace roger::pdu
