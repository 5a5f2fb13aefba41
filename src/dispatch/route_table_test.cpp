#include "dispatch/route_table.hpp"

#include <gtest/gtest.h>

namespace roger::dispatch {
namespace {

class Peer final : public channel::Channel {
public:
    boost::asio::awaitable<Result<channel::Accepted>> submit(channel::Outbound /*message*/, SteadyTime) override {
        co_return fail(Errc::unavailable, "only looked at");
    }
    boost::asio::awaitable<void> stop() override { co_return; }
    [[nodiscard]] bool up() const override { return is_up; }
    bool is_up = true;
};

const routing::Destination gb{.country = "GB", .number = "447700900123"};
constexpr SteadyTime t0{seconds(1000)};

class RouteTableTest : public testing::Test {
protected:
    RouteTableTest() {
        table.set({{routing::Route{.name = "a", .countries = {"GB"}, .priority = 1, .segments_per_second = 2}, a},
                   {routing::Route{.name = "b", .priority = 2, .enabled = false}, b}});
    }
    std::string choice(const routing::Destination& destination = gb) {
        const auto found = table.choose(destination, {}, TimePoint{}, 0);
        return found ? found->entry->route.route.name : "none";
    }
    milliseconds backlog(SteadyTime now) { return table.backlog(gb, TimePoint{}, now); }

    Peer a;
    Peer b;
    RouteTable table{routing::make_ordered_router()};
};

TEST_F(RouteTableTest, TheOperatorsWordWinsOverTheFilesAlsoAfterAReload) {
    EXPECT_EQ(choice(), "a");
    EXPECT_TRUE(table.set_enabled("a", false));
    EXPECT_EQ(choice(), "none");
    EXPECT_TRUE(table.set_enabled("b", true));
    EXPECT_EQ(choice(), "b");
    table.set({{routing::Route{.name = "a"}, a}, {routing::Route{.name = "b", .enabled = false}, b}});
    EXPECT_EQ(choice(), "b");
    EXPECT_TRUE(table.find("a")->enabled_in_file);
}

TEST_F(RouteTableTest, ServesAlsoWhatIsDown) {
    a.is_up = false;
    EXPECT_EQ(choice(), "none");
    EXPECT_TRUE(table.serves(gb, {}));
    EXPECT_FALSE(table.serves(routing::Destination{.country = "DE"}, {}));
    const std::vector<std::string> tried{"a"};
    EXPECT_FALSE(table.serves(gb, tried));
    EXPECT_FALSE(table.usable());
}

TEST_F(RouteTableTest, EachTurnTakesItsPartOfASecond) {
    const auto entry = table.find("a");
    EXPECT_EQ(entry->take_turn(t0), t0);
    EXPECT_EQ(entry->take_turn(t0), t0 + milliseconds(500));
    entry->charge(2);
    EXPECT_EQ(backlog(t0), milliseconds(2000));
    EXPECT_EQ(backlog(t0 + seconds(5)), milliseconds(0));
    EXPECT_EQ(entry->take_turn(t0 + seconds(5)), t0 + seconds(5));
    const auto unlimited = table.find("b");
    EXPECT_EQ(unlimited->take_turn(t0), t0);
    EXPECT_EQ(unlimited->take_turn(t0), t0);
}

TEST_F(RouteTableTest, WhatWaitsKeepsItsTurnOverAReload) {
    (void)table.find("a")->take_turn(t0);
    table.set({{routing::Route{.name = "a", .segments_per_second = 2}, a}});
    EXPECT_EQ(backlog(t0), milliseconds(500));
}

TEST_F(RouteTableTest, RoutesThatAreAllDownHaveABacklogOfTheTimeSince) {
    EXPECT_EQ(table.look(t0).size(), 1U) << "b is disabled";
    a.is_up = false;
    EXPECT_EQ(backlog(t0), milliseconds(0)) << "not noticed yet";
    ASSERT_EQ(table.look(t0).size(), 1U);
    EXPECT_EQ(backlog(t0 + seconds(12)), seconds(12));
    EXPECT_TRUE(table.look(t0 + seconds(12)).empty());
    a.is_up = true;
    EXPECT_EQ(table.look(t0 + seconds(13)).size(), 1U);
    EXPECT_EQ(backlog(t0 + seconds(13)), milliseconds(0));
}

}  // namespace
}  // namespace roger::dispatch
