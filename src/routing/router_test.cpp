#include "routing/router.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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

std::vector<Candidate> candidates_of(const std::vector<Route>& all) {
    std::vector<Candidate> candidates;
    for (const Route& route : all) candidates.push_back({&route, true});
    return candidates;
}

std::optional<Choice> choose(const std::vector<Candidate>& candidates,
                             const Destination& destination,
                             const std::vector<std::string>& tried) {
    return make_ordered_router()->choose(candidates, destination, tried, TimePoint{}, 0);
}

/// "NAME REASON"
std::string choice_of(const Destination& destination,
                      const std::vector<std::string>& tried = {},
                      const std::string& down = "") {
    auto candidates = candidates_of(routes);
    for (Candidate& candidate : candidates) candidate.up = candidate.route->name != down;
    const auto choice = choose(candidates, destination, tried);
    return choice ? routes[choice->index].name + " " + std::string(to_string(choice->reason)) : "none";
}

TEST(RouterTest, TakesTheFirstOfTheLowestPriorityThatServes) {
    EXPECT_EQ(choice_of({Channel::sms, "GB"}), "gb best");
    EXPECT_EQ(choice_of({Channel::sms, "DE"}), "dear best");
    EXPECT_EQ(choice_of({Channel::tts, "DE"}), "trunk only");
}

TEST(RouterTest, DoesNotTakeARouteTwice) {
    EXPECT_EQ(choice_of({Channel::sms, "GB"}, {"gb"}), "dear failover");
    EXPECT_EQ(choice_of({Channel::sms, "GB"}, {"gb", "dear"}), "dear-2 failover");
    EXPECT_EQ(choice_of({Channel::sms, "GB"}, {"gb", "dear", "dear-2"}), "none");
}

TEST(RouterTest, DoesNotTakeARouteThatIsDown) {
    EXPECT_EQ(choice_of({Channel::sms, "GB"}, {}, "gb"), "dear best");
    EXPECT_EQ(choice_of({Channel::tts, "GB"}, {}, "trunk"), "none");
}

Route any_route(int number) {
    Route route{.name = std::to_string(number)};
    route.channel = *rc::gen::element(Channel::sms, Channel::tts);
    route.countries = *rc::gen::element(std::vector<std::string>{"*"}, std::vector<std::string>{"GB"},
                                        std::vector<std::string>{"DE", "GB"});
    route.prefixes = *rc::gen::element(std::vector<std::string>{}, std::vector<std::string>{"4477"},
                                       std::vector<std::string>{"49", "1"});
    route.networks = *rc::gen::element(std::vector<std::string>{}, std::vector<std::string>{"23415"});
    route.priority = *rc::gen::inRange(0, 3);
    route.enabled = *rc::gen::arbitrary<bool>();
    return route;
}

RC_GTEST_PROP(RouterTest, WhatIsChosenMayTakeTheMessageAndNoneBeforeItCould, ()) {
    std::vector<Route> all;
    for (int i = 0; i < *rc::gen::inRange(0, 8); ++i) all.push_back(any_route(i));
    auto candidates = candidates_of(all);
    std::vector<std::string> tried;
    for (Candidate& candidate : candidates) {
        candidate.up = *rc::gen::arbitrary<bool>();
        if (*rc::gen::arbitrary<bool>()) tried.push_back(candidate.route->name);
    }
    const Destination destination{.channel = Channel::sms,
                                  .country = *rc::gen::element(std::string_view("GB"), std::string_view("US")),
                                  .number = *rc::gen::element(std::string_view("447700900123"), std::string_view("49")),
                                  .network = *rc::gen::element(std::string_view("23415"), std::string_view(""))};
    const auto may = [&](const Candidate& candidate) {
        return candidate.up && serves(*candidate.route, destination) &&
               std::ranges::find(tried, candidate.route->name) == tried.end();
    };
    const auto choice = choose(candidates, destination, tried);
    if (!choice) {
        RC_ASSERT(std::ranges::none_of(candidates, may));
        return;
    }
    const Candidate& chosen = candidates[choice->index];
    RC_ASSERT(may(chosen));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!may(candidates[i]) || i == choice->index) continue;
        RC_ASSERT(choice->reason != Reason::only);
        const int priority = candidates[i].route->priority;
        const bool in_order =
            i < choice->index ? chosen.route->priority < priority : chosen.route->priority <= priority;
        RC_ASSERT(in_order);
    }
}

}  // namespace
}  // namespace roger::routing
