#include "engine/lanes.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace roger::engine {
namespace {

constexpr SteadyTime now{};

Lanes::Pushed push(Lanes& lanes, Command command, SteadyTime at = now) {
    auto waiting = std::make_unique<Command>(std::move(command));
    return lanes.push(waiting, at);
}
bool push_start(Lanes& lanes) { return push(lanes, Start{}) != Lanes::Pushed::full; }
bool push_control(Lanes& lanes) {
    return push(lanes, Control{RequestId(Block{}), "acme", verification::TriggerNext{}, {}}) != Lanes::Pushed::full;
}
std::size_t starts_in(const std::vector<Waiting>& batch) {
    return static_cast<std::size_t>(
        std::ranges::count_if(batch, [](const Waiting& w) { return std::holds_alternative<Start>(*w.command); }));
}

TEST(LanesTest, ControlGoesFirstButAQuarterIsKeptForStarts) {
    Lanes lanes;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(push_start(lanes));
        ASSERT_TRUE(push_control(lanes));
    }
    const auto batch = lanes.take();
    EXPECT_EQ(batch.size(), Lanes::batch_max);
    EXPECT_EQ(starts_in(batch), Lanes::batch_max / 4);
    EXPECT_TRUE(std::holds_alternative<Control>(*batch.front().command));
}

TEST(LanesTest, EitherLaneMayFillABatchAlone) {
    Lanes starts;
    Lanes control;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(push_start(starts));
        ASSERT_TRUE(push_control(control));
    }
    EXPECT_EQ(starts.take().size(), Lanes::batch_max);
    EXPECT_EQ(control.take().size(), Lanes::batch_max);
}

TEST(LanesTest, AFullLaneRefusesClientsButNeverTheHousesOwnReports) {
    Lanes lanes;
    for (std::size_t i = 0; i < Lanes::lane_max; ++i) {
        ASSERT_TRUE(push_start(lanes));
        ASSERT_TRUE(push_control(lanes));
    }
    EXPECT_FALSE(push_start(lanes));
    EXPECT_FALSE(push_control(lanes));
    EXPECT_NE(push(lanes, Report{RowKey{1}, verification::Receipt{}, {}}), Lanes::Pushed::full);
    EXPECT_NE(push(lanes, Tick{}), Lanes::Pushed::full);
    EXPECT_EQ(lanes.depth().control, Lanes::lane_max + 2);
    EXPECT_EQ(lanes.depth().starts, Lanes::lane_max);
}

// The bound follows what the store did in full batches: 250 ms of starts.
TEST(LanesTest, AStoreThatGotSlowIsGivenAShorterQueue) {
    Lanes lanes;
    const auto room = [](Lanes& full) {
        std::size_t pushed = 0;
        while (!full.starts_full()) {
            EXPECT_TRUE(push_start(full));
            ++pushed;
        }
        EXPECT_FALSE(push_start(full)) << "both say the same";
        EXPECT_TRUE(push_control(full)) << "checks are not judged by it";
        while (full.depth().starts > 0) (void)full.take();
        return pushed;
    };
    EXPECT_EQ(room(lanes), Lanes::lane_max);
    lanes.committed(Lanes::batch_max, Lanes::batch_max, milliseconds(128));  // 4 000/s
    EXPECT_EQ(room(lanes), 1000U);
    for (int i = 0; i < 50; ++i) lanes.committed(Lanes::batch_max, Lanes::batch_max / 2, seconds(2));
    EXPECT_EQ(room(lanes), Lanes::batch_max) << "a batch is always let in, or it could not show that it got faster";
    for (int i = 0; i < 50; ++i) lanes.committed(Lanes::batch_max, Lanes::batch_max, milliseconds(1));
    EXPECT_EQ(room(lanes), Lanes::lane_max);
}

TEST(LanesTest, ABatchThatWasNotFullOfWorkSaysNothingOfTheStoresSpeed) {
    Lanes lanes;
    lanes.committed(1, 1, seconds(1));
    lanes.committed(Lanes::batch_max, 1, seconds(1));
    lanes.committed(Lanes::batch_max, Lanes::batch_max, {});  // a clock that stands still
    for (std::size_t i = 0; i < Lanes::lane_max; ++i) ASSERT_TRUE(push_start(lanes));
    EXPECT_TRUE(lanes.starts_full());
}

TEST(LanesTest, WaitingEndsWithACommandOrAWake) {
    Lanes lanes;
    lanes.wake();
    lanes.wait(std::nullopt);
    EXPECT_EQ(push(lanes, Tick{}), Lanes::Pushed::waiting);  // nobody sleeps
    lanes.wait(std::nullopt);
    EXPECT_EQ(lanes.take().size(), 1U);
}

TEST(LanesTest, TheFirstWhoMeetsASleeperHasToWakeIt) {
    Lanes lanes;
    std::atomic<bool> done = false;
    std::thread sleeper([&] {
        while (!done) lanes.wait(std::nullopt);
    });
    while (push(lanes, Tick{}) != Lanes::Pushed::asleep) (void)lanes.take();  // until it has gone to sleep
    EXPECT_EQ(push(lanes, Tick{}), Lanes::Pushed::waiting);                   // one wake is promised already
    done = true;
    lanes.wake();
    sleeper.join();
    EXPECT_EQ(lanes.take().size(), 2U);
}

TEST(LanesTest, AReportWaitsForCompanyButNotForLong) {
    Lanes lanes;
    const Report report{RowKey{1}, verification::Receipt{}, {}};
    ASSERT_EQ(push(lanes, report, SteadyTime::clock::now()), Lanes::Pushed::waiting);
    lanes.wait(std::nullopt);  // comes back by itself
    EXPECT_EQ(lanes.take().size(), 1U);

    ASSERT_EQ(push(lanes, report, SteadyTime::max() - Lanes::report_patience), Lanes::Pushed::waiting);
    EXPECT_TRUE(push_control(lanes));
    lanes.wait(std::nullopt);  // at once
    EXPECT_EQ(lanes.take().size(), 2U);
}

}  // namespace
}  // namespace roger::engine
