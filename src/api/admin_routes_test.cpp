#include "api/admin_routes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using nlohmann::json;
using testing_support::get_request;
using testing_support::json_request;
using testing_support::SmallHouse;

class AdminRoutesTest : public testing::Test {
protected:
    std::pair<unsigned, json> ask(http::Method method, const std::string& rest, const std::string& body = "") {
        http::Request request = json_request("/admin/v1/routes" + rest, body);
        request.method = method;
        const auto response = house.ask_control(request);
        return {response.status, json::parse(response.body)};
    }
    json sms_route() {
        const json body = ask(http::Method::get, "").second;
        for (const json& route : body["routes"]) {
            if (route["channel"] == "sms") return route;
        }
        return {};
    }
    std::string start() {
        house.account("acme");
        return testing_support::member_of(house.v1("start", {{"number", "447700900001"}, {"brand", "Acme"}}), "status");
    }
    SmallHouse house;
};

TEST_F(AdminRoutesTest, TheListShowsHowEachRouteStands) {
    const auto [status, body] = ask(http::Method::get, "");
    EXPECT_EQ(status, 200U);
    ASSERT_EQ(body["routes"].size(), 2U);
    const json route = sms_route();
    EXPECT_EQ(route["name"], "handset");
    EXPECT_EQ(route["countries"], json::array({"*"}));
    EXPECT_EQ(route["price"], "0.00000000");
    EXPECT_EQ(route["enabled"], true);
    EXPECT_EQ(route["up"], true);
    EXPECT_EQ(route["backlog_ms"], 0);
}

TEST_F(AdminRoutesTest, ADisabledRouteTakesNothingUntilItIsEnabled) {
    EXPECT_EQ(start(), "0");
    const auto [status, body] = ask(http::Method::patch, "/handset", R"({"enabled":false})");
    EXPECT_EQ(status, 200U);
    EXPECT_EQ(body["enabled"], false);
    EXPECT_EQ(body["enabled_in_file"], true);
    EXPECT_EQ(body["up"], false);
    EXPECT_EQ(testing_support::member_of(house.v1("start", {{"number", "447700900002"}, {"brand", "Acme"}}), "status"),
              "15");
    EXPECT_EQ(ask(http::Method::patch, "/handset", R"({"enabled":true})").second["up"], true);
    EXPECT_EQ(testing_support::member_of(house.v1("start", {{"number", "447700900002"}, {"brand", "Acme"}}), "status"),
              "0");
}

TEST_F(AdminRoutesTest, ATestMessageIsFollowed) {
    const auto [status, test] = ask(http::Method::post, "/handset/tests", R"({"number":"+447700900123"})");
    EXPECT_EQ(status, 202U);
    EXPECT_EQ(test["number"], "+4477******23");
    const std::string path = "/handset/tests/" + test["id"].get<std::string>();
    const auto [found, now] = ask(http::Method::get, path);
    EXPECT_EQ(found, 200U);
    EXPECT_EQ(now["state"], "delivered");
    EXPECT_EQ(now["segments"], 1);

    const auto [posted, refused] = ask(http::Method::post, "/handset/tests", R"({"number":"+447700900902"})");
    EXPECT_EQ(posted, 202U);
    const auto after = ask(http::Method::get, "/handset/tests/" + refused["id"].get<std::string>()).second;
    EXPECT_EQ(after["state"], "refused");
    EXPECT_EQ(after["reason"], "the handset refuses this number");
}

TEST_F(AdminRoutesTest, WhatIsWrongIsSaid) {
    EXPECT_EQ(ask(http::Method::post, "").first, 405U);
    EXPECT_EQ(ask(http::Method::get, "/nobody").first, 404U);
    EXPECT_EQ(ask(http::Method::patch, "/nobody", R"({"enabled":true})").first, 404U);
    EXPECT_EQ(ask(http::Method::get, "/handset").first, 405U);
    EXPECT_EQ(ask(http::Method::patch, "/handset", R"({"enabled":1})").first, 400U);
    EXPECT_EQ(ask(http::Method::patch, "/handset", "nonsense").first, 400U);
    EXPECT_EQ(ask(http::Method::post, "/handset/tests", R"({"number":"12"})").first, 400U);
    EXPECT_EQ(ask(http::Method::post, "/handset/tests", "{}").first, 400U);
    EXPECT_EQ(ask(http::Method::get, "/handset/tests").first, 405U);
    EXPECT_EQ(ask(http::Method::get, "/handset/tests/1").first, 404U);
    EXPECT_EQ(ask(http::Method::get, "/handset/tests/x").first, 404U);
    EXPECT_EQ(ask(http::Method::get, "/handset/elsewhere").first, 404U);
}

}  // namespace
}  // namespace roger::api
