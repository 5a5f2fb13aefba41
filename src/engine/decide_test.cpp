// Receipts of peers, judged in one batch or another: which segment they are of, and what follows.
#include "engine/decide.hpp"

#include <gtest/gtest.h>

#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::engine {
namespace {

using verification::EventState;
using verification::ReceiptKey;

class PeerReceiptTest : public testing::Test {
protected:
    /// One batch, one transaction.
    Effects batch(std::vector<Command> commands) {
        std::vector<Command*> pointers;
        for (Command& command : commands) pointers.push_back(&command);
        Effects effects;
        const auto saved = store->transact(wanted(pointers, vault, clock.service_now()), [&](const store::Loaded& got) {
            Decision decision =
                decide(pointers, got, {.now = clock.service_now(), .wall_now = clock.wall_now(), .accounts = accounts},
                       vault, keys);
            effects = std::move(decision.effects);
            return std::move(decision.changes);
        });
        EXPECT_TRUE(saved);
        return effects;
    }
    Work start(const std::string& number = "447700900123") {
        Start start;
        start.draft.account = "acme";
        start.draft.number = number;
        start.draft.plan = verification::make_plan(1, {}, {});
        return one(Command(std::move(start))).works.at(0);
    }
    Effects one(Command command) {
        std::vector<Command> commands;
        commands.push_back(std::move(command));
        return batch(std::move(commands));
    }
    Report accepted(const Work& work, std::vector<ReceiptKey> ids) {
        verification::Outcome outcome;
        outcome.event = work.claim.event;
        outcome.attempt = work.claim.attempt;
        outcome.handover = verification::Handover::accepted;
        outcome.at = clock.service_now();
        outcome.route = "a";
        outcome.receipt_keys = std::move(ids);
        return {work.row.key, outcome, {}};
    }
    static PeerReceipt receipt(std::vector<std::string> ids, bool delivered = true, std::string number = "") {
        PeerReceipt receipt;
        receipt.peer_group = "g";
        receipt.ids = std::move(ids);
        receipt.number = std::move(number);
        receipt.delivered = delivered;
        receipt.reason = delivered ? "" : "UNDELIV";
        return receipt;
    }
    PeerReceipt::Answer tell(PeerReceipt receipt) {
        return *std::get<Result<PeerReceipt::Answer>>(one(Command(std::move(receipt))).answers.at(0));
    }
    verification::Event event(const Work& work) {
        store::Query query;
        query.key = work.row.key;
        return store->read(query)->at(0).events.at(work.claim.event);
    }

