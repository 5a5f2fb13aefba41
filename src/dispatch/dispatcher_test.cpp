#include "dispatch/dispatcher.hpp"

#include <deque>

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::dispatch {
namespace {

namespace asio = boost::asio;
using channel::Accepted;
using verification::EventState;
using verification::RowKey;

verification::Keyring test_keyring() {
    verification::Keyring keyring;
    keyring.add(1, Key32{}, true);
    return keyring;
}

/// Answers what it was told to, in order; then accepts.
class ScriptedChannel final : public channel::Channel {
public:
    asio::awaitable<Result<Accepted>> submit(channel::Outbound message, SteadyTime) override {
        taken.push_back(std::move(message));
        if (before_answer) before_answer();
        if (script.empty()) co_return Accepted{.peer_ids = {"p1"}, .price = Micros{10}, .receipt_keys = receipt_keys};
        const Errc next = script.front();
        script.pop_front();
        co_return fail(next, "scripted");
    }
    asio::awaitable<void> stop() override { co_return; }
    std::deque<Errc> script;
    std::vector<channel::ReceiptKey> receipt_keys;
    std::vector<channel::Outbound> taken;
    std::function<void()> before_answer;
};

class DispatcherTest : public testing::Test {
protected:
    DispatcherTest() {
        std::vector<Route> routes;
        routes.push_back({routing::Route{.name = "a", .priority = 1}, a});
        routes.push_back({routing::Route{.name = "b", .priority = 2}, b});
        dispatcher = std::make_unique<Dispatcher>(Dispatcher::Parts{io.get_executor(), engine, clock, keyring, metrics},
                                                  std::move(routes));
        engine.set_sender(*dispatcher);
    }
    void run() {
        do {
            io.restart();
            io.run();
        } while (engine.run_once());
    }
    RowKey start(std::uint8_t workflow = 6) {
        engine::Start start;
        start.draft.account = "acme";
        start.draft.number = "447700900123";
        start.draft.brand = "Acme";
        start.draft.locale = "en-gb";
        start.draft.plan = verification::make_plan(workflow, {}, {});
        start.reply = [this](const Result<engine::Start::Answer>& answer) { id = answer->id; };
        engine.submit(std::move(start));
        run();
        return verification::Vault(keyring).open_id(*id).key;
    }
    verification::Request row(RowKey key) {
        store::Query query;
        query.key = key;
        return store->read(query)->at(0);
    }

    asio::io_context io;
    testing_support::FakeClock clock;
    verification::Keyring keyring = test_keyring();
    observe::Metrics metrics;
    std::unique_ptr<store::Store> store = store::make_memory_store();
    engine::Engine engine{
        {*store, clock, keyring, metrics, [this](std::function<void()> work) { asio::post(io, std::move(work)); },
         [](const Error&) {}},
        engine::Options{}};
    ScriptedChannel a;
    ScriptedChannel b;
    std::unique_ptr<Dispatcher> dispatcher;
    std::optional<verification::RequestId> id;
};

TEST_F(DispatcherTest, AMessageGoesOverTheFirstRouteAndIsReported) {
    const auto stored = row(start());
    ASSERT_EQ(a.taken.size(), 1U);
    EXPECT_TRUE(b.taken.empty());
    const auto pin = verification::Vault(keyring).pin_of(stored, 0);
    EXPECT_NE(a.taken[0].text.find(pin->reveal()), std::string::npos);
    EXPECT_EQ(a.taken[0].pin_dead_at, stored.submitted + seconds(300));
    EXPECT_EQ(stored.events[0].state, EventState::submitted);
    EXPECT_EQ(stored.events[0].route, "a");
    EXPECT_EQ(stored.events[0].peer_ids, std::vector<std::string>{"p1"});
    EXPECT_EQ(stored.events[0].price, Micros{10});
    EXPECT_TRUE(dispatcher->idle());
}

TEST_F(DispatcherTest, ARefusedMessageTakesTheNextRouteInAnAttemptOfItsOwn) {
    a.script = {Errc::blocked};
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].route, "b");
    EXPECT_EQ(stored.events[0].attempt, 2);
    EXPECT_FALSE(stored.events[0].ambiguous);
}

TEST_F(DispatcherTest, AnUnknownOutcomeTakesTheNextRouteFlagged) {
    a.script = {Errc::timed_out};
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].route, "b");
    EXPECT_TRUE(stored.events[0].ambiguous);
    EXPECT_EQ(a.taken.size(), 1U) << "never again on the same route";
}

