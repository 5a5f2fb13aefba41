#include "dispatch/dispatcher.hpp"

#include <deque>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

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
        if (script.empty()) co_return accepted;
        const Errc next = script.front();
        script.pop_front();
        co_return fail(next, "scripted");
    }
    asio::awaitable<void> stop() override { co_return; }
    void revoke(RowKey key) override { revoked.push_back(key); }
    [[nodiscard]] bool up() const override { return is_up; }
    std::vector<RowKey> revoked;
    bool is_up = true;
    Accepted accepted{.peer_ids = {"p1"}, .price = Micros{10}};
    std::deque<Errc> script;
    std::vector<channel::Outbound> taken;
    std::function<void()> before_answer;
};

class DispatcherTest : public testing::Test {
protected:
    DispatcherTest() {
        std::vector<Route> routes;
        routes.push_back({routing::Route{.name = "a", .priority = 1}, a});
        routes.push_back({routing::Route{.name = "b", .priority = 2}, b});
        dispatcher = std::make_unique<Dispatcher>(
            Dispatcher::Parts{io.get_executor(), engine, clock, keyring, metrics,
                              [this](milliseconds length) -> asio::awaitable<void> { return wait(length); }},
            std::move(routes));
        engine.set_sender(*dispatcher);
    }
    /// Waits of the dispatcher pass at once.
    asio::awaitable<void> wait(milliseconds length) {
        clock.advance(length);
        waited += length;
        if (during_wait) during_wait();
        co_await asio::post(io, asio::use_awaitable);  // others have their turn, as in a real wait
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
        start.draft.number = "4477009001" + std::to_string(10 + starts++);
        start.draft.country = "GB";
        start.draft.sender = sender;
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
    std::string sender;  ///< that the client asks for
    int starts = 0;
    milliseconds waited{0};
    std::function<void()> during_wait;
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

TEST_F(DispatcherTest, AMessageThatIsThrottledForLongGoesToAnotherRoute) {
    a.script.assign(1000, Errc::rate_limited);
    EXPECT_EQ(row(start()).events[0].route, "b");
    EXPECT_LE(waited, throttled_max);
}

// A burst that the only peer takes more slowly than agreed: what waited for more than throttled_max was lost.
TEST_F(DispatcherTest, AMessageThatIsThrottledWaitsWhenNoOtherRouteCouldHaveIt) {
    b.is_up = false;
    during_wait = [this] {
        if (waited >= 5 * throttled_max) a.script.clear();
    };
    a.script.assign(1000, Errc::rate_limited);
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].route, "a");
    EXPECT_EQ(stored.events[0].attempt, 1);
    EXPECT_EQ(stored.events[0].state, EventState::submitted);
}

TEST_F(DispatcherTest, AMessageThatIsThrottledToTheEndOfItsClaimFails) {
    b.is_up = false;
    a.script.assign(1000, Errc::rate_limited);
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].state, EventState::failed);
    EXPECT_EQ(stored.events[0].reason, "scripted");
    EXPECT_LT(waited, verification::lease_of(message::Channel::sms));
}

