#include "dispatch/test_messages.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include "tests/support/fakes.hpp"

namespace roger::dispatch {
namespace {

namespace asio = boost::asio;
using channel::Accepted;
using channel::PeerReceipt;
using MessageState = TestMessage::State;

/// Answers what it was told to; looks at what happens before its answer.
class TestPeer final : public channel::Channel {
public:
    asio::awaitable<Result<Accepted>> submit(channel::Outbound /*message*/, SteadyTime /*deadline*/) override {
        if (before_answer) before_answer();
        co_return answer;
    }
    asio::awaitable<void> stop() override { co_return; }
    Result<Accepted> answer = Accepted{.peer_ids = {"1f"}, .receipt_keys = {{"smsc", "1f"}}};
    std::function<void()> before_answer;
};

class TestMessagesTest : public testing::Test {
protected:
    const TestMessage& send() {
        auto entry = std::make_shared<RouteTable::Entry>(
            RouteTable::Entry{.route = {routing::Route{.name = "a", .price = Micros{35}}, peer}});
        const std::uint64_t id = tests.send(std::move(entry), {}, "+4477******23");
        io.run();
        io.restart();
        return *tests.find(id);
    }
    bool receipt(const std::string& id, PeerReceipt::State state = PeerReceipt::State::delivered) {
        return tests.receipt(
            {.peer_group = "smsc", .ids = {"31", id}, .number = "", .state = state, .reason = "UNDELIV"});
    }

    asio::io_context io;
    testing_support::FakeClock clock;
    TestPeer peer;
    TestMessages tests{io.get_executor(), clock};
};

TEST_F(TestMessagesTest, AnAcceptedMessageWaitsForItsReceipt) {
    const TestMessage& test = send();
    EXPECT_EQ(test.state, MessageState::accepted);
    EXPECT_EQ(test.price, Micros{35});
    EXPECT_FALSE(receipt("20")) << "somebody else's";
    EXPECT_TRUE(receipt("1f", PeerReceipt::State::pending));
    EXPECT_EQ(test.state, MessageState::accepted);
    clock.advance(seconds(2));
    EXPECT_TRUE(receipt("1f"));
    EXPECT_EQ(test.state, MessageState::delivered);
    EXPECT_EQ(test.receipted_after, seconds(2));
    EXPECT_TRUE(receipt("1f", PeerReceipt::State::failed)) << "it came again";
    EXPECT_EQ(test.state, MessageState::delivered);
}

TEST_F(TestMessagesTest, AMessageOfSegmentsIsDeliveredWithTheLast) {
    peer.answer = Accepted{.segments = 2, .receipt_keys = {{"smsc", "1"}, {"smsc", "2"}}};
    const TestMessage& test = send();
    EXPECT_EQ(test.price, Micros{70});
    EXPECT_TRUE(receipt("2"));
    EXPECT_EQ(test.state, MessageState::accepted);
    EXPECT_TRUE(receipt("1"));
    EXPECT_EQ(test.state, MessageState::delivered);
}

TEST_F(TestMessagesTest, OneFailedSegmentFailsIt) {
    peer.answer = Accepted{.segments = 2, .receipt_keys = {{"smsc", "1"}, {"smsc", "2"}}};
    const TestMessage& test = send();
    EXPECT_TRUE(receipt("2", PeerReceipt::State::failed));
    EXPECT_EQ(test.state, MessageState::failed);
    EXPECT_EQ(test.reason, "UNDELIV");
}

TEST_F(TestMessagesTest, AReceiptMayComeBeforeTheAnswer) {
    peer.before_answer = [this] { EXPECT_FALSE(receipt("1f")) << "not known yet"; };
    EXPECT_EQ(send().state, MessageState::delivered);
}

TEST_F(TestMessagesTest, WhatThePeerSaidIsShown) {
    const std::pair<Errc, MessageState> cases[] = {{Errc::blocked, MessageState::refused},
                                                   {Errc::timed_out, MessageState::unknown},
                                                   {Errc::unavailable, MessageState::not_sent},
                                                   {Errc::rate_limited, MessageState::not_sent}};
    for (const auto& [code, state] : cases) {
        peer.answer = fail(code, "so it is");
        const TestMessage& test = send();
        EXPECT_EQ(test.state, state) << to_string(state);
        EXPECT_EQ(test.reason, "so it is");
    }
}

TEST_F(TestMessagesTest, OldOnesAreForgotten) {
    const std::uint64_t first = send().id;
    for (std::size_t i = 1; i < TestMessages::kept_max; ++i) (void)send();
    EXPECT_NE(tests.find(first), nullptr);
    (void)send();
    EXPECT_EQ(tests.find(first), nullptr);
}

}  // namespace
}  // namespace roger::dispatch
