#include "engine/engine.hpp"

#include <gtest/gtest.h>

#include "engine/engine_fixture_test.hpp"

namespace roger::engine {
namespace {

TEST_F(EngineTest, AStartIsAnsweredAndCarriedOutOnlyAfterItIsDurable) {
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, draft());
    EXPECT_TRUE(engine->run_once());
    EXPECT_FALSE(answer) << "nothing before the post";
    EXPECT_TRUE(sender.works.empty());
    drain();
    ASSERT_TRUE(answer && answer->has_value());
    EXPECT_EQ((*answer)->kind, Kind::started);
    ASSERT_EQ(sender.works.size(), 1U);
    EXPECT_EQ(stored(*(*answer)->id).events.at(0).state, verification::EventState::sending);
}

TEST_F(EngineTest, ASecondStartForTheSubscriberGetsTheLiveId) {
    const auto first = start();
    const auto second = start();
    EXPECT_EQ(second->kind, Kind::concurrent);
    EXPECT_EQ(second->id, first->id);
    EXPECT_EQ(start("447700900124")->kind, Kind::started);
    EXPECT_EQ(sender.works.size(), 2U);
}

TEST_F(EngineTest, TwoStartsForOneSubscriberInOneBatchMakeOneRequest) {
    std::optional<Result<Start::Answer>> first;
    std::optional<Result<Start::Answer>> second;
    submit_start(first, draft());
    submit_start(second, draft());
    run();
    EXPECT_EQ((*first)->kind, Kind::started);
    EXPECT_EQ((*second)->kind, Kind::concurrent);
    EXPECT_EQ(store->live(), 1U);
}

TEST_F(EngineTest, AnIdempotentStartIsReplayedAndAnotherUnderItsKeyRefused) {
    auto row = draft();
    row.idempotency_key = "order-7";
    std::optional<Result<Start::Answer>> first;
    std::optional<Result<Start::Answer>> again;
    std::optional<Result<Start::Answer>> other;
    submit_start(first, row);
    submit_start(again, row);
    row.brand = "Other";
    submit_start(other, row);
    run();
    EXPECT_EQ((*again)->kind, Kind::replayed);
    EXPECT_EQ((*again)->id, (*first)->id);
    EXPECT_EQ((*other)->kind, Kind::mismatch);
    EXPECT_EQ(sender.works.size(), 1U);
}

TEST_F(EngineTest, ChecksOfOneBatchAreJudgedOneAfterTheOther) {
    const RequestId id = *start()->id;
    const std::string pin = pin_of(id);
    std::vector<std::optional<Result<Check::Answer>>> answers(100);
    for (auto& answer : answers) submit_check(answer, id, pin);
    run();
    EXPECT_EQ((*answers[0])->verdict, Verdict::right);
    for (std::size_t i = 1; i < answers.size(); ++i) EXPECT_EQ((*answers[i])->verdict, Verdict::gone);
    EXPECT_EQ(stored(id).checks.size(), 1U);
    EXPECT_FALSE(sender.revoked.empty());
}

TEST_F(EngineTest, OnlyTheOwnersExactIdOpensARequest) {
    const RequestId id = *start()->id;
    const std::string pin = pin_of(id);
    Check foreign{id, "other", *verification::Pin::parse(pin), 1, {}};
    std::optional<Result<Check::Answer>> answer;
    foreign.reply = [&answer](Result<Check::Answer> got) { answer = std::move(got); };
    engine->submit(std::move(foreign));
    run();
    EXPECT_EQ((*answer)->verdict, Verdict::gone);
    const auto parts = verification::Vault(keyring).open_id(id);
    const RequestId guessed = verification::Vault(keyring).id_of(verification::IdParts{parts.key, parts.random + 1});
    EXPECT_EQ(check(guessed, pin)->verdict, Verdict::gone) << "the random half is compared too";
    EXPECT_EQ(check(id, pin)->verdict, Verdict::right);
}

TEST_F(EngineTest, TimersRunWhenTheyAreDue) {
    const RequestId id = *start()->id;
    EXPECT_TRUE(accept(sender.works[0]));
    clock.advance(seconds(125) - milliseconds(1));
    EXPECT_FALSE(engine->run_once());
    clock.advance(milliseconds(1));
    run();
    ASSERT_EQ(sender.works.size(), 2U);
    EXPECT_EQ(sender.works[1].claim, (Claim{1, 1}));
    EXPECT_EQ(stored(id).events.size(), 2U);
}

TEST_F(EngineTest, AClaimOfTheLastProcessIsRecoveredOnceAndFlagged) {
    const RequestId id = *start()->id;
    restart();
    EXPECT_TRUE(sender.works.empty());
    engine->prepare();
    drain();
    ASSERT_EQ(sender.works.size(), 1U);
    EXPECT_EQ(sender.works[0].claim, (Claim{0, 2}));
    EXPECT_TRUE(stored(id).events[0].ambiguous);
    EXPECT_TRUE(accept(sender.works[0]));
    restart();
    engine->prepare();
    drain();
    EXPECT_TRUE(sender.works.empty()) << "what was reported is not sent again";
}

TEST_F(EngineTest, WithoutTimersNothingButCommandsHappens) {
    const RequestId id = *start()->id;
    options.timers = false;
    restart();
    engine->start();
    clock.advance(seconds(1000));
    engine->clock_moved();
    bool changed = false;
    engine->submit(
        SaveSetting{"a", "b", [&changed](const Result<SaveSetting::Answer>& r) { changed = r.has_value(); }});
    engine->stop();
    drain();
    EXPECT_TRUE(changed);
    EXPECT_TRUE(sender.works.empty());
    EXPECT_EQ(stored(id).events[0].attempt, 1);
    EXPECT_FALSE(stored(id).events[0].ambiguous);
    EXPECT_EQ(stored(id).status, Status::in_progress);
}

TEST_F(EngineTest, AStoreThatCannotBeWrittenRefusesClientsAndKeepsReports) {
    const RequestId id = *start()->id;
    store::set_fault(*disk, store::MemoryFault::unavailable);
    bool saved = false;
    verification::Outcome outcome;
    outcome.attempt = 1;
    outcome.handover = verification::Handover::accepted;
    outcome.at = clock.service_now();
    const RowKey key = sender.works[0].row.key;
    engine->submit(Report{key, outcome, [&saved](const Result<Report::Answer>& r) { saved = r.has_value(); }});
    std::optional<Result<Start::Answer>> refused;
    submit_start(refused, draft("447700900124"));
    run();
    EXPECT_EQ(refused->error().code, Errc::unavailable);
    EXPECT_FALSE(saved);
    EXPECT_FALSE(engine->writable());
    EXPECT_FALSE(engine->run_once()) << "not tried again at once";
    clock.advance(seconds(1));
    run();
    EXPECT_TRUE(saved);
    EXPECT_TRUE(engine->writable());
    EXPECT_EQ(stored(id).events[0].state, verification::EventState::submitted);
}

TEST_F(EngineTest, WhatWritesNothingDoesNotShowThatTheStoreCanBeWritten) {
    const RequestId id = *start()->id;
    store::set_fault(*disk, store::MemoryFault::unavailable);
    EXPECT_FALSE(start("447700900124"));
    EXPECT_EQ(start()->id, id) << "the live one, which is only read";
    EXPECT_FALSE(engine->writable());
    EXPECT_TRUE(start("447700900124"));
    EXPECT_TRUE(engine->writable());
}

TEST_F(EngineTest, AStoreThatIsWellAgainIsFoundSoWithoutClients) {
    store::set_fault(*disk, store::MemoryFault::unavailable);
    EXPECT_FALSE(start());
    store::set_fault(*disk, store::MemoryFault::unavailable);
    clock.advance(seconds(1));
    run();
    EXPECT_FALSE(engine->writable());
    clock.advance(seconds(1));
    run();
    EXPECT_TRUE(engine->writable());
}

TEST_F(EngineTest, ClientsWhoKeepTryingDoNotPutOffOurOwnReports) {
    (void)start();
    store::set_fault(*disk, store::MemoryFault::unavailable);
    EXPECT_FALSE(accept(sender.works[0]));
    for (int i = 0; i < 3; ++i) {
        clock.advance(milliseconds(400));
        store::set_fault(*disk, i < 2 ? store::MemoryFault::unavailable : store::MemoryFault::none);
        (void)start("44770090020" + std::to_string(i));
    }
    EXPECT_EQ(stored(verification::Vault(keyring).id_of(sender.works[0].row)).events[0].state,
              verification::EventState::submitted);
}

TEST_F(EngineTest, AnUnknownCommitAnswersNobodyAndEndsTheProcess) {
    store::set_fault(*disk, store::MemoryFault::timed_out_kept);
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, draft());
    run();
    EXPECT_EQ(fatal, 1);
    EXPECT_FALSE(answer);
    EXPECT_TRUE(sender.works.empty());
}

