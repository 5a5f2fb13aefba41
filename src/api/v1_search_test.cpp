// Search, over a real engine.
#include <gtest/gtest.h>

#include "api/v1.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api::v1 {
namespace {

using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::Pairs;
using testing_support::SmallHouse;
using testing_support::unknown_id;

const std::string no_response = R"({"status":"101","error_text":"No response found"})";
const std::string too_many = R"({"status":"18","error_text":"Too many request_ids provided"})";
const std::string no_id =
    R"({"status":"2","error_text":"Your request is incomplete and missing the mandatory parameter `request_id`"})";

class V1SearchTest : public testing::Test {
protected:
    V1SearchTest() {
        house.account("acme", [](account::Account& account) { account.price = Micros{100'000}; });
    }
    http::Response search(Pairs pairs, const std::string& key = "acme", const std::string& format = "json") {
        return house.v1("search", std::move(pairs), key, format);
    }
    http::Response search_json(const std::string& member) {
        return house.ask(
            json_request("/verify/search/json", R"({"api_key":"acme","api_secret":"secret-of-acme",)" + member + "}"));
    }
    /// The ids of a list answer, in its order; empty when it is none.
    static std::vector<std::string> listed(const http::Response& answer) {
        std::vector<std::string> ids;
        if (!answer.body.starts_with(R"({"verification_requests":[)")) return ids;
        const std::string name = R"("request_id":")";
        for (std::size_t at = answer.body.find(name); at != std::string::npos; at = answer.body.find(name, at + 1)) {
            ids.push_back(answer.body.substr(at + name.size(), 32));
        }
        return ids;
    }
    std::string event_of(const std::string& id) {
        return member_of(
            house.ask(get_request(
                "/sandbox/messages",
                {{"api_key", "acme"}, {"api_secret", "secret-of-acme"}, {"request_id", id}, {"limit", "1"}})),
            "event_id");
    }

    SmallHouse house;  // opens at 2027-01-15 08:00:00
};

TEST_F(V1SearchTest, ShowsARequestInProgress) {
    const std::string id = house.start("447700900001");
    EXPECT_EQ(
        search({{"request_id", id}}).body,
        R"({"request_id":")" + id +
            R"(","account_id":"acme","status":"IN PROGRESS","number":"447700900001","price":"0.00000000","currency":"EUR",)"
            R"("sender_id":"verify","date_submitted":"2027-01-15 08:00:00","date_finalized":"",)"
            R"("first_event_date":"2027-01-15 08:00:00","last_event_date":"2027-01-15 08:00:00",)"
            R"("estimated_price_messages_sent":"0.00000000","checks":[],"events":[{"type":"sms","id":")" +
            event_of(id) + R"("}]})");
}

TEST_F(V1SearchTest, ShowsChecksAndEventsOldestFirst) {
    const std::string id = house.start("447700900001", {{"sender_id", "Acme"}});
    const std::string first = event_of(id);
    house.pass(seconds(61));
    const std::string pin = house.pin(id);
    const std::string wrong = pin == "1234" ? "4321" : "1234";
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", id}, {"code", wrong}}), "status"), "16");
    house.pass(seconds(64));
    const std::string second = event_of(id);
    EXPECT_EQ(member_of(house.v1("check", {{"request_id", id}, {"code", " " + pin}}), "status"), "0");
    const auto xml = [&](const std::string& name, const std::string& value) {
        return "<" + name + ">" + value + "</" + name + ">";
    };
    EXPECT_EQ(search({{"request_id", id}}, "acme", "xml").body,
              R"(<?xml version="1.0" encoding="UTF-8"?><verify_request>)" + xml("request_id", id) +
                  xml("account_id", "acme") + xml("status", "SUCCESS") + xml("number", "447700900001") +
                  xml("price", "0.10000000") + xml("currency", "EUR") + xml("sender_id", "Acme") +
                  xml("date_submitted", "2027-01-15 08:00:00") + xml("date_finalized", "2027-01-15 08:02:05") +
                  xml("first_event_date", "2027-01-15 08:00:00") + xml("last_event_date", "2027-01-15 08:02:05") +
                  xml("estimated_price_messages_sent", "0.00000000") + "<checks><check>" +
                  xml("date_received", "2027-01-15 08:01:01") + xml("code", wrong) + xml("status", "INVALID") +
                  xml("ip_address", "") + "</check><check>" + xml("date_received", "2027-01-15 08:02:05") +
                  xml("code", pin) + xml("status", "VALID") + xml("ip_address", "") +
                  "</check></checks><events><event>" + xml("type", "sms") + xml("id", first) + "</event><event>" +
                  xml("type", "tts") + xml("id", second) + "</event></events></verify_request>");
}

TEST_F(V1SearchTest, AFailedEventIsNotShown) {
    const std::string id = house.start("447700900902", {{"workflow_id", "6"}});  // refused for good
    EXPECT_NE(search({{"request_id", id}}).body.find(R"("first_event_date":"","last_event_date":"")"),
              std::string::npos);
    EXPECT_TRUE(search({{"request_id", id}}).body.ends_with(R"("checks":[],"events":[]})"));
    EXPECT_EQ(member_of(search({{"request_id", id}}), "status"), "IN PROGRESS");
    house.pass(seconds(300));
    EXPECT_EQ(member_of(search({{"request_id", id}}), "status"), "EXPIRED");
    EXPECT_EQ(member_of(search({{"request_id", id}}), "date_finalized"), "2027-01-15 08:05:00");
}

