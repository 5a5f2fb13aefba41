// The operator's look at requests, over a real engine and the sandbox's phones.
#include "api/admin_requests.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using nlohmann::json;
using testing_support::get_request;
using testing_support::member_of;
using testing_support::Pairs;
using testing_support::SmallHouse;
using testing_support::unknown_id;

class AdminRequestsTest : public testing::Test {
protected:
    AdminRequestsTest() {
        house.account("acme", [](account::Account& account) { account.price = Micros{100'000}; });
        house.account("other");
    }
    http::Response get(const std::string& rest, const Pairs& query = {}) {
        return house.ask_control(get_request("/admin/v1/requests" + rest, query));
    }
    json story(const std::string& id) {
        const auto answer = get("/" + id);
        EXPECT_EQ(answer.status, 200U) << answer.body;
        return json::parse(answer.body);
    }
    json page(const Pairs& query) {
        const auto answer = get("", query);
        EXPECT_EQ(answer.status, 200U) << answer.body;
        return json::parse(answer.body);
    }
    static std::vector<std::string> ids(const json& page) {
        std::vector<std::string> found;
        for (const json& request : page["requests"]) found.push_back(request["request_id"]);
        return found;
    }
    SmallHouse house;  // opens at 2027-01-15 08:00:00
};

TEST_F(AdminRequestsTest, ARequestInProgressTellsWhatComesNext) {
    const std::string id = house.start("447700900001", {{"sender_id", "Shop"}});
    const json told = story(id);
    EXPECT_EQ(told["request_id"], id);
    EXPECT_EQ(told["account"], "acme");
    EXPECT_EQ(told["status"], "in_progress");
    EXPECT_EQ(told["number"], "+4477******01");
    EXPECT_EQ(told["country"], "GB");
    EXPECT_EQ(told["brand"], "Acme");
    EXPECT_EQ(told["sender_id"], "Shop");
    EXPECT_EQ(told["finalized"], nullptr);
    ASSERT_EQ(told["events"].size(), 1U);
    const json& event = told["events"][0];
    EXPECT_EQ(event["state"], "delivered");
    EXPECT_EQ(event["route"], "handset");
    EXPECT_EQ(event["attempt"], 1);
    EXPECT_EQ(event["attempts_max"], 3);
    EXPECT_EQ(event["segments"], 1);
    EXPECT_EQ(event["handed_over"], "2027-01-15T08:00:00.000Z");
    EXPECT_EQ(event["receipted"], "2027-01-15T08:00:00.000Z");
    EXPECT_EQ(event["ambiguous"], false);
    EXPECT_EQ(told["next"], (json{{"at", "2027-01-15T08:02:05.000Z"}, {"what", "the next event begins"}}));
    ASSERT_EQ(told["plan"].size(), 3U);
    EXPECT_EQ(told["plan"][0]["state"], "begun");
    EXPECT_EQ(told["plan"][1]["state"], "planned");
    EXPECT_EQ(told["plan"][1]["channel"], "tts");
    EXPECT_EQ(told["plan"][1]["at"], "2027-01-15T08:02:05.000Z");
    EXPECT_EQ(told["plan"][2]["at"], "2027-01-15T08:05:05.000Z");
    EXPECT_EQ(told["charges"]["verification"], "0.00000000");
}

TEST_F(AdminRequestsTest, AnEndedRequestKeepsItsChecksButNoCode) {
    const std::string id = house.start("447700900001", {{"workflow_id", "4"}});
    const std::string pin = house.pin(id);
    const std::string wrong = pin == "1234" ? "4321" : "1234";
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", id}, {"code", wrong}}), "status"), "16");
    house.pass(seconds(10));
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", id}, {"code", pin}}), "status"), "0");
    const auto answer = get("/" + id, {{"reveal", "number"}});
    const json told = json::parse(answer.body);
    EXPECT_EQ(told["status"], "success");
    EXPECT_EQ(told["number"], "+447700900001");
    EXPECT_EQ(told["finalized"], "2027-01-15T08:00:10.000Z");
    EXPECT_EQ(told["next"], nullptr);
    EXPECT_EQ(told["plan"][1],
              (json{{"channel", "sms"}, {"wait_seconds", 180}, {"state", "not reached"}, {"at", nullptr}}));
    EXPECT_EQ(told["checks"], (json::array({{{"at", "2027-01-15T08:00:00.000Z"}, {"verdict", "wrong"}},
                                            {{"at", "2027-01-15T08:00:10.000Z"}, {"verdict", "right"}}})));
    EXPECT_EQ(told["charges"]["verification"], "0.10000000");
    EXPECT_EQ(answer.body.find('"' + pin + '"'), std::string::npos);
    EXPECT_EQ(answer.body.find('"' + wrong + '"'), std::string::npos);
}

TEST_F(AdminRequestsTest, WhyAnEventFailedIsTold) {
    const json told = story(house.start("447700900902", {{"workflow_id", "6"}}));  // refused for good
    EXPECT_EQ(told["events"][0]["state"], "failed");
    EXPECT_EQ(told["events"][0]["reason"], "the handset refuses this number");
    EXPECT_EQ(told["next"]["what"], "the request expires");
}

TEST_F(AdminRequestsTest, TheListIsNewestFirstAndGoesOnWhereAPageEnded) {
    std::vector<std::string> started;
    for (int i = 0; i < 5; ++i) {
        started.insert(started.begin(), house.start("44770090000" + std::to_string(i)));
        house.clock.advance(seconds(1));
    }
    std::vector<std::string> found;
    Pairs query{{"limit", "2"}};
    while (true) {
        const json got = page(query);
        EXPECT_LE(got["requests"].size(), 2U);
        for (const auto& id : ids(got)) found.push_back(id);
        if (got["next"].is_null()) break;
        query = {{"limit", "2"}, {"after", got["next"].get<std::string>()}};
    }
    EXPECT_EQ(found, started);
    const json first = page({})["requests"][0];
    EXPECT_EQ(first["number"], "+4477******04");
    EXPECT_EQ(first["last_event"]["route"], "handset");
    EXPECT_EQ(page({{"reveal", "number"}})["requests"][0]["number"], "+447700900004");
}

TEST_F(AdminRequestsTest, FiltersNarrowTheList) {
    const std::string one = house.start("447700900001");
    const std::string two = house.start("447700900002");
    const std::string three = house.start("447700900001", {}, "other");
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", two}, {"code", house.pin(two)}}), "status"), "0");
    using Ids = std::vector<std::string>;
    EXPECT_EQ(ids(page({{"number", "+44 7700 900001"}})), (Ids{three, one}));
    EXPECT_EQ(ids(page({{"number", "447700900001"}, {"account", "acme"}})), Ids{one});
    EXPECT_EQ(ids(page({{"status", "success"}})), Ids{two});
    EXPECT_EQ(ids(page({{"account", "nobody"}})), Ids{});
    EXPECT_EQ(ids(page({{"id", two}})), Ids{two});
    EXPECT_EQ(ids(page({{"id", unknown_id}})), Ids{});
}

TEST_F(AdminRequestsTest, WhatIsWrongIsSaid) {
    EXPECT_EQ(get("/" + std::string(unknown_id)).status, 404U);
    EXPECT_EQ(get("/nonsense").status, 404U);
    EXPECT_EQ(get("else").status, 404U);
    for (const Pairs& wrong :
         {Pairs{{"limit", "0"}}, Pairs{{"limit", "201"}}, Pairs{{"limit", "x"}}, Pairs{{"status", "SUCCESS"}},
          Pairs{{"number", "12"}}, Pairs{{"number", " "}}, Pairs{{"after", "-1"}},
          Pairs{{"after", "99999999999999999999"}}, Pairs{{"reveal", "pin"}}}) {
        EXPECT_EQ(get("", wrong).status, 400U) << wrong[0].first << "=" << wrong[0].second;
    }
    auto request = get_request("/admin/v1/requests");
    request.method = http::Method::post;
    EXPECT_EQ(house.ask_control(request).status, 405U);
    EXPECT_EQ(house.ask_admin(get_request("/admin/v1/requests")).status, 401U);
}

}  // namespace
}  // namespace roger::api