TEST_F(EngineTest, CommandsThatWaitedTooLongAreRefusedButReportsAreNot) {
    const RequestId id = *start()->id;
    std::optional<Result<Start::Answer>> late_start;
    std::optional<Result<Check::Answer>> late_check;
    submit_start(late_start, draft("447700900124"));
    submit_check(late_check, id, "0000");
    clock.advance(milliseconds(1001));
    run();
    EXPECT_EQ(late_start->error().code, Errc::rate_limited);
    EXPECT_EQ(late_check->error().code, Errc::unavailable);
    EXPECT_TRUE(stored(id).checks.empty()) << "what was refused was not judged";
}

TEST_F(EngineTest, AccountsChangeOneAfterTheOtherAndArePublished) {
    const auto change = [&](double rate) {
        ChangeAccount command{
            .key = "acme", .change = [rate](const account::Account* current) -> Result<account::Account> {
                account::Account next = current == nullptr ? account::Account{.key = "acme"} : *current;
                next.rate = next.rate.value_or(0) + rate;
                return next;
            }};
        engine->submit(std::move(command));
    };
    change(1);
    change(2);
    run();
    EXPECT_EQ(engine->accounts()->at("acme")->rate, 3);
    restart();
    EXPECT_EQ(engine->accounts()->at("acme")->rate, 3);
}

TEST_F(EngineTest, ALateReportOfAnEndedRequestDoesNotFreeItsSubscriberTwice) {
    const RequestId first = *start()->id;
    const Work work = sender.works[0];
    ASSERT_EQ(check(first, pin_of(first))->verdict, Verdict::right);
    const RequestId second = *start()->id;
    // The report and a third start meet in one batch.
    verification::Outcome outcome;
    outcome.attempt = work.claim.attempt;
    outcome.handover = verification::Handover::accepted;
    engine->submit(Report{work.row.key, outcome, {}});
    std::optional<Result<Start::Answer>> third;
    submit_start(third, draft());
    run();
    EXPECT_EQ((*third)->kind, Kind::concurrent);
    EXPECT_EQ((*third)->id, second);
}

TEST_F(EngineTest, TheThreadAnswersAndStopsCleanly) {
    engine->start();
    std::atomic<bool> answered = false;
    Start start{.draft = draft()};
    start.reply = [&answered](const Result<Start::Answer>& answer) { answered = answer.has_value(); };
    engine->submit(std::move(start));
    engine->stop();  // finishes what waits
    drain();
    EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace roger::engine