    testing_support::FakeClock clock;
    verification::Keyring keyring = [] {
        verification::Keyring keyring;
        keyring.add(1, Key32{}, true);
        return keyring;
    }();
    verification::Vault vault{keyring};
    account::AccountBook accounts;
    std::unique_ptr<store::Store> store = store::make_memory_store();
    verification::KeyMaker keys{0, RowKey{}};
};

TEST_F(PeerReceiptTest, FindsItsEventByTheIdThatThePeerGave) {
    const Work work = start();
    one(accepted(work, {{"g", "5f"}}));
    EXPECT_FALSE(tell(receipt({"60"})).matched);
    PeerReceipt other_peer = receipt({"5f"});
    other_peer.peer_group = "h";
    EXPECT_FALSE(tell(std::move(other_peer)).matched);
    EXPECT_EQ(event(work).state, EventState::submitted);
    const auto answer = tell(receipt({"95", "5f"}));
    EXPECT_TRUE(answer.matched);
    EXPECT_EQ(answer.route, "a");
    EXPECT_EQ(event(work).state, EventState::delivered);
    EXPECT_EQ(event(work).receipted, clock.service_now());
    EXPECT_TRUE(tell(receipt({"5f"}, false)).matched) << "a late one is known, and changes nothing";
    EXPECT_EQ(event(work).state, EventState::delivered);
}

TEST_F(PeerReceiptTest, SeesWhatWasReportedBeforeItInItsOwnBatch) {
    const Work work = start();
    std::vector<Command> commands;
    commands.emplace_back(receipt({"1"}, false));
    commands.emplace_back(accepted(work, {{"g", "1"}}));
    commands.emplace_back(receipt({"1"}));
    const Effects effects = batch(std::move(commands));
    EXPECT_FALSE(std::get<Result<PeerReceipt::Answer>>(effects.answers[0])->matched);
    EXPECT_TRUE(std::get<Result<PeerReceipt::Answer>>(effects.answers[2])->matched);
    EXPECT_EQ(event(work).state, EventState::delivered);
}

// "10" is 16 to a peer that writes hexadecimal: the forms of two messages' ids may be the same.
TEST_F(PeerReceiptTest, TheNumberTellsMessagesApartWhoseIdsMayBeTheSame) {
    const Work first = start("447700900123");
    const Work second = start("447700900456");
    one(accepted(first, {{"g", "16"}}));
    one(accepted(second, {{"g", "10"}}));
    EXPECT_TRUE(tell(receipt({"16", "10"}, true, "07700900456")).matched) << "national prefix";
    EXPECT_EQ(event(first).state, EventState::submitted);
    EXPECT_EQ(event(second).state, EventState::delivered);
    EXPECT_FALSE(tell(receipt({"16", "10"}, true, "447700900789")).matched);
    EXPECT_FALSE(tell(receipt({"16"}, true, "447700900456")).matched);
    EXPECT_EQ(event(first).state, EventState::submitted);
    EXPECT_TRUE(tell(receipt({"16", "10"}, true, "12345")).matched) << "a short code names no subscriber";
    EXPECT_EQ(event(first).state, EventState::delivered) << "the likeliest form";
}

TEST_F(PeerReceiptTest, OfAnIdUsedAgainTheNewestMessageIsMeant) {
    const Work first = start("447700900123");
    const Work second = start("447700900456");
    one(accepted(second, {{"g", "1"}}));
    one(accepted(first, {{"g", "1"}}));
    tell(receipt({"1"}));
    EXPECT_EQ(event(first).state, EventState::submitted);
    EXPECT_EQ(event(second).state, EventState::delivered);
    tell(receipt({"1"}, true, "447700900123"));
    EXPECT_EQ(event(first).state, EventState::delivered);
}

TEST_F(PeerReceiptTest, ALongMessageIsDeliveredWhenAllItsSegmentsAre) {
    const Work work = start();
    one(accepted(work, {{"g", "1"}, {"g", "2"}, {"g", ""}, {"g", std::string(300, 'x')}, {"g", "2"}, {"g", "3"}}));
    for (const char* id : {"3", "1", "1"}) {
        EXPECT_TRUE(tell(receipt({id})).matched);
        EXPECT_EQ(event(work).state, EventState::submitted) << id;
    }
    tell(receipt({"2"}));
    EXPECT_EQ(event(work).state, EventState::delivered);
}

TEST_F(PeerReceiptTest, AFailureAsksForAnotherRouteAndItsOldIdDoesNotFailTheNewAttempt) {
    const Work work = start();
    one(accepted(work, {{"g", "1"}}));
    PeerReceipt failed = receipt({"1"}, false);
    failed.another_route = [](const verification::Request& row, std::size_t event) {
        return row.events[event].route == "a";
    };
    const Effects effects = one(Command(failed));
    ASSERT_EQ(effects.works.size(), 1U);
    EXPECT_EQ(effects.works[0].claim, (verification::Claim{0, 2}));
    one(accepted(effects.works[0], {{"g", "2"}}));
    EXPECT_TRUE(one(Command(failed)).works.empty());
    EXPECT_EQ(event(work).state, EventState::submitted);
    EXPECT_EQ(one(Command(receipt({"2"}, false))).works.at(0).claim, (verification::Claim{1, 1})) << "no route is left";
    EXPECT_EQ(event(work).state, EventState::failed);
    EXPECT_EQ(event(work).reason, "UNDELIV");
    const Work next = start("447700900456");
    one(accepted(next, {{"g", "3"}}));
    failed = receipt({"3"}, false);
    failed.reason = std::string(5'000, 'x');
    tell(failed);
    EXPECT_EQ(event(next).reason, std::string(64, 'x')) << "what would not fit the row is cut off";
}

TEST_F(PeerReceiptTest, WhatAPeerCallsAMessageCannotOutgrowTheRow) {
    const Work work = start();
    std::vector<ReceiptKey> ids;
    for (char part = 'a'; part < 'k'; ++part) ids.push_back({"g", std::string(60, part)});
    Report report = accepted(work, ids);
    for (const ReceiptKey& id : ids) std::get<verification::Outcome>(report.what).peer_ids.push_back(id.id);
    one(Command(std::move(report)));
    EXPECT_EQ(event(work).state, EventState::submitted);
    EXPECT_EQ(event(work).peer_ids, (std::vector{std::string(60, 'a'), std::string(60, 'b')}));
    EXPECT_TRUE(tell(receipt({std::string(60, 'j')})).matched) << "by its receipt key it is known all the same";
}

TEST_F(PeerReceiptTest, AfterTheEndItChangesTheEventAlone) {
    const Work work = start();
    one(accepted(work, {{"g", "1"}}));
    clock.advance(seconds(31));
    one(Command(Control{vault.id_of(work.row), "acme", verification::Cancel{}, {}}));
    EXPECT_EQ(store->live(), 0U);
    PeerReceipt failed = receipt({"1"}, false);
    failed.another_route = [](const verification::Request&, std::size_t) { return true; };
    EXPECT_TRUE(one(Command(failed)).works.empty());
    EXPECT_EQ(event(work).state, EventState::failed);
    EXPECT_EQ(store->live(), 0U);
}

TEST_F(PeerReceiptTest, IdsAreKeptForThreeDays) {
    const Work work = start();
    one(accepted(work, {{"g", "1"}}));
    const auto write_much = [this] {
        for (int i = 0; i < 3; ++i) one(Command(SaveSetting{"x", std::to_string(i), {}}));
    };
    clock.advance(receipt_keys_kept - milliseconds(1));
    write_much();
    EXPECT_TRUE(tell(receipt({"1"})).matched);
    clock.advance(std::chrono::hours(13));
    write_much();
    EXPECT_FALSE(tell(receipt({"1"})).matched);
}

}  // namespace
}  // namespace roger::engine