TEST_F(DispatcherTest, APeerThatIsSlowerThanAgreedShowsAsABacklog) {
    dispatcher->set_routes({{routing::Route{.name = "a", .segments_per_second = 1}, a}});
    a.script.assign(3, Errc::rate_limited);
    const auto stored = row(start());
    EXPECT_EQ(a.taken.size(), 4U);
    EXPECT_GE(dispatcher->backlog(message::Channel::sms, stored), milliseconds(900)) << "each try took a turn";
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
    EXPECT_EQ(stored.events[0].handed_over, began + seconds(1) + throttled_pause);
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

TEST_F(DispatcherTest, ChannelsHearOfARequestThatEnds) {
    const RowKey key = start();
    EXPECT_TRUE(a.revoked.empty());
    clock.advance(seconds(31));
    engine.submit(engine::Control{.id = *id, .account = "acme", .what = verification::Cancel{}, .reply = nullptr});
    run();
    EXPECT_EQ(a.revoked, std::vector<RowKey>{key});
    EXPECT_EQ(b.revoked, std::vector<RowKey>{key}) << "whichever has it";
}

TEST_F(DispatcherTest, ADeadPinIsNotSent) {
    a.script = {Errc::unavailable};
    a.before_answer = [this] { clock.advance(seconds(300)); };
    (void)start();
    EXPECT_TRUE(b.taken.empty());
}

// A throttled attempt was tried again after the sandbox's clock had passed its lease and later attempts had been made.
TEST_F(DispatcherTest, AClaimEndsInServiceTimeToo) {
    a.script = {Errc::rate_limited};
    during_wait = [this] {
        if (a.taken.size() == 1) clock.skip(seconds(120));
    };
    (void)start();
    const auto first = [](const channel::Outbound& message) { return message.reference.attempt == 1; };
    EXPECT_EQ(std::ranges::count_if(a.taken, first), 1);
    EXPECT_EQ(std::ranges::count_if(b.taken, first), 0);
}

TEST_F(DispatcherTest, ServesOnlyChannelsThatHaveARoute) {
    EXPECT_TRUE(dispatcher->serves(message::Channel::sms, {}));
    EXPECT_FALSE(dispatcher->serves(message::Channel::tts, {}));
}

TEST_F(DispatcherTest, TheRoutesPriceAndSenderGoIntoTheSubmission) {
    a.accepted = Accepted{.peer_ids = {"p1", "p2"}, .segments = 2};
    dispatcher->set_routes({{routing::Route{.name = "a", .price = Micros{35}, .sender = "ACME"}, a}});
    const auto stored = row(start());
    EXPECT_EQ(a.taken.at(0).sender, "ACME");
    EXPECT_EQ(stored.events[0].price, Micros{70});
    EXPECT_EQ(stored.events[0].segments, 2);
}

TEST_F(DispatcherTest, AMessageWaitsForARouteThatComesUpSoon) {
    a.is_up = b.is_up = false;
    during_wait = [this] { b.is_up = waited >= seconds(1); };
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].route, "b");
    EXPECT_EQ(stored.events[0].attempt, 1);
    EXPECT_EQ(waited, seconds(1));
}

TEST_F(DispatcherTest, AnEventWhoseRoutesStayDownFails) {
    a.is_up = b.is_up = false;
    const auto stored = row(start(4));
    EXPECT_EQ(waited, 2 * down_max) << "both events of the workflow";
    ASSERT_EQ(stored.events.size(), 2U);
    EXPECT_EQ(stored.events[0].state, EventState::failed);
    EXPECT_EQ(stored.events[0].reason, "every route is down");
}

