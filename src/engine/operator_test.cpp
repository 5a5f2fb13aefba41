// What operators and the house's own housekeeping ask of the engine: entries of the audit log, blanking, scrubbing.
#include "engine/engine_fixture_test.hpp"

namespace roger::engine {
namespace {

store::AuditNote note_of(const std::string& action) {
    return {.who = "user:anna", .from = "192.0.2.1", .action = action, .target = "acme", .detail = ""};
}

class OperatorTest : public EngineTest {
protected:
    template <class Command>
    Result<typename Command::Answer> ask(Command command) {
        std::optional<Result<typename Command::Answer>> answer;
        command.reply = [&answer](Result<typename Command::Answer> got) { answer = std::move(got); };
        engine->submit(std::move(command));
        run();
        return *answer;
    }
    std::vector<std::string> actions() {
        std::vector<std::string> found;
        const auto page = store->audit({});
        for (const auto& entry : *page) found.push_back(entry.note.action);
        return found;
    }
    RowKey key_of(const RequestId& id) { return verification::Vault(keyring).open_id(id).key; }
};

TEST_F(OperatorTest, WhatWasDoneIsToldAndWhatWasRefusedIsNot) {
    const auto make = [](const account::Account* current) -> Result<account::Account> {
        if (current != nullptr) return fail(Errc::conflict, "it exists already");
        return account::Account{.key = "acme"};
    };
    ChangeAccount create{.key = "acme", .change = make, .reply = {}, .note = note_of("account.create")};
    EXPECT_TRUE(ask(create));
    EXPECT_FALSE(ask(create));
    EXPECT_TRUE(ask(SaveSetting{.name = "x", .value = "y", .reply = {}, .note = note_of("setting.save")}));
    EXPECT_TRUE(ask(Note{.note = note_of("session.begin"), .reply = {}}));
    EXPECT_EQ(actions(), (std::vector<std::string>{"session.begin", "setting.save", "account.create"}));
}

TEST_F(OperatorTest, TheChainGoesOnOverBatchesAndRestarts) {
    for (int round = 0; round < 3; ++round) {
        engine->submit(Note{.note = note_of("one"), .reply = {}});
        engine->submit(Note{.note = note_of("two"), .reply = {}});
        run();
        restart();
        engine->prepare();
    }
    store::AuditChain chain(keyring.id_key());
    const auto read = [&](std::int64_t from) { return store->audit({.from = from}); };
    const auto recorded = chain.read(store->opened().settings.at(std::string(store::audit_head_setting)));
    const auto verdict = store::verify_audit(chain, read, {{"the database", recorded}});
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->entries, 6);
    EXPECT_EQ(verdict->problem, "");
}

TEST_F(OperatorTest, ABatchThatWasNotSavedLeavesNoLinkBehind) {
    EXPECT_TRUE(ask(Note{.note = note_of("first"), .reply = {}}));
    store::set_fault(*disk, store::MemoryFault::unavailable);
    EXPECT_FALSE(ask(Note{.note = note_of("lost"), .reply = {}}));
    clock.advance(seconds(2));
    EXPECT_TRUE(ask(Note{.note = note_of("second"), .reply = {}}));
    store::AuditChain chain(keyring.id_key());
    const auto read = [&](std::int64_t from) { return store->audit({.from = from}); };
    EXPECT_EQ(store::verify_audit(chain, read, {})->problem, "");
    EXPECT_EQ(actions(), (std::vector<std::string>{"second", "first"}));
}

TEST_F(OperatorTest, AnOperatorsCancellationIsToldOnce) {
    const RequestId id = *start()->id;
    const auto cancel = [&] {
        return ask(Control{.id = id,
                           .account = "acme",
                           .what = verification::Cancel{.lenient = true},
                           .reply = {},
                           .note = note_of("request.cancel")});
    };
    EXPECT_EQ(cancel()->verdict, Verdict::done);
    EXPECT_EQ(cancel()->verdict, Verdict::gone);
    EXPECT_EQ(actions(), std::vector<std::string>{"request.cancel"});
}

TEST_F(OperatorTest, AnErasedNumberLeavesNothingOfItsOwner) {
    verification::Request row = draft();
    row.idempotency_key = "mine";
    row.payment = verification::Payment{.payee = "Acme", .amount = "48.50"};
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, row);
    run();
    const RequestId id = *(*answer)->id;
    EXPECT_TRUE(accept(sender.works.back()));
    EXPECT_EQ(check(id, "abcd")->verdict, Verdict::wrong);
    const RequestId other = *start("447700900124")->id;

