#include "api/story.hpp"

#include <gtest/gtest.h>

#include "tests/support/requests.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using testing_support::ended_request;
using testing_support::fullest_request;
using testing_support::usual_request;
using verification::Request;

const verification::RowKey a_key{verification::first_key_at(TimePoint(seconds(1'800'000'000))).value + 1};

class StoryTest : public testing::Test {
protected:
    Story tell(const Request& row) { return story_of(row, vault, ShownNumber::masked); }

    verification::Keyring keyring = testing_support::SmallHouse::make_keyring();
    verification::Vault vault{keyring};
};

TEST_F(StoryTest, AClaimThatLapsesIsWhatComesNext) {
    Request row = usual_request(a_key, "acme", "447700900123");
    row.due = row.events[0].lease_until;
    EXPECT_EQ(tell(row)["next"]["what"], "a claim lapses");
    EXPECT_EQ(tell(row)["events"][0]["handed_over"], nullptr);
}

TEST_F(StoryTest, DoubtsAndRoutesThatWereTriedAreTold) {
    Request row = ended_request(a_key, "acme", "447700900123");
    row.events[0].ambiguous = true;
    row.events[0].attempt = 2;
    row.events[0].tried = {"smsc-b"};
    const Story event = tell(row)["events"][0];
    EXPECT_EQ(event["ambiguous"], true);
    EXPECT_EQ(event["attempt"], 2);
    EXPECT_EQ(event["tried"], Story::array({"smsc-b"}));
    EXPECT_EQ(event["price"], "0.03500000");
}

TEST_F(StoryTest, AFullRowIsToldWhole) {
    const Request row = fullest_request(a_key);
    const Story told = tell(row);
    EXPECT_EQ(told["events"].size(), 3U);
    EXPECT_EQ(told["checks"].size(), 8U);
    EXPECT_EQ(told["payment"]["amount"], "999999999.99");
    EXPECT_EQ(told["pin"]["chosen_by"], "client");
    EXPECT_EQ(told["number"], "+9999*********99");
    EXPECT_EQ(story_of(row, vault, ShownNumber::whole)["number"], "+999999999999999");
}

TEST_F(StoryTest, WhatPeersSaidNeedNotBeUtf8) {
    Request row = ended_request(a_key, "acme", "447700900123");
    row.events[0].peer_ids = {"\xff\xfe"};
    row.events[0].reason = std::string(64, '\xc3');
    EXPECT_NE(to_text(tell(row)).find("\xEF\xBF\xBD"), std::string::npos);
    EXPECT_NE(to_text(summary_of(row, vault, ShownNumber::masked)).find("\xEF\xBF\xBD"), std::string::npos);
}

TEST_F(StoryTest, ARowWithoutEventsIsToldToo) {
    Request row = usual_request(a_key, "acme", "447700900123");
    row.events.clear();
    EXPECT_EQ(tell(row)["plan"][0]["state"], "not reached");
    EXPECT_EQ(summary_of(row, vault, ShownNumber::masked)["events"], 0);
}

}  // namespace
}  // namespace roger::api
