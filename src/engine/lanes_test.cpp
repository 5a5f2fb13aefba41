#include "engine/lanes.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace roger::engine {
namespace {

constexpr SteadyTime now{};

bool push_start(Lanes& lanes) {
    Command command = Start{};
    return lanes.push(command, now);
}
bool push_control(Lanes& lanes) {
    Command command = Control{RequestId(Block{}), "acme", verification::TriggerNext{}, {}};
    return lanes.push(command, now);
}
std::size_t starts_in(const std::vector<Waiting>& batch) {
    return static_cast<std::size_t>(
        std::ranges::count_if(batch, [](const Waiting& w) { return std::holds_alternative<Start>(w.command); }));
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
    EXPECT_TRUE(std::holds_alternative<Control>(batch.front().command));
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
    Command report = Report{RowKey{1}, verification::Receipt{}, {}};
    EXPECT_TRUE(lanes.push(report, now));
    Command tick = Tick{};
    EXPECT_TRUE(lanes.push(tick, now));
    EXPECT_EQ(lanes.depth().control, Lanes::lane_max + 2);
    EXPECT_EQ(lanes.depth().starts, Lanes::lane_max);
}

TEST(LanesTest, WaitingEndsWithACommandOrAWake) {
    Lanes lanes;
    std::thread waiter([&lanes] {
        lanes.wait(std::nullopt);
        lanes.wait(std::nullopt);
    });
    lanes.wake();
    Command tick = Tick{};
    EXPECT_TRUE(lanes.push(tick, now));
    waiter.join();
    EXPECT_EQ(lanes.take().size(), 1U);
}

}  // namespace
}  // namespace roger::engine
