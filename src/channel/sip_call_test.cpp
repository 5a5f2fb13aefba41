// The channel over lines that do what a test says, and a voice that says nothing.
#include "channel/sip_call.hpp"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "channel/circuit.hpp"

namespace roger::channel {
namespace {

namespace asio = boost::asio;
using sip::Ended;
using sip::Progress;

/// Its waits are asio's, and so is its time.
class RunningClock final : public Clock {
public:
    [[nodiscard]] TimePoint service_now() const override { return TimePoint{seconds(1'800'000'000)}; }
    [[nodiscard]] TimePoint wall_now() const override { return service_now(); }
    [[nodiscard]] SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

class Voice final : public voice::Speech {
public:
    asio::awaitable<Result<std::shared_ptr<const voice::Audio>>> speak(voice::Utterance utterance,
                                                                       SteadyTime) override {
        said.push_back(utterance.text);
        if (mute) co_return fail(Errc::unavailable, "the engine is broken");
        auto audio = std::make_shared<voice::Audio>();
        audio->samples.assign(800, 1);
        audio->pin_spoken_at = 400;
        co_return audio;
    }
    asio::awaitable<void> stop() override { co_return; }
    bool mute = false;
    std::vector<std::string> said;
};

class ScriptedLines final : public sip::Lines {
public:
    std::uint64_t open(sip::TrunkOptions, sip::TrunkSink sink) override {
        trunk = std::move(sink);
        return 1;
    }
    void close(std::uint64_t, std::function<void()> done) override {
        closed = true;
        done();
    }
    std::uint64_t place(std::uint64_t, sip::CallRequest request, sip::CallSink sink) override {
        placed.push_back(std::move(request));
        sinks.push_back(std::move(sink));
        for (const auto& event : script) sinks.back()(event);
        return placed.size();
    }
    void hang_up(std::uint64_t call) override { hung_up.push_back(call); }

    sip::TrunkSink trunk;
    bool closed = false;
    std::vector<sip::CallEvent> script;  ///< what each call does at once
    std::vector<sip::CallRequest> placed;
    std::vector<sip::CallSink> sinks;
    std::vector<std::uint64_t> hung_up;
};

sip::CallEvent ended(Ended how, std::string reason = "486 Busy Here") {
    return {.progress = Progress::ended, .how = how, .reason = std::move(reason)};
}

class SipCallTest : public testing::Test {
protected:
    SipCallTest() {
        options.trunk.name = "trunk-a";
        options.caller_id = "+441632960000";
        make();
    }
    void make() {
        channel = std::make_unique<SipCall>(
            SipCall::Parts{.executor = io.get_executor(),
                           .clock = clock,
                           .metrics = metrics,
                           .speech = voice,
                           .lines = lines,
                           .policy = policy,
                           .receipts = [this](DeliveryReceipt receipt) { receipts.push_back(std::move(receipt)); }},
            options);
        channel->start();
        lines.trunk(true, "");
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    using Answer = std::shared_ptr<std::optional<Result<Accepted>>>;
    Answer send(seconds patience = seconds(57), const std::string& country = "GB") {
        Outbound message;
        message.reference = {verification::RowKey{7}, 1, 2};
        message.channel = message::Channel::tts;
        message.account = "acme";
        message.number = "447700900123";
        message.country = country;
        message.locale = "de-de";
        message.text = "Ihr Code: 1, 2, 3, 4.";
        const auto answer = std::make_shared<std::optional<Result<Accepted>>>();
        asio::co_spawn(io, channel->submit(std::move(message), clock.steady_now() + patience),
                       [answer](const std::exception_ptr&, Result<Accepted> given) { *answer = std::move(given); });
        run();
        return answer;
    }
    void happens(const sip::CallEvent& event, std::size_t call = 0) {
        lines.sinks.at(call)(event);
        run();
    }
    bool metric(const std::string& line) { return metrics.text().find(line) != std::string::npos; }

    asio::io_context io;
    RunningClock clock;
    observe::Metrics metrics;
    Voice voice;
    ScriptedLines lines;
    CallPolicy policy{.repeat = 3};
    SipCallOptions options;
    std::vector<DeliveryReceipt> receipts;
    std::unique_ptr<SipCall> channel;
};

TEST_F(SipCallTest, ACallIsAcceptedWhenItRingsAndDeliveredWhenThePinWasSpoken) {
    const Answer answer = send();
    ASSERT_EQ(lines.placed.size(), 1U);
    EXPECT_EQ(lines.placed[0].number, "447700900123");
    EXPECT_EQ(lines.placed[0].caller_id, "+441632960000");
    EXPECT_EQ(lines.placed[0].repeat, 3U);
    EXPECT_FALSE(lines.placed[0].prompt);
    EXPECT_FALSE(*answer);
    happens({.progress = Progress::ringing, .reason = {}});
    ASSERT_TRUE(*answer && **answer);
    EXPECT_TRUE((**answer)->priced_later);
    EXPECT_TRUE(metric("roger_calls_active{route=\"trunk-a\"} 1"));
    happens({.progress = Progress::answered, .reason = {}});
    EXPECT_TRUE(receipts.empty());
    happens({.progress = Progress::pin_spoken, .reason = {}});
    happens(ended(Ended::completed, ""));
    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_TRUE(receipts[0].delivered);
    EXPECT_TRUE(receipts[0].charged);
    EXPECT_EQ(receipts[0].reference.key, verification::RowKey{7});
    EXPECT_EQ(receipts[0].reference.event, 1U);
    EXPECT_EQ(receipts[0].reference.attempt, 2);
    EXPECT_EQ(receipts[0].route, "trunk-a");
    EXPECT_EQ(receipts[0].account, "acme");
    EXPECT_TRUE(metric("roger_calls_active{route=\"trunk-a\"} 0"));
    EXPECT_TRUE(metric("roger_calls_total{result=\"completed\",route=\"trunk-a\"} 1"));
}

TEST_F(SipCallTest, WhatTheSubscriberDoesIsAReceiptAlsoWhenNothingRang) {
    const std::tuple<Ended, Cause, std::string> ends[] = {
        {Ended::busy, Cause::busy, "486 Busy Here"},
        {Ended::no_answer, Cause::subscriber, "486 Busy Here"},
        {Ended::declined, Cause::subscriber, "486 Busy Here"},
        {Ended::bad_number, Cause::subscriber, std::string(no_such_number)},
    };
    for (const auto& [how, cause, reason] : ends) {
        receipts.clear();
        const Answer answer = send();
        happens(ended(how), lines.sinks.size() - 1);
        ASSERT_TRUE(*answer && **answer) << sip::to_string(how);
        ASSERT_EQ(receipts.size(), 1U);
        EXPECT_FALSE(receipts[0].delivered);
        EXPECT_FALSE(receipts[0].charged);
        EXPECT_EQ(receipts[0].cause, cause);
        EXPECT_EQ(receipts[0].reason, reason);
    }
}

TEST_F(SipCallTest, AnAnsweredCallThatEndsBeforeThePinIsChargedAndNotDelivered) {
    for (const Ended how : {Ended::hung_up, Ended::no_key, Ended::completed}) {
        receipts.clear();
        send();
        const std::size_t call = lines.sinks.size() - 1;
        happens({.progress = Progress::answered, .reason = {}}, call);
        happens(ended(how, "no key was pressed"), call);
        ASSERT_EQ(receipts.size(), 1U);
        EXPECT_FALSE(receipts[0].delivered);
        EXPECT_TRUE(receipts[0].charged);
        EXPECT_EQ(receipts[0].cause, Cause::subscriber);
    }
}

TEST_F(SipCallTest, TheTrunksFaultIsForAnotherRouteBeforeAndAfterItRings) {
    for (const Ended how : {Ended::trunk_failed, Ended::no_response, Ended::misconfigured}) {
        const Answer answer = send();
        happens(ended(how), lines.sinks.size() - 1);
        ASSERT_TRUE(*answer);
        ASSERT_FALSE(**answer);
        EXPECT_EQ((*answer)->error().code, Errc::unavailable);
    }
    EXPECT_TRUE(receipts.empty());
    send();
    happens({.progress = Progress::ringing, .reason = {}}, 3);
    happens(ended(Ended::trunk_failed), 3);
    ASSERT_EQ(receipts.size(), 1U);
    EXPECT_EQ(receipts[0].cause, Cause::route);
}

TEST_F(SipCallTest, ATrunkThatFailsInARowIsLeftAlone) {
    lines.script = {ended(Ended::trunk_failed)};
    for (unsigned i = 0; i < Circuit::failures_max; ++i) {
        EXPECT_TRUE(channel->up());
        send();
    }
    EXPECT_FALSE(channel->up());
    const std::size_t before = lines.placed.size();
    EXPECT_FALSE(*(*send()));
    EXPECT_EQ(lines.placed.size(), before);
}

TEST_F(SipCallTest, WithoutSpeechNothingRings) {
    voice.mute = true;
    const Answer answer = send();
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->error().code, Errc::unavailable);
    EXPECT_TRUE(lines.placed.empty());
}

TEST_F(SipCallTest, TheGateAsksInTheMessagesLanguage) {
    policy.gate = true;
    send();
    ASSERT_EQ(lines.placed.size(), 1U);
    EXPECT_TRUE(lines.placed[0].prompt);
    EXPECT_EQ(voice.said.at(1), "Um Ihren Code zu hören, drücken Sie die 1.");
}

TEST_F(SipCallTest, OverItsLimitACallWaitsForALineOrGoesElsewhere) {
    options.max_calls = 2;
    options.max_calls_in = {{"GB", 1}};
    make();
    send();
    const Answer second = send();
    EXPECT_EQ(lines.placed.size(), 1U) << "one line to Britain";
    send(seconds(57), "DE");
    EXPECT_EQ(lines.placed.size(), 2U);
    const Answer too_late = send(seconds(0), "FR");
    ASSERT_TRUE(*too_late);
    EXPECT_EQ((*too_late)->error().detail, "every line of the trunk is busy");
    happens(ended(Ended::completed));
    while (lines.placed.size() < 3) {
        io.restart();
        io.run_one();
    }
    EXPECT_FALSE(*second) << "placed, and not ringing yet";
}

TEST_F(SipCallTest, ATrunkThatIsDownTakesNothing) {
    lines.trunk(false, "REGISTER was answered 403");
    run();
    EXPECT_FALSE(channel->up());
    EXPECT_FALSE(*(*send()));
    EXPECT_TRUE(lines.placed.empty());
}

TEST_F(SipCallTest, ARequestThatEndsHangsUpWhatRingsForIt) {
    const Answer answer = send();
    channel->revoke(verification::RowKey{8});
    EXPECT_TRUE(lines.hung_up.empty());
    channel->revoke(verification::RowKey{7});
    channel->revoke(verification::RowKey{7});
    EXPECT_EQ(lines.hung_up, std::vector<std::uint64_t>{1});
    happens(ended(Ended::stopped, "ended by us"));
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->error().code, Errc::unavailable);
    EXPECT_EQ((*answer)->error().detail, request_ended);
    EXPECT_TRUE(receipts.empty());
}

TEST_F(SipCallTest, ARequestThatEndsHangsUpACallThatHasNotSaidItsPin) {
    for (const Progress last : {Progress::ringing, Progress::answered, Progress::pin_spoken}) {
        receipts.clear();
        lines.hung_up.clear();
        send();
        const std::size_t call = lines.sinks.size() - 1;
        happens({.progress = Progress::ringing, .reason = {}}, call);
        if (last != Progress::ringing) happens({.progress = Progress::answered, .reason = {}}, call);
        if (last == Progress::pin_spoken) happens({.progress = last, .reason = {}}, call);
        channel->revoke(verification::RowKey{7});
        EXPECT_EQ(lines.hung_up.size(), last == Progress::pin_spoken ? 0U : 1U);
        happens(ended(Ended::stopped, "ended by us"), call);
        ASSERT_EQ(receipts.size(), 1U);
        EXPECT_EQ(receipts[0].delivered, last == Progress::pin_spoken);
        EXPECT_EQ(receipts[0].charged, last != Progress::ringing);
        if (!receipts[0].delivered) EXPECT_EQ(receipts[0].reason, request_ended);
    }
}

TEST_F(SipCallTest, ARequestThatEndsWhileItsCallWaitsForALineTakesNone) {
    options.max_calls = 1;
    make();
    send();
    const Answer second = send();
    EXPECT_EQ(lines.placed.size(), 1U);
    channel->revoke(verification::RowKey{7});
    run();
    ASSERT_TRUE(*second);
    EXPECT_EQ((*second)->error().detail, request_ended);
    happens(ended(Ended::stopped));
    EXPECT_EQ(lines.placed.size(), 1U);
}

// The one attempt of a half-open circuit was ours to end: the trunk must not be left alone for ever after it.
TEST_F(SipCallTest, ACallThatWeEndTeachesNothingOfTheTrunk) {
    Circuit circuit;
    SteadyTime now{};
    for (unsigned i = 0; i < Circuit::failures_max; ++i) circuit.failed(now);
    now += Circuit::pause_first;
    ASSERT_TRUE(circuit.admits(now));
    circuit.begin();
    EXPECT_FALSE(circuit.admits(now));
    circuit.abandoned();
    EXPECT_TRUE(circuit.admits(now));
}

TEST_F(SipCallTest, StoppingEndsCallsThatHaveSaidThePinAndWaitsForTheOthers) {
    lines.script = {{.progress = Progress::answered, .reason = {}}};
    send();
    send();
    happens({.progress = Progress::pin_spoken, .reason = {}}, 0);
    bool stopped = false;
    asio::co_spawn(io, channel->stop(), [&stopped](const std::exception_ptr&) { stopped = true; });
    run();
    EXPECT_EQ(lines.hung_up, std::vector<std::uint64_t>{1});
    EXPECT_FALSE(channel->up());
    happens(ended(Ended::stopped), 0);
    EXPECT_FALSE(stopped);
    happens({.progress = Progress::pin_spoken, .reason = {}}, 1);
    EXPECT_EQ(lines.hung_up, (std::vector<std::uint64_t>{1, 2}));
    happens(ended(Ended::stopped), 1);
    EXPECT_TRUE(stopped);
    EXPECT_TRUE(lines.closed);
    EXPECT_EQ(receipts.size(), 2U);
}

}  // namespace
}  // namespace roger::channel