TEST_F(DispatcherTest, WhatWasNotSentTakesTheNextRouteWithinTheSameAttempt) {
    a.script = {Errc::unavailable};
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].route, "b");
    EXPECT_EQ(stored.events[0].attempt, 1);
}

TEST_F(DispatcherTest, AThrottledMessageIsTriedAgainOnItsRoute) {
    a.script = {Errc::rate_limited, Errc::rate_limited};
    const auto stored = row(start());
    EXPECT_EQ(a.taken.size(), 3U);
    EXPECT_EQ(stored.events[0].route, "a");
    EXPECT_EQ(stored.events[0].attempt, 1);
}

// The first try's time was reported, so that the next event came up to two seconds early.
TEST_F(DispatcherTest, AThrottledMessageCountsAsHandedOverWhenThePeerTookIt) {
    const TimePoint began = clock.service_now();
    a.script = {Errc::rate_limited};
    a.before_answer = [this] {
        if (a.taken.size() == 1) clock.advance(seconds(1));
    };
    const auto stored = row(start());
    EXPECT_EQ(a.taken.size(), 2U);
    EXPECT_EQ(stored.events[0].handed_over, began + seconds(1));
}

TEST_F(DispatcherTest, AnEventThatNoRouteTakesFailsAndTheNextComesAtOnce) {
    a.script = {Errc::unavailable};
    b.script = {Errc::unavailable};
    const auto stored = row(start(4));
    ASSERT_EQ(stored.events.size(), 2U);
    EXPECT_EQ(stored.events[0].state, EventState::failed);
    EXPECT_EQ(stored.events[1].state, EventState::submitted);
}

TEST_F(DispatcherTest, ARequestThatEndsFirstIsNotSent) {
    // The channel answers "not sent", and while it does, the request is cancelled: the second route must not be used.
    a.script = {Errc::unavailable};
    a.before_answer = [this] { dispatcher->revoke(a.taken.back().reference.key); };
    const auto stored = row(start());
    EXPECT_TRUE(b.taken.empty());
    EXPECT_EQ(stored.events[0].reason, "the request ended first");
}

TEST_F(DispatcherTest, ADeadPinIsNotSent) {
    a.script = {Errc::unavailable};
    a.before_answer = [this] { clock.advance(seconds(300)); };
    (void)start();
    EXPECT_TRUE(b.taken.empty());
}

TEST_F(DispatcherTest, ServesOnlyChannelsThatHaveARoute) {
    EXPECT_TRUE(dispatcher->serves(message::Channel::sms, "GB"));
    EXPECT_FALSE(dispatcher->serves(message::Channel::tts, "GB"));
}

TEST_F(DispatcherTest, APeersReceiptReachesItsEventEvenBeforeTheAnswer) {
    std::vector<bool> stored;
    const auto tell = [&](channel::PeerReceipt::State state) {
        channel::PeerReceipt receipt{
            .peer_group = "smsc", .ids = {"7", "p1"}, .number = "", .state = state, .reason = ""};
        dispatcher->peer_receipt(std::move(receipt), [&stored](bool done) { stored.push_back(done); });
    };
    a.receipt_keys = {{"smsc", "p1"}};
    a.before_answer = [&] { tell(channel::PeerReceipt::State::failed); };
    b.receipt_keys = {{"smsc", "p2"}};
    const auto key = start();
    EXPECT_EQ(row(key).events[0].route, "b") << "the next route, for the first one failed";
    EXPECT_EQ(row(key).events[0].price, Micros{20});
    EXPECT_EQ(stored, std::vector{true});
    tell(channel::PeerReceipt::State::delivered);
    run();
    EXPECT_EQ(row(key).events[0].state, EventState::delivered);
    EXPECT_EQ(stored, (std::vector{true, true}));
}

TEST_F(DispatcherTest, AReceiptReachesItsEvent) {
    const auto key = start();
    dispatcher->receipt({{key, 0, 1}, true, ""});
    EXPECT_FALSE(dispatcher->idle());
    run();
    EXPECT_TRUE(dispatcher->idle());
    EXPECT_EQ(row(key).events[0].state, EventState::delivered);
}

}  // namespace
}  // namespace roger::dispatch
