#include "routing/route.hpp"

#include <gtest/gtest.h>

namespace roger::routing {
namespace {

using message::Channel;

const Destination vodafone_gb{.channel = Channel::sms, .country = "GB", .number = "447700900123", .network = "23415"};

TEST(RouteTest, WithoutFiltersItServesEveryNumberOfItsChannel) {
    Route route{.name = "a"};
    EXPECT_TRUE(serves(route, vodafone_gb));
    EXPECT_TRUE(serves(route, Destination{}));
    Destination call = vodafone_gb;
    call.channel = Channel::tts;
    EXPECT_FALSE(serves(route, call));
    route.enabled = false;
    EXPECT_FALSE(serves(route, vodafone_gb));
}

TEST(RouteTest, EveryFilterMustLetTheMessageThrough) {
    const auto with = [](auto change) {
        Route route{.name = "a", .countries = {"DE", "GB"}, .prefixes = {"49", "4477"}, .networks = {"26201", "23415"}};
        change(route);
        return serves(route, vodafone_gb);
    };
    EXPECT_TRUE(with([](Route&) {}));
    EXPECT_FALSE(with([](Route& route) { route.countries = {"DE"}; }));
    EXPECT_FALSE(with([](Route& route) { route.prefixes = {"4478"}; }));
    EXPECT_FALSE(with([](Route& route) { route.networks = {"23410"}; }));
}

TEST(RouteTest, ANetworkFilterDoesNotTakeAnUnknownNetwork) {
    const Route route{.name = "a", .networks = {"23415"}};
    Destination unknown = vodafone_gb;
    unknown.network = "";
    EXPECT_FALSE(serves(route, unknown));
}

TEST(RouteTest, AnyServesLooksAtWhatWasNotTried) {
    const std::vector<Route> routes{{.name = "a"}, {.name = "b", .countries = {"DE"}}};
    EXPECT_TRUE(any_serves(routes, vodafone_gb, {}));
    const std::vector<std::string> tried{"a"};
    EXPECT_FALSE(any_serves(routes, vodafone_gb, tried));
}

TEST(RouteTest, TheSenderIsTheCountrysElseTheClientsElseTheRoutesOwn) {
    const Route route{.name = "a", .sender = "ACME", .senders = {{"IN", "ACMEIN"}}};
    EXPECT_EQ(sender_of(route, "GB", ""), "ACME");
    EXPECT_EQ(sender_of(route, "GB", "Shop"), "Shop");
    EXPECT_EQ(sender_of(route, "IN", "Shop"), "ACMEIN");
    EXPECT_EQ(sender_of(Route{}, "GB", ""), "");
}

}  // namespace
}  // namespace roger::routing
