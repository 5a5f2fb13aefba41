#include "api/callbacks.hpp"

#include <gtest/gtest.h>

#include "channel/callbacks.hpp"
#include "tests/support/small_house.hpp"

namespace roger::api {
namespace {

using channel::CallbackVerdict;
using testing_support::form_request;
using testing_support::get_request;
using testing_support::header_of;
using testing_support::SmallHouse;

/// A channel whose gateway calls back, and writes down with what.
class Called final : public channel::Channel, public channel::CallbackTaker {
public:
    boost::asio::awaitable<Result<channel::Accepted>> submit(channel::Outbound, SteadyTime) override {
        co_return fail(Errc::unavailable, "nothing is sent here");
    }
    boost::asio::awaitable<void> stop() override { co_return; }
    channel::CallbackTaker* callbacks() noexcept override { return this; }
    boost::asio::awaitable<CallbackVerdict> take(const http::Request& request, std::string_view sealed) override {
        seen.push_back(std::string(sealed) + " " + request.body);
        co_return verdict;
    }
    std::vector<std::string> seen;
    CallbackVerdict verdict = CallbackVerdict::taken;
};

class CallbacksTest : public testing::Test {
protected:
    CallbacksTest() { house.context().dispatcher.set_routes({{routing::Route{.name = "gw", .kind = "http"}, called}}); }
    Called called;
    SmallHouse house;
};

TEST_F(CallbacksTest, GoToTheChannelOfTheirRoute) {
    EXPECT_EQ(house.ask(form_request("/callbacks/gw/abc", {{"a", "1"}})).status, 200U);
    EXPECT_EQ(house.ask(get_request("/callbacks/gw/abc/def")).status, 200U);
    EXPECT_EQ(house.ask(get_request("/callbacks/gw")).status, 200U);
    EXPECT_EQ(called.seen, (std::vector<std::string>{"abc a=1", "abc/def ", " "}));
}

TEST_F(CallbacksTest, EachVerdictHasItsStatus) {
    for (const auto& [verdict, status] : {std::pair{CallbackVerdict::taken, 200U},
                                          {CallbackVerdict::unreadable, 400U},
                                          {CallbackVerdict::forged, 403U},
                                          {CallbackVerdict::not_now, 503U}}) {
        called.verdict = verdict;
        const auto answer = house.ask(form_request("/callbacks/gw/abc", {}));
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(header_of(answer, "Retry-After"), status == 503 ? "10" : "");
    }
}

TEST_F(CallbacksTest, ThereIsNothingElsewhere) {
    for (const char* path :
         {"/callbacks", "/callbacks/", "/callbacks/other/abc", "/callbacks//gw/abc", "/callbacks/GW/abc"}) {
        EXPECT_EQ(house.ask(form_request(path, {})).status, 404U) << path;
    }
    http::Request put = form_request("/callbacks/gw/abc", {});
    put.method = http::Method::put;
    EXPECT_EQ(house.ask(put).status, 405U);
    EXPECT_TRUE(called.seen.empty());
}

}  // namespace
}  // namespace roger::api
