#include "dispatch/receipts.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::dispatch {
namespace {

namespace asio = boost::asio;
using channel::PeerReceipt;
using State = PeerReceipt::State;
using verification::EventState;

/// Receipts over an engine without a thread; the test itself is the sender and the time.
class ReceiptsTest : public testing::Test, public engine::Sender {
protected:
    ReceiptsTest() { engine.set_sender(*this); }
    ~ReceiptsTest() override { receipts.stop(); }
    ReceiptsTest(const ReceiptsTest&) = delete;
    ReceiptsTest& operator=(const ReceiptsTest&) = delete;

    void carry_out(engine::Work next) override { work = std::move(next); }
    void revoke(verification::RowKey /*key*/) override {}

    void run() {
        do {
            io.restart();
            while (io.poll() > 0) {
            }
        } while (engine.run_once());
    }
    void pass(seconds by) {
        clock.advance(by);
        over.cancel();
        run();
    }
    asio::awaitable<void> pause() {
        boost::system::error_code ignored;
        co_await over.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    void start() {
        engine::Start start;
        start.draft.account = "acme";
        start.draft.number = "447700900123";
        start.draft.plan = verification::make_plan(1, {}, {});
        engine.submit(std::move(start));
        run();
    }
    /// The peer's answer to the message under way, with the ids that it gave.
    void accept(const std::vector<channel::ReceiptKey>& ids) {
        verification::Outcome outcome;
        outcome.event = work->claim.event;
        outcome.attempt = work->claim.attempt;
        outcome.handover = verification::Handover::accepted;
        outcome.at = clock.service_now();
        outcome.route = "a";
        outcome.receipt_keys = ids;
        engine::Report report{work->row.key, outcome, {}};
        report.reply = [this, ids](const Result<engine::Report::Answer>& saved) {
            if (saved) receipts.known(ids);
        };
        engine.submit(std::move(report));
    }
    void take(const std::string& id, State state = State::delivered) {
        PeerReceipt receipt;
        receipt.peer_group = "g";
        receipt.ids = {id};
        receipt.state = state;
        receipts.take(receipt, [this](bool stored) { done.push_back(stored); });
    }
    EventState state() {
        store::Query query;
        query.key = work->row.key;
        return store->read(query)->at(0).events.at(0).state;
    }
    [[nodiscard]] bool counted(const std::string& labels) const {
        return metrics.text().find("roger_receipts_total{" + labels + "}") != std::string::npos;
    }

    asio::io_context io;
    asio::steady_timer over{io, SteadyTime::max()};  ///< the pause that is going on
    testing_support::FakeClock clock;
    verification::Keyring keyring = [] {
        verification::Keyring keyring;
        keyring.add(1, Key32{}, true);
        return keyring;
    }();
    observe::Metrics metrics;
    std::shared_ptr<store::MemoryDisk> disk = store::make_memory_disk();
    std::unique_ptr<store::Store> store = store::make_memory_store(disk);
    engine::Engine engine{
        {*store, clock, keyring, metrics, [this](std::function<void()> posted) { asio::post(io, std::move(posted)); },
         [](const Error&) {}},
        engine::Options{}};
    Receipts receipts{{io.get_executor(), engine, clock, metrics, [this](milliseconds) { return pause(); }},
                      std::make_shared<const std::vector<routing::Route>>()};
    std::optional<engine::Work> work;
    std::vector<bool> done;
};

TEST_F(ReceiptsTest, AReceiptIsAcknowledgedOnceItIsStored) {
    start();
    accept({{"g", "1"}});
    run();
    take("1");
    EXPECT_TRUE(done.empty());
    run();
    EXPECT_EQ(done, std::vector{true});
    EXPECT_EQ(state(), EventState::delivered);
    EXPECT_TRUE(counted(R"(matched="yes",route="a",state="delivered")")) << metrics.text();
}

TEST_F(ReceiptsTest, HowLongADeliveryTookIsCountedOnceForItsNetwork) {
    start();
    accept({{"g", "1"}});
    run();
    pass(seconds(3));
    take("1");
    take("1");  // peers send them twice
    run();
    const std::string text = metrics.text();
    EXPECT_NE(text.find(R"(roger_delivery_seconds_sum{network="unknown",route="a"} 3)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(roger_delivery_seconds_count{network="unknown",route="a"} 1)"), std::string::npos);
}

TEST_F(ReceiptsTest, AnEarlyReceiptWaitsUnacknowledgedForItsSubmission) {
    start();
    take("1");
    take("2");
    run();
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(receipts.early(), 2U);
    accept({{"g", "1"}});
    run();
    EXPECT_EQ(done, std::vector{true});
    EXPECT_EQ(state(), EventState::delivered);
    EXPECT_EQ(receipts.early(), 1U);
}

TEST_F(ReceiptsTest, OneThatNobodyKnowsIsGivenUpAfterAMinute) {
    take("1");
    run();
    pass(early_kept - seconds(1));
    take("2");
    run();
    EXPECT_TRUE(done.empty());
    pass(seconds(1));
    EXPECT_EQ(done, std::vector{true});
    EXPECT_EQ(receipts.early(), 1U);
    EXPECT_TRUE(counted(R"(matched="no",route="g",state="delivered")")) << metrics.text();
    pass(early_kept);
    EXPECT_EQ(receipts.early(), 0U);
    take("3", State::failed);
    run();
    EXPECT_EQ(receipts.early(), 1U);
    pass(early_kept);
    EXPECT_EQ(done.size(), 3U) << "the watch begins anew";
}

TEST_F(ReceiptsTest, AnEarlyReceiptOfAnotherNumberGoesOnWaitingAsLongAsItWould) {
    start();
    PeerReceipt receipt{
        .peer_group = "g", .ids = {"1"}, .number = "447700900456", .state = State::delivered, .reason = ""};
    receipts.take(receipt, [this](bool stored) { done.push_back(stored); });
    run();
    pass(seconds(30));
    accept({{"g", "1"}});
    run();
    EXPECT_EQ(state(), EventState::submitted);
    EXPECT_EQ(receipts.early(), 1U);
    pass(seconds(30));
    EXPECT_EQ(done, std::vector{true});
}

TEST_F(ReceiptsTest, TooManyEarlyOnesCostTheOldest) {
    for (std::size_t i = 0; i <= early_max; ++i) {
        take(std::to_string(i));
        if (i % receipts_at_once_max == 0) run();
    }
    run();
    EXPECT_EQ(receipts.early(), early_max);
    EXPECT_EQ(done, std::vector{true});
}

TEST_F(ReceiptsTest, MoreAtOnceThanTheEngineShouldHaveAreAskedForAgain) {
    for (std::size_t i = 0; i < receipts_at_once_max; ++i) take("1");
    EXPECT_TRUE(done.empty());
    take("1");
    EXPECT_EQ(done, std::vector{false});
    run();
    take("1");
    EXPECT_EQ(done.size(), 1U) << "there is room again";
    run();
}

TEST_F(ReceiptsTest, WhatCannotBeStoredIsAskedForAgain) {
    start();
    accept({{"g", "1"}});
    run();
    store::set_fault(*disk, store::MemoryFault::unavailable);
    take("1");
    run();
    EXPECT_EQ(done, std::vector{false});
    EXPECT_EQ(state(), EventState::submitted);
    take("1");
    run();
    EXPECT_EQ(done.back(), true);
    EXPECT_EQ(state(), EventState::delivered);
}

TEST_F(ReceiptsTest, APendingOneIsAcknowledgedAndLeavesTheRowAlone) {
    start();
    accept({{"g", "1"}});
    run();
    take("1", State::pending);
    EXPECT_EQ(done, std::vector{true});
    run();
    EXPECT_EQ(state(), EventState::submitted);
}

TEST_F(ReceiptsTest, AStopLeavesEarlyOnesToThePeer) {
    take("1");
    run();
    receipts.stop();
    EXPECT_EQ(done, std::vector{false});
    take("2");
    EXPECT_EQ(done, (std::vector{false, false}));
}

}  // namespace
}  // namespace roger::dispatch