TEST_F(DispatcherTest, WhatWaitsForARouteWhenTheHouseClosesIsLeftToTheNextProcess) {
    a.is_up = b.is_up = false;
    bool closing = false;
    during_wait = [this, &closing] {
        if (std::exchange(closing, true)) return;
        asio::co_spawn(io, dispatcher->stop(clock.steady_now() + seconds(1)),
                       [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    };
    const auto stored = row(start());
    EXPECT_EQ(stored.events[0].state, EventState::sending);
    EXPECT_LT(waited, down_max);
    EXPECT_TRUE(dispatcher->idle());
}

TEST_F(DispatcherTest, AChannelWithoutARouteFailsAtOnceAndTheNextEventComesDue) {
    const auto stored = row(start(5));  // SMS, then a call
    EXPECT_EQ(stored.events.size(), 1U);
    const auto called = row(start(7));  // a call
    ASSERT_EQ(called.events.size(), 1U);
    EXPECT_EQ(called.events[0].state, EventState::failed);
    EXPECT_EQ(called.events[0].reason, "no route");
    EXPECT_EQ(waited, milliseconds(0));
}

TEST_F(DispatcherTest, ARouteThatIsDownOrSwitchedOffIsPassedOver) {
    a.is_up = false;
    EXPECT_EQ(row(start()).events[0].route, "b");
    a.is_up = true;
    EXPECT_TRUE(dispatcher->set_enabled("a", false));
    EXPECT_EQ(row(start()).events[0].route, "b");
    EXPECT_TRUE(dispatcher->set_enabled("a", true));
    EXPECT_EQ(row(start()).events[0].route, "a");
    EXPECT_FALSE(dispatcher->set_enabled("nobody", true));
}

TEST_F(DispatcherTest, NothingIsSentFromASenderThatTheSubscriberStopped) {
    dispatcher->set_routes({{routing::Route{.name = "a", .priority = 1, .sender = "15550100"}, a},
                            {routing::Route{.name = "b", .priority = 2, .sender = "15550199"}, b}});
    verification::Request draft;
    draft.number = "447700900110";  // of the first start
    dispatcher->inbox().take({.route = "a", .number = draft.number, .to = "+15550100", .text = "STOP"}, [](bool) {});
    EXPECT_FALSE(dispatcher->opted_out(draft)) << "the other sender may still write";
    EXPECT_EQ(row(start()).events[0].route, "b");
    EXPECT_EQ(row(start()).events[0].route, "a") << "another subscriber";
    dispatcher->inbox().take({.route = "b", .number = draft.number, .to = "15550199", .text = "STOP"}, [](bool) {});
    EXPECT_TRUE(dispatcher->opted_out(draft));
    draft.plan = verification::make_plan(7, {}, {});
    EXPECT_FALSE(dispatcher->opted_out(draft)) << "a call is no SMS";
}

TEST_F(DispatcherTest, MessagesLeaveAtTheRateOfTheirRoute) {
    dispatcher->set_routes({{routing::Route{.name = "a", .segments_per_second = 10}, a}});
    verification::Request draft;
    EXPECT_EQ(dispatcher->backlog(message::Channel::sms, draft), milliseconds(0));
    (void)start();
    EXPECT_EQ(dispatcher->backlog(message::Channel::sms, draft), milliseconds(100));
    (void)start();
    EXPECT_EQ(waited, milliseconds(100));
    EXPECT_EQ(a.taken.size(), 2U);
}

TEST_F(DispatcherTest, UpAndDownAreMetrics) {
    const auto shows = [this](const std::string& line) { return metrics.text().find(line) != std::string::npos; };
    EXPECT_TRUE(shows("roger_route_up{route=\"a\"} 1"));
    a.is_up = false;
    dispatcher->look_at_routes();
    EXPECT_TRUE(shows("roger_route_up{route=\"a\"} 0"));
    EXPECT_TRUE(shows("roger_route_up{route=\"b\"} 1"));
    dispatcher->set_routes({{routing::Route{.name = "a"}, a}});
    EXPECT_TRUE(shows("roger_route_up{route=\"b\"} 0")) << "a route that is gone is down";
}

// A reload replaced the routes while a message was at its peer.
TEST_F(DispatcherTest, WhatIsUnderWayKeepsTheChannelOfARouteThatIsGone) {
    auto owned = std::make_shared<ScriptedChannel>();
    const std::weak_ptr<ScriptedChannel> seen = owned;
    dispatcher->set_routes({{routing::Route{.name = "old"}, *owned, owned}});
    owned->before_answer = [this] { dispatcher->set_routes({{routing::Route{.name = "a"}, a}}); };
    owned.reset();
    EXPECT_EQ(row(start()).events[0].route, "old");
    EXPECT_TRUE(seen.expired());
}

TEST_F(DispatcherTest, APeersReceiptReachesItsEventEvenBeforeTheAnswer) {
    std::vector<bool> stored;
    const auto tell = [&](channel::PeerReceipt::State state) {
        channel::PeerReceipt receipt{
            .peer_group = "smsc", .ids = {"7", "p1"}, .number = "", .state = state, .reason = ""};
        dispatcher->peer_receipt(std::move(receipt), [&stored](bool done) { stored.push_back(done); });
    };
    a.accepted.receipt_keys = {{"smsc", "p1"}};
    a.before_answer = [&] { tell(channel::PeerReceipt::State::failed); };
    b.accepted.receipt_keys = {{"smsc", "p2"}};
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
    dispatcher->receipt({.reference = {key, 0, 1}, .delivered = true, .route = "a"});
    EXPECT_FALSE(dispatcher->idle());
    run();
    EXPECT_TRUE(dispatcher->idle());
    EXPECT_EQ(row(key).events[0].state, EventState::delivered);
}

class CallDispatcherTest : public DispatcherTest {
protected:
    CallDispatcherTest() {
        a.accepted = b.accepted = Accepted{.priced_later = true};
        std::vector<Route> routes;
        for (auto [name, priority, channel] : {std::tuple("a", 1, &a), std::tuple("b", 2, &b)}) {
            routes.push_back({routing::Route{.name = name,
                                             .kind = "sip",
                                             .channel = message::Channel::tts,
                                             .priority = priority,
                                             .price = Micros{12'000}},
                              *channel});
        }
        dispatcher->set_routes(std::move(routes));
    }
    static channel::DeliveryReceipt failed(RowKey key, std::uint8_t attempt, channel::Cause cause) {
        return {.reference = {key, 0, attempt}, .reason = "so it ended", .route = "a", .cause = cause};
    }
    static constexpr std::uint8_t one_call = 7;
};

TEST_F(CallDispatcherTest, ACallIsPaidForWhenItWasAnswered) {
    const auto key = start(one_call);
    EXPECT_EQ(row(key).events[0].price, Micros{});
    dispatcher->receipt({.reference = {key, 0, 1}, .delivered = true, .route = "a", .charged = true});
    run();
    EXPECT_EQ(row(key).events[0].state, EventState::delivered);
    EXPECT_EQ(row(key).events[0].price, Micros{12'000});
    EXPECT_NE(metrics.text().find("roger_receipts_total{matched=\"yes\",route=\"a\",state=\"delivered\"} 1"),
              std::string::npos);
}

TEST_F(CallDispatcherTest, AReceiptThatComesBeforeTheAnswerWaitsForIt) {
    a.before_answer = [&] {
        dispatcher->receipt({.reference = a.taken.back().reference, .delivered = true, .route = "a"});
    };
    EXPECT_EQ(row(start(one_call)).events[0].state, EventState::delivered);
}

TEST_F(CallDispatcherTest, WhenTheTrunkWasTheCauseAnotherOneCalls) {
    const auto key = start(one_call);
    dispatcher->receipt(failed(key, 1, channel::Cause::route));
    run();
    EXPECT_EQ(b.taken.size(), 1U);
    EXPECT_EQ(row(key).events[0].route, "b");
    EXPECT_EQ(row(key).events[0].attempt, 2);
}

TEST_F(CallDispatcherTest, WhenTheSubscriberWasTheCauseNobodyElseCalls) {
    const auto key = start(one_call);
    dispatcher->receipt(failed(key, 1, channel::Cause::subscriber));
    run();
    EXPECT_TRUE(b.taken.empty());
    EXPECT_EQ(row(key).events[0].state, EventState::failed);
    EXPECT_EQ(row(key).events[0].reason, "so it ended");
}

TEST_F(CallDispatcherTest, TheBusyAreCalledAgainAfterAWhile) {
    const auto key = start(one_call);
    dispatcher->receipt(failed(key, 1, channel::Cause::busy));
    run();
    EXPECT_EQ(a.taken.size(), 1U);
    clock.advance(verification::busy_pause);
    run();
    EXPECT_EQ(a.taken.size(), 2U);
}

TEST_F(CallDispatcherTest, ANumberThatDoesNotExistIsNotCalledASecondTime) {
    constexpr std::uint8_t sms_and_two_calls = 1;
    const auto key = start(sms_and_two_calls);  // nobody carries the SMS, so the first call comes at once
    ASSERT_EQ(a.taken.size(), 1U);
    auto receipt = failed(key, 1, channel::Cause::subscriber);
    receipt.reference.event = 1;
    receipt.reason = channel::no_such_number;
    dispatcher->receipt(receipt);
    run();
    ASSERT_EQ(row(key).events.size(), 3U);
    EXPECT_EQ(row(key).events[2].state, EventState::failed);
    EXPECT_EQ(row(key).events[2].reason, channel::no_such_number);
    EXPECT_EQ(a.taken.size() + b.taken.size(), 1U);
}

TEST_F(CallDispatcherTest, ATestCallIsFollowedToItsEnd) {
    channel::Outbound message{.channel = message::Channel::tts, .number = "447700900123", .text = "Test."};
    const auto id = dispatcher->tests().send(dispatcher->routes().find("a"), std::move(message), "+4477*****23");
    run();
    ASSERT_EQ(a.taken.size(), 1U);
    EXPECT_EQ(dispatcher->tests().find(id)->state, TestMessage::State::accepted);
    EXPECT_EQ(dispatcher->tests().find(id)->price, Micros{});
    dispatcher->receipt({.reference = a.taken[0].reference, .delivered = true, .route = "a", .charged = true});
    EXPECT_EQ(dispatcher->tests().find(id)->state, TestMessage::State::delivered);
    EXPECT_EQ(dispatcher->tests().find(id)->price, Micros{12'000});
}

}  // namespace
}  // namespace roger::dispatch