TEST_F(V1SearchTest, UnknownAndForeignRequestsAreNotFound) {
    const std::string id = house.start("447700900001");
    house.account("other");
    for (const auto& [answer, why] : {std::pair(search({{"request_id", unknown_id}}), "unknown"),
                                      std::pair(search({{"request_id", "abc"}}), "no id"),
                                      std::pair(search({{"request_id", id}}, "other"), "foreign"),
                                      std::pair(search({{"request_ids", unknown_id}}), "a list of unknown ones")}) {
        EXPECT_EQ(answer.body, no_response) << why;
        EXPECT_EQ(header_of(answer, "Roger-Reason"), "rule=not-found; scope=request") << why;
    }
}

TEST_F(V1SearchTest, RequestsAreKeptForTheAccountsRetention) {
    const std::string id = house.start("447700900001");
    house.pass(std::chrono::days(30));
    EXPECT_EQ(member_of(search({{"request_id", id}}), "status"), "EXPIRED");
    house.pass(seconds(1));
    EXPECT_EQ(search({{"request_id", id}}).body, no_response);
    house.account("acme", [](account::Account& account) { account.retention_days = 31; });
    EXPECT_EQ(member_of(search({{"request_id", id}}), "status"), "EXPIRED");
}

TEST_F(V1SearchTest, SeveralIdsAreAListWithoutTheUnknownOnes) {
    const std::string one = house.start("447700900001");
    const std::string two = house.start("447700900002");
    const std::vector<std::string> both{two, one};
    EXPECT_EQ(listed(search({{"request_ids", two}, {"request_ids", unknown_id}, {"request_ids", one}})), both);
    EXPECT_EQ(listed(search_json(R"("request_ids":[")" + two + R"(","",")" + one + R"("])")), both);
    EXPECT_EQ(listed(search({{"request_ids", one}})), std::vector{one}) << "a list even for one";
    EXPECT_EQ(listed(search({{"request_id", two}, {"request_ids", one}})), std::vector{one});
}

// server-sdk 3 joins the ids of search([a, b]) with commas.
TEST_F(V1SearchTest, CommasSeparateIds) {
    const std::string one = house.start("447700900001");
    const std::string two = house.start("447700900002");
    const std::vector<std::string> both{one, two};
    EXPECT_EQ(listed(search({{"request_id", one + "," + two}})), both);
    EXPECT_EQ(listed(search({{"request_id", "," + one + ",," + two + ","}})), both);
    EXPECT_EQ(listed(search({{"request_ids", one + "," + two}})), both);
    const auto alone = search({{"request_id", one + ","}});
    EXPECT_TRUE(listed(alone).empty());
    EXPECT_EQ(member_of(alone, "request_id"), one);
}

TEST_F(V1SearchTest, MoreThanTenIdsAreTooMany) {
    std::string ids = unknown_id;
    for (int i = 1; i < 10; ++i) ids += std::string(",") + unknown_id;
    EXPECT_EQ(search({{"request_ids", ids}}).body, no_response);
    const auto answer = search({{"request_ids", ids + ",a"}});
    EXPECT_EQ(answer.body, too_many);
    EXPECT_EQ(header_of(answer, "Roger-Reason"), "rule=too-many-ids; scope=request_ids");
    EXPECT_EQ(search({{"request_id", ids + ",a"}}).body, too_many);
}

TEST_F(V1SearchTest, EmptyIdsAreNotGiven) {
    for (const Pairs& pairs :
         {Pairs{}, Pairs{{"request_id", ""}}, Pairs{{"request_id", ","}}, Pairs{{"request_ids", ""}}}) {
        EXPECT_EQ(search(pairs).body, no_id);
    }
    EXPECT_EQ(search_json(R"("request_ids":[""])").body, no_id);
    EXPECT_EQ(search_json(R"("request_ids":null)").body, no_id);
    const std::string id = house.start("447700900001");
    EXPECT_EQ(member_of(search({{"request_ids", ""}, {"request_id", id}}), "request_id"), id);
}

TEST_F(V1SearchTest, IdsOutOfTheirRuleAreNamed) {
    const std::string bad_one = R"({"status":"3","error_text":"Invalid value for param: request_id"})";
    const std::string bad_list = R"({"status":"3","error_text":"Invalid value for param: request_ids"})";
    EXPECT_EQ(search({{"request_id", std::string(33, 'a')}}).body, bad_one);
    EXPECT_EQ(search({{"request_id", "a b"}}).body, bad_one);
    EXPECT_EQ(search_json(R"("request_id":["a","b"])").body, bad_one);
    EXPECT_EQ(search({{"request_ids", unknown_id}, {"request_ids", "a!"}}).body, bad_list);
    EXPECT_EQ(search_json(R"("request_ids":{"a":"b"})").body, bad_list);
    EXPECT_EQ(search_json(R"("request_ids":["a",["b"]])").body, bad_list);
}

}  // namespace
}  // namespace roger::api::v1