    const auto erased = ask(Blank{.keys = {key_of(id), key_of(other)}, .number = "447700900123", .reply = {}});
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->blanked, 1U);
    EXPECT_EQ(erased->cancelled, 1U);
    const auto blank = stored(id);
    EXPECT_EQ(blank.status, Status::cancelled);
    EXPECT_EQ(blank.number + blank.brand + blank.idempotency_key, "");
    EXPECT_FALSE(blank.payment);
    EXPECT_TRUE(blank.checks.at(0).sealed_code.empty());
    EXPECT_TRUE(blank.events.at(0).peer_ids.empty());
    EXPECT_EQ(blank.account, "acme");
    EXPECT_EQ(sender.revoked, std::vector<RowKey>{key_of(id)}) << "nothing more is sent";
    EXPECT_EQ(stored(other).number, "447700900124") << "of another number";
    EXPECT_EQ(ask(Blank{.keys = {key_of(id)}, .number = "447700900123", .reply = {}})->blanked, 0U);
    EXPECT_EQ(start()->kind, Kind::started) << "the number is free";
}

TEST_F(OperatorTest, RetentionLeavesLiveRequestsAlone) {
    const RequestId id = *start()->id;
    EXPECT_EQ(ask(Blank{.keys = {key_of(id)}, .number = std::nullopt, .reply = {}})->blanked, 0U);
    EXPECT_EQ(check(id, pin_of(id))->verdict, Verdict::right);
    EXPECT_EQ(ask(Blank{.keys = {key_of(id)}, .number = std::nullopt, .reply = {}})->blanked, 1U);
    EXPECT_EQ(stored(id).number, "");
    EXPECT_EQ(stored(id).status, Status::success) << "what it came to stays";
}

TEST_F(OperatorTest, AReportThatComesAfterTheErasureChangesNoMore) {
    const RequestId id = *start()->id;
    EXPECT_EQ(ask(Blank{.keys = {key_of(id)}, .number = "447700900123", .reply = {}})->blanked, 1U);
    EXPECT_TRUE(accept(sender.works.at(0)));
    EXPECT_EQ(stored(id).number, "");
    EXPECT_EQ(stored(id).status, Status::cancelled);
}

TEST_F(OperatorTest, WhoeverWantsToKnowIsToldOfEachChange) {
    std::vector<RowKey> told;
    std::vector<store::AuditHead> heads;
    engine.reset();
    engine = std::make_unique<Engine>(
        Engine::Parts{
            .store = *store,
            .clock = clock,
            .keyring = keyring,
            .metrics = metrics,
            .post = [this](std::function<void()> work) { posted.push_back(std::move(work)); },
            .fatal = [this](const Error&) { ++fatal; },
            .audit_head = store::AuditHead{.seq = 41},
            .changed = [&](std::span<const RowKey> keys) { told.insert(told.end(), keys.begin(), keys.end()); },
            .audited = [&](const store::AuditHead& head) { heads.push_back(head); }},
        options);
    engine->set_sender(sender);
    const RequestId id = *start()->id;
    EXPECT_EQ(told, std::vector<RowKey>{key_of(id)});
    EXPECT_EQ(check(id, pin_of(id))->verdict, Verdict::right);
    EXPECT_EQ(told.size(), 2U);
    EXPECT_EQ(check(id, "0000")->verdict, Verdict::gone);
    EXPECT_EQ(told.size(), 2U);
    EXPECT_TRUE(heads.empty());
    EXPECT_TRUE(ask(Note{.note = note_of("x"), .reply = {}}));
    ASSERT_EQ(heads.size(), 1U);
    EXPECT_EQ(heads[0].seq, 42) << "it goes on where it was recorded to end";
}

TEST_F(OperatorTest, AScrubSaysWhetherTheStoreIsClean) { EXPECT_TRUE(ask(Scrub{})->clean); }

}  // namespace
}  // namespace roger::engine
