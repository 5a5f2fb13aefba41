// An engine on a store without a disk, moved by hand: for the tests of what it decides and of what it does on a full
// disk.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::engine {

using verification::Claim;
using verification::Status;
using Kind = Start::Answer::Kind;

inline verification::Keyring test_keyring() {
    verification::Keyring keyring;
    keyring.add(1, Key32{}, true);
    return keyring;
}

class RecordingSender final : public Sender {
public:
    void carry_out(Work work) override { works.push_back(std::move(work)); }
    void revoke(RowKey key) override { revoked.push_back(key); }
    std::vector<Work> works;
    std::vector<RowKey> revoked;
};

/// An engine without a thread on a store without a disk; posts run when drain() is called.
class EngineTest : public testing::Test {
protected:
    EngineTest() { restart(); }

    void restart() { restart_on(store::make_memory_store(disk)); }
    void restart_on(std::unique_ptr<store::Store> on) {
        engine.reset();
        store = std::move(on);
        sender = RecordingSender();
        engine = std::make_unique<Engine>(
            Engine::Parts{*store, clock, keyring, metrics,
                          [this](std::function<void()> work) { posted.push_back(std::move(work)); },
                          [this](const Error&) { ++fatal; }},
            options);
        engine->set_sender(sender);
    }
    void drain() {
        for (auto& work : std::exchange(posted, {})) work();
    }
    void run() {
        while (engine->run_once()) {
        }
        drain();
    }
    verification::Request draft(std::string number = "447700900123") {
        verification::Request row;
        row.account = "acme";
        row.number = std::move(number);
        row.brand = "Acme";
        row.plan = verification::make_plan(1, {}, {});
        return row;
    }
    void submit_start(std::optional<Result<Start::Answer>>& out, verification::Request row) {
        Start start{.draft = std::move(row), .random = random.next_u64(), .entropy = random.next_u64()};
        start.reply = [&out](Result<Start::Answer> answer) { out = std::move(answer); };
        engine->submit(std::move(start));
    }
    Result<Start::Answer> start(std::string number = "447700900123") {
        std::optional<Result<Start::Answer>> answer;
        submit_start(answer, draft(std::move(number)));
        run();
        return *answer;
    }
    void submit_check(std::optional<Result<Check::Answer>>& out, const RequestId& id, std::string_view code) {
        Check check{id, "acme", *verification::Pin::parse(code), random.next_u64(), {}};
        check.reply = [&out](Result<Check::Answer> answer) { out = std::move(answer); };
        engine->submit(std::move(check));
    }
    Result<Check::Answer> check(const RequestId& id, std::string_view code) {
        std::optional<Result<Check::Answer>> answer;
        submit_check(answer, id, code);
        run();
        return *answer;
    }
    std::string pin_of(const RequestId& id) {
        const auto row = stored(id);
        return std::string(verification::Vault(keyring).pin_of(row, row.generation)->reveal());
    }
    verification::Request stored(const RequestId& id) {
        store::Query query;
        query.key = verification::Vault(keyring).open_id(id).key;
        return store->read(query)->at(0);
    }
    bool accept(const Work& work) {
        verification::Outcome outcome;
        outcome.event = work.claim.event;
        outcome.attempt = work.claim.attempt;
        outcome.handover = verification::Handover::accepted;
        outcome.at = clock.service_now();
        outcome.route = "a";
        // A report may be kept, and answered long after this returns.
        const auto saved = std::make_shared<bool>(false);
        engine->submit(
            Report{work.row.key, outcome, [saved](const Result<Report::Answer>& r) { *saved = r.has_value(); }});
        run();
        return *saved;
    }

    testing_support::FakeClock clock;
    testing_support::SeededRandom random;
    verification::Keyring keyring = test_keyring();
    observe::Metrics metrics;
    std::shared_ptr<store::MemoryDisk> disk = store::make_memory_disk();
    std::unique_ptr<store::Store> store;
    RecordingSender sender;
    std::vector<std::function<void()>> posted;
    int fatal = 0;
    Options options;
    std::unique_ptr<Engine> engine;
};

}  // namespace roger::engine
