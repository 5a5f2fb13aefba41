// Which handler answers a path, on each of the three doors.
#include "api/router.hpp"

#include <set>

#include <gtest/gtest.h>

#include "pages/pages.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using testing_support::get_request;
using testing_support::header_of;
using testing_support::json_request;
using testing_support::member_of;
using testing_support::SmallHouse;

class RouterTest : public testing::Test {
protected:
    http::Response broken(std::string_view path, unsigned status) {
        http::Response response;
        response.status = status;
        house.router().broken(path, response);
        return response;
    }
    SmallHouse house;
};

TEST_F(RouterTest, EveryAnswerHasAnIdOfItsOwn) {
    std::set<std::string> ids;
    std::size_t answers = 0;
    const auto take = [&](const http::Response& answer) {
        ids.insert(header_of(answer, "X-Request-Id"));
        ++answers;
    };
    for (const auto* path :
         {"/healthz", "/readyz", "/verify/json", "/verify/x", "/sandbox/messages", "/handset", "/", "/nothing"}) {
        take(house.ask(get_request(path)));
    }
    for (const auto* path : {"/healthz", "/metrics", "/admin/v1/accounts"}) {
        take(house.ask_admin(get_request(path)));
        take(house.ask_control(get_request(path)));
    }
    take(broken("/verify/json", 400));
    take(broken("", 400));
    EXPECT_EQ(ids.size(), answers);
    EXPECT_FALSE(ids.contains(""));
}

TEST_F(RouterTest, IdsOfTwoProcessesDiffer) {
    SmallHouse::Options options;
    options.seed = 2;
    SmallHouse other(std::move(options));
    const std::string mine = header_of(house.ask(get_request("/healthz")), "X-Request-Id");
    const std::string theirs = header_of(other.ask(get_request("/healthz")), "X-Request-Id");
    EXPECT_EQ(mine.substr(8), "-1");
    EXPECT_EQ(theirs.substr(8), "-1");
    EXPECT_NE(mine, theirs);
}

TEST_F(RouterTest, HealthIsFineWhileTheProcessLives) {
    house.router().set_readiness(Readiness::stopping);
    const auto answer = house.ask(get_request("/healthz"));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(RouterTest, ReadinessSaysWhyNot) {
    const auto expect = [&](unsigned status, const std::string& body) {
        for (const auto& answer : {house.ask(get_request("/readyz")), house.ask_admin(get_request("/readyz"))}) {
            EXPECT_EQ(answer.status, status);
            EXPECT_EQ(answer.body, body);
        }
    };
    expect(200, R"({"status":"ready","sandbox":true})");
    house.router().set_readiness(Readiness::starting);
    expect(503, R"({"status":"starting","sandbox":true})");
    house.router().set_readiness(Readiness::stopping);
    expect(503, R"({"status":"stopping","sandbox":true})");
    house.router().set_readiness(Readiness::ready);
    house.account("acme");
    store::set_fault(house.disk(), store::MemoryFault::unavailable);
    (void)house.v1("start", {{"number", "447700900001"}, {"brand", "Acme"}});
    expect(503, R"({"status":"read-only: the store cannot be written","sandbox":true})");
    house.clock.advance(seconds(1));
    (void)house.start("447700900001");
    expect(200, R"({"status":"ready","sandbox":true})");
}

TEST_F(RouterTest, ALiveHouseWithoutARouteIsNotReady) {
    SmallHouse::Options options;
    options.settings.sandbox = false;
    options.routes = false;
    SmallHouse live(std::move(options));
    const auto answer = live.ask(get_request("/readyz"));
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.body, R"({"status":"no usable route","sandbox":false})");
}

TEST_F(RouterTest, BrokenTransportOfAV1PathIsAnsweredInItsWordsAndForm) {
    const auto json = broken("/verify/check/json", 413);
    EXPECT_EQ(json.status, 413U);
    EXPECT_EQ(json.content_type, "application/json");
    EXPECT_EQ(json.body, R"({"status":"3","error_text":"The request could not be read."})");
    EXPECT_EQ(header_of(json, "Roger-Reason"), "rule=unreadable; scope=request");
    const auto xml = broken("/verify/search/xml", 408);
    EXPECT_EQ(xml.status, 408U);
    EXPECT_EQ(xml.content_type, "text/xml");
    EXPECT_EQ(xml.body, R"(<?xml version="1.0" encoding="UTF-8"?><verify_request><status>3</status>)"
                        "<error_text>The request could not be read.</error_text></verify_request>");
    EXPECT_EQ(broken("/verify/js", 414).body, json.body);
    const auto other = broken("/healthz", 431);
    EXPECT_EQ(other.status, 431U);
    EXPECT_EQ(other.content_type, "application/problem+json");
    EXPECT_EQ(header_of(other, "Roger-Sandbox"), "on");
}

TEST_F(RouterTest, MetricsAndAdminCallsAreNotPublic) {
    EXPECT_EQ(house.ask(get_request("/metrics")).status, 404U);
    EXPECT_EQ(house.ask(get_request("/admin/v1/accounts")).status, 404U);
    const auto metrics = house.ask_admin(get_request("/metrics"));
    EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4");
    EXPECT_NE(metrics.body.find("roger_route_up{route=\"handset\"} 1"), std::string::npos);
    EXPECT_EQ(house.ask_admin(get_request("/admin/v1/accounts")).status, 401U);
    EXPECT_EQ(house.ask_admin(get_request("/verify/json")).status, 404U);
    EXPECT_EQ(house.ask_control(get_request("/admin/v1/accounts")).status, 200U);
}

/// What a server without its pages answers differs, and is tested beside src/pages.
TEST_F(RouterTest, PagesStandOnTheirPorts) {
    if (pages::built_files().empty()) GTEST_SKIP() << "built with -DROGER_WEB=OFF";
    EXPECT_EQ(house.ask(get_request("/handset")).content_type, "text/html; charset=utf-8");
    EXPECT_EQ(house.ask(get_request("/handset/else")).status, 404U);
    EXPECT_EQ(house.ask(json_request("/handset", "{}")).status, 405U);
    EXPECT_EQ(house.ask_admin(get_request("/handset")).status, 404U);
    EXPECT_EQ(house.ask_admin(get_request("/")).status, 200U);
    EXPECT_EQ(header_of(house.ask(get_request("/")), "Location"), "/handset");
    for (const auto* path : {"/docs", "/icon.svg"}) {
        EXPECT_EQ(house.ask(get_request(path)).status, 200U) << path;
        EXPECT_EQ(house.ask_admin(get_request(path)).status, 200U) << path;
    }
    EXPECT_EQ(house.ask(get_request("/console")).status, 404U) << "the console is not public";
    house.context().settings.sandbox = false;
    EXPECT_EQ(house.ask(get_request("/handset")).status, 404U);
    EXPECT_EQ(header_of(house.ask(get_request("/")), "Location"), "/docs");
}

}  // namespace
}  // namespace roger::api
