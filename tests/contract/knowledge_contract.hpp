// What every Store promises to know beyond its rows: starts, marks, successes, money and what operators did.
// Beside store_contract.hpp.
#pragma once
#include "guard/guard.hpp"
#include "tests/contract/store_contract.hpp"

namespace roger::store::contract {

template <class Place>
class KnowledgeContract : public StoreContract<Place> {
protected:
    /// Asks within a transaction, as decide() does.
    template <class Look>
    auto ask(const Look& look) {
        std::optional<decltype(look(std::declval<const Knowledge&>()))> answer;
        const auto done = this->store().transact({}, [&](const Loaded& loaded) {
            answer.emplace(look(*loaded.known));
            return Changes{};
        });
        EXPECT_TRUE(done);
        return std::move(*answer);
    }
    std::vector<TimePoint> starts(std::int64_t n) {
        return ask([&](const Knowledge& known) { return known.starts(number(n)); });
    }
    std::vector<guard::Mark> marks(std::int64_t n) {
        return ask([&](const Knowledge& known) { return known.marks({n}); });
    }
    void save_all(Changes changes) { ASSERT_TRUE(save(this->store(), std::move(changes))); }
};
TYPED_TEST_SUITE_P(KnowledgeContract);

inline guard::Mark mark(std::int64_t n, std::int64_t at_ms, std::int64_t key = 1, std::uint8_t index = 0) {
    return {.kind = guard::Mark::Kind::wrong_code,
            .number = {n},
            .account = "acme",
            .at = TimePoint(milliseconds(at_ms)),
            .key = key,
            .index = index};
}

TYPED_TEST_P(KnowledgeContract, EveryRowThatBeginsIsAStartOnce) {
    Request row = live_row(1);
    ASSERT_TRUE(save(this->store(), {row}));
    EXPECT_EQ(this->starts(1), std::vector<TimePoint>{row.submitted});
    row.status = Status::cancelled;
    row.due.reset();
    ASSERT_TRUE(save(this->store(), {row}));
    EXPECT_EQ(this->starts(1), std::vector<TimePoint>{row.submitted}) << "a row that changes is no new start";
    Request again = usual_request(key(2), "other", number(1));
    ASSERT_TRUE(save(this->store(), {again}));
    EXPECT_EQ(this->starts(1), (std::vector<TimePoint>{row.submitted, again.submitted})) << "of every account";
    EXPECT_TRUE(this->starts(3).empty());
    this->crash();
    EXPECT_EQ(this->starts(1), (std::vector<TimePoint>{row.submitted, again.submitted}))
        << "whatever ended the process";
}

TYPED_TEST_P(KnowledgeContract, StartsAreFoundAgainLongAfterTheirRowsEnded) {
    // What has ended is behind oldest_live; these are 10 ms apart, and the last one lives.
    std::vector<Request> rows;
    for (std::int64_t n = 1; n <= 40; ++n) rows.push_back(usual_request(key(n), "acme", number(n % 4)));
    for (Request& row : rows) {
        row.status = Status::expired;
        row.due.reset();
    }
    ASSERT_TRUE(save(this->store(), rows));
    ASSERT_TRUE(save(this->store(), {live_row(100)}));
    const auto before = this->starts(1);
    EXPECT_EQ(before.size(), 10U);
    this->crash();
    EXPECT_EQ(this->starts(1), before);
    this->reopen();
    EXPECT_EQ(this->starts(1), before);
}

TYPED_TEST_P(KnowledgeContract, WhatABatchDidNotMakeDurableIsNoStart) {
    ASSERT_TRUE(save(this->store(), {live_row(1)}));
    Request second = usual_request(key(2), "acme", number(1));
    EXPECT_FALSE(save(this->store(), {second})) << "a second live request";
    EXPECT_EQ(this->starts(1).size(), 1U);
}

TYPED_TEST_P(KnowledgeContract, NumbersBlockedByTheirStartsAreKnown) {
    for (std::int64_t n = 1; n <= 5; ++n) {
        Request row = usual_request(key(n), "acme", number(7));
        row.status = Status::expired;
        row.due.reset();
        ASSERT_TRUE(save(this->store(), {row}));
    }
    const TimePoint now = live_row(6).submitted;
    EXPECT_EQ(this->ask([&](const Knowledge& known) { return known.blocked(now); }),
              std::vector<std::string>{number(7)});
}

TYPED_TEST_P(KnowledgeContract, MarksAreFoundByTheirNumberOldestFirst) {
    EXPECT_FALSE(this->ask([](const Knowledge& known) { return known.has_marks(); }));
    guard::Mark lifted = mark(1, 3000, 3, 255);
    lifted.kind = guard::Mark::Kind::lifted;
    lifted.account.clear();
    this->save_all({.marks = {mark(1, 2000, 2, 1), mark(1, 1000, 1, 0), mark(2, 1500), lifted}});
    const std::vector<guard::Mark> expected{mark(1, 1000, 1, 0), mark(1, 2000, 2, 1), lifted};
    EXPECT_EQ(this->marks(1), expected);
    EXPECT_TRUE(this->marks(9).empty());
    this->crash();
    EXPECT_TRUE(this->ask([](const Knowledge& known) { return known.has_marks(); }));
    EXPECT_EQ(this->marks(1), expected);
    const auto many = this->store().marks_of_many(TimePoint(milliseconds(0)), 2, 10);
    ASSERT_TRUE(many);
    EXPECT_EQ(*many, expected) << "number 2 has one wrong code only";
    EXPECT_EQ(this->store().marks_of_many(TimePoint(milliseconds(0)), 1, 2)->size(), 2U);
    EXPECT_TRUE(this->store().marks_of_many(TimePoint(milliseconds(2500)), 1, 10)->empty());
}

TYPED_TEST_P(KnowledgeContract, ANumbersLastSuccessReplacesTheOneBefore) {
    const auto verified = [this] { return this->ask([](const Knowledge& known) { return known.verified({5}); }); };
    EXPECT_EQ(verified(), std::nullopt);
    guard::Verified one{.subscriber = {5},
                        .account = "acme",
                        .count = 1,
                        .first = TimePoint(milliseconds(10)),
                        .last = TimePoint(milliseconds(10)),
                        .network = "23415"};
    this->save_all({.verified = {one}});
    EXPECT_EQ(verified(), one);
    one.count = 2;
    one.network.clear();
    this->save_all({.verified = {one}});
    this->crash();
    EXPECT_EQ(verified(), one);
    EXPECT_EQ(*this->store().verified_of({5}), one);
    EXPECT_EQ(*this->store().verified_of({6}), std::nullopt);
}

TYPED_TEST_P(KnowledgeContract, FundsComeBackWithTheirSpends) {
    const guard::SpendKey today{account::Period::day, 20'833, "country:GB"};
    const guard::SpendKey month{account::Period::month, 684, ""};
    FundChange change{"acme", {.balance = Micros{-5}, .reserved = Micros{7}, .full = Micros{100}}, {today, month}};
    change.fund.spends[today] = {.settled = Micros{1}, .reserved = Micros{2}};
    change.fund.spends[month] = {.settled = Micros{3}, .reserved = Micros{4}};
    const guard::LedgerEntry entry{guard::LedgerEntry::Kind::settle, "acme", TimePoint(milliseconds(9)), Micros{3}, 1};
    this->save_all({.funds = {change}, .ledger = {entry, entry}});
    const auto funds = [this] { return this->ask([](const Knowledge& known) { return known.funds(); }); };
    EXPECT_EQ(funds().at("acme"), change.fund);
    change.changed = {today};
    change.fund.spends[today].settled = Micros{10};
    this->save_all({.funds = {change}});
    this->crash();
    EXPECT_EQ(funds().at("acme"), change.fund) << "a spend that did not change stays as it was";
}

TYPED_TEST_P(KnowledgeContract, TheAuditLogIsKeptWithItsBatchAndReadInPages) {
    AuditChain chain(Key32{});
    AuditHead head;
    const auto note = [](const std::string& who, const std::string& action) {
        return AuditNote{.who = who, .from = "192.0.2.1", .action = action, .target = "acme", .detail = "{}"};
    };
    const auto add = [&](const AuditNote& told, Changes changes) {
        changes.audit.push_back(chain.link(head, told, TimePoint(seconds(1'800'000'000))));
        ASSERT_TRUE(save(this->store(), changes));
        head = {changes.audit.back().seq, changes.audit.back().hash};
    };
    add(note("user:anna", "account.update"), {.rows = {live_row(1)}});
    add(note("user:ben", "account.create"), {});
    add(note("user:anna", "number.reveal"), {});
    Changes refused{.rows = {usual_request(key(2), "acme", number(1))}};
    refused.audit.push_back(chain.link(head, note("user:eve", "account.update"), TimePoint{}));
    EXPECT_FALSE(save(this->store(), refused)) << "a second live request: nothing of the batch is kept";
    this->crash();
    EXPECT_EQ(this->store().opened().audit_head, head);
    const auto seqs = [&](const AuditQuery& query) {
        std::vector<std::int64_t> found;
        const auto page = this->store().audit(query);
        for (const AuditEntry& entry : *page) found.push_back(entry.seq);
        return found;
    };
    EXPECT_EQ(seqs({}), (std::vector<std::int64_t>{3, 2, 1}));
    EXPECT_EQ(seqs({.before = 3, .limit = 1}), (std::vector<std::int64_t>{2}));
    EXPECT_EQ(seqs({.from = 2}), (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(seqs({.who = "user:anna"}), (std::vector<std::int64_t>{3, 1}));
    EXPECT_EQ(seqs({.action = "account"}), (std::vector<std::int64_t>{2, 1}));
    const auto first = this->store().audit({.from = 1, .limit = 1});
    EXPECT_TRUE(chain.linked({}, first->front()));
    EXPECT_EQ(first->front().note, note("user:anna", "account.update"));
}

REGISTER_TYPED_TEST_SUITE_P(KnowledgeContract,
                            EveryRowThatBeginsIsAStartOnce,
                            StartsAreFoundAgainLongAfterTheirRowsEnded,
                            WhatABatchDidNotMakeDurableIsNoStart,
                            NumbersBlockedByTheirStartsAreKnown,
                            MarksAreFoundByTheirNumberOldestFirst,
                            ANumbersLastSuccessReplacesTheOneBefore,
                            FundsComeBackWithTheirSpends,
                            TheAuditLogIsKeptWithItsBatchAndReadInPages);

}  // namespace roger::store::contract
