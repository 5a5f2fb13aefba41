#include "routing/router.hpp"

#include <gtest/gtest.h>

namespace roger::routing {
namespace {

using message::Channel;

const std::vector<Route> routes{
    {.name = "dear", .channel = Channel::sms, .priority = 20},
    {.name = "gb", .channel = Channel::sms, .countries = {"GB"}, .priority = 10},
    {.name = "trunk", .channel = Channel::tts, .priority = 1},
    {.name = "off", .channel = Channel::sms, .priority = 0, .enabled = false},
    {.name = "dear-2", .channel = Channel::sms, .priority = 20},
};

std::string name_of(std::optional<std::size_t> choice) { return choice ? routes[*choice].name : "none"; }

TEST(RouterTest, TakesTheFirstOfTheLowestPriorityThatServes) {
    EXPECT_EQ(name_of(choose(routes, {Channel::sms, "GB"}, {})), "gb");
    EXPECT_EQ(name_of(choose(routes, {Channel::sms, "DE"}, {})), "dear");
    EXPECT_EQ(name_of(choose(routes, {Channel::tts, "DE"}, {})), "trunk");
}

TEST(RouterTest, DoesNotTakeARouteTwice) {
    std::vector<std::string> tried{"gb"};
    EXPECT_EQ(name_of(choose(routes, {Channel::sms, "GB"}, tried)), "dear");
    tried.emplace_back("dear");
    EXPECT_EQ(name_of(choose(routes, {Channel::sms, "GB"}, tried)), "dear-2");
    tried.emplace_back("dear-2");
    EXPECT_EQ(name_of(choose(routes, {Channel::sms, "GB"}, tried)), "none");
}

}  // namespace
}  // namespace roger::routing
