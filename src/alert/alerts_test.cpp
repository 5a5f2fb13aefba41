#include "alert/alerts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace roger::alert {
namespace {

using std::chrono::hours;

class AlertsTest : public testing::Test {
protected:
    void look(Kind kind, const std::vector<std::string>& subjects) {
        std::vector<Condition> wrong;
        for (const std::string& subject : subjects) wrong.push_back({.subject = subject, .text = subject + " is ill."});
        alerts.look(kind, std::move(wrong), now);
    }
    /// What is told now: "raised disk a".
    std::vector<std::string> told() {
        std::vector<std::string> lines;
        for (const Notice& notice : alerts.due(now)) {
            lines.push_back(fmt::format("{} {} {}", to_string(notice.state), to_string(notice.condition.kind),
                                        notice.condition.subject));
        }
        return lines;
    }
    using Lines = std::vector<std::string>;

    Alerts alerts;
    SteadyTime now{hours(100)};
};

TEST_F(AlertsTest, AConditionIsToldOnceADayAndWhenItIsOver) {
    look(Kind::disk, {"a"});
    EXPECT_EQ(told(), Lines{"raised disk a"});
    for (int minute = 1; minute < 24 * 60; ++minute) {
        now += std::chrono::minutes(1);
        look(Kind::disk, {"a"});
        ASSERT_EQ(told(), Lines{});
    }
    now += std::chrono::minutes(1);
    EXPECT_EQ(told(), Lines{"lasting disk a"});
    EXPECT_EQ(alerts.raised().size(), 1U);
    look(Kind::disk, {});
    EXPECT_EQ(told(), Lines{});
    EXPECT_TRUE(alerts.raised().empty());
    now += Alerts::calm;
    const auto over = alerts.due(now);
    ASSERT_EQ(over.size(), 1U);
    EXPECT_EQ(over[0].state, State::recovered);
    EXPECT_EQ(over[0].age, hours(24) + Alerts::calm);
    EXPECT_EQ(over[0].condition.text, "a is ill.");
    now += hours(100);
    EXPECT_EQ(told(), Lines{});
    look(Kind::disk, {"a"});
    EXPECT_EQ(told(), Lines{"raised disk a"}) << "it is ill anew";
}

TEST_F(AlertsTest, ARouteMustBeDownForAWhile) {
    alerts.set_options({.route_down_hold = seconds(60)});
    look(Kind::route_down, {"a"});
    now += seconds(59);
    EXPECT_EQ(told(), Lines{});
    look(Kind::route_down, {});
    look(Kind::route_down, {"a"});
    now += seconds(59);
    EXPECT_EQ(told(), Lines{}) << "it was up in between";
    now += seconds(1);
    EXPECT_EQ(told(), Lines{"raised route_down a"});
}

TEST_F(AlertsTest, WhatComesAndGoesIsToldOnce) {
    look(Kind::route_down, {"a"});
    now += seconds(60);
    EXPECT_EQ(told(), Lines{"raised route_down a"});
    for (int i = 0; i < 100; ++i) {
        look(Kind::route_down, {});
        now += seconds(30);
        EXPECT_EQ(told(), Lines{});
        look(Kind::route_down, {"a"});
        EXPECT_EQ(told(), Lines{});
    }
    look(Kind::route_down, {});
    now += seconds(60);
    EXPECT_EQ(told(), Lines{"recovered route_down a"}) << "up for as long as it had to be down";
}

TEST_F(AlertsTest, KindsAndSubjectsAreApart) {
    look(Kind::disk, {"a", "b"});
    look(Kind::certificate, {"a"});
    EXPECT_EQ(told(), (Lines{"raised disk a", "raised disk b", "raised certificate a"}));
    look(Kind::disk, {"b"});
    now += Alerts::calm;
    EXPECT_EQ(told(), Lines{"recovered disk a"});
}

TEST_F(AlertsTest, WhatHappenedIsToldOnceForItsSubject) {
    alerts.note({Kind::spend, "acme 2026-11-30 80", "acme has spent 80 % of its day."}, now);
    alerts.note({Kind::spend, "acme 2026-11-30 80", "acme has spent 80 % of its day."}, now);
    alerts.note({Kind::spend, "acme 2026-11-30 100", "acme has spent its day."}, now);
    EXPECT_EQ(told(), (Lines{"raised spend acme 2026-11-30 100", "raised spend acme 2026-11-30 80"}));
    look(Kind::spend, {});
    now += hours(47);
    alerts.note({Kind::spend, "acme 2026-11-30 80", ""}, now);
    EXPECT_EQ(told(), Lines{}) << "it neither lasts nor recovers";
    now += hours(2);
    EXPECT_EQ(told(), Lines{});
    alerts.note({Kind::spend, "acme 2026-11-30 80", ""}, now);
    EXPECT_EQ(told().size(), 1U) << "it has been forgotten";
}

TEST_F(AlertsTest, OverTheRateNothingIsLostButToldLater) {
    Lines many;
    for (int i = 0; i < 30; ++i) many.push_back(std::to_string(i));
    look(Kind::certificate, many);
    EXPECT_EQ(told().size(), Alerts::at_once_max);
    EXPECT_EQ(told().size(), 0U);
    look(Kind::certificate, {});
    look(Kind::certificate, many);
    std::size_t rest = 0;
    for (int i = 0; i < 10; ++i) {
        now += Alerts::one_more_after;
        const std::size_t more = told().size();
        EXPECT_LE(more, 1U);
        rest += more;
    }
    EXPECT_EQ(rest, 10U);
    now += hours(1);
    EXPECT_EQ(told().size(), 0U);
}

TEST_F(AlertsTest, TheNumberOfConditionsIsBounded) {
    Lines many;
    for (std::size_t i = 0; i < 2 * Alerts::conditions_max; ++i) many.push_back(std::to_string(i));
    look(Kind::route_silent, many);
    for (std::size_t i = 0; i < 2 * Alerts::conditions_max; ++i) alerts.note({Kind::spend, std::to_string(i), ""}, now);
    (void)told();
    std::size_t all = Alerts::at_once_max;
    while (true) {
        now += Alerts::one_more_after;
        const std::size_t more = told().size();
        if (more == 0) break;
        all += more;
        ASSERT_LE(all, Alerts::conditions_max);
    }
    EXPECT_EQ(all, Alerts::conditions_max);
}

}  // namespace
}  // namespace roger::alert
