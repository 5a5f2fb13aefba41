// What every Store promises. Included by the test of each implementation, which says where its content is kept:
//
//   class Place {
//       std::unique_ptr<Store> open();   // the store on what is durable now
//       void crash();                    // keeps what is durable, as if the process and the machine had stopped here:
//   };                                   // called while the store is open, which is destroyed after
//   INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StoreContract, Place);
#pragma once
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "store/store.hpp"
#include "tests/support/requests.hpp"

namespace roger::store::contract {

using testing_support::ended_request;
using testing_support::usual_request;
using verification::ReceiptKey;
using verification::Status;

/// The Nth key of a test: 10 ms apart, so that rows have different times.
inline RowKey key(std::int64_t n) {
    return RowKey{verification::first_key_at(TimePoint(seconds(1'800'000'000))).value + (n * 10 << 22)};
}
inline std::string number(std::int64_t n) { return "44770090" + std::to_string(1000 + n); }
inline Request live_row(std::int64_t n) { return usual_request(key(n), "acme", number(n)); }
inline Request ended_row(std::int64_t n) { return ended_request(key(n), "acme", number(n)); }
inline ReceiptKey receipt_id(const std::string& id, const std::string& group = "smsc-a") { return {group, id}; }
inline ReceiptEntry receipt_entry(const ReceiptKey& id, std::int64_t n, TimePoint expires = TimePoint::max()) {
    return {id, {.key = key(n), .event = 1, .attempt = 2, .part = 3, .parts = 4}, expires};
}
inline Subscriber subscriber(std::int64_t n) { return {"acme", number(n)}; }

inline Result<void> save(Store& store, Changes changes) {
    return store.transact({}, [&](const Loaded&) { return changes; });
}
inline Result<void> save(Store& store, std::vector<Request> rows) {
    return save(store, Changes{.rows = std::move(rows)});
}
inline Loaded load(Store& store, const Wanted& wanted) {
    Loaded found;
    const auto done = store.transact(wanted, [&](const Loaded& loaded) {
        found = loaded;
        return Changes{};
    });
    EXPECT_TRUE(done) << done.error().detail;
    return found;
}
inline std::vector<RowKey> keys_of(const std::vector<Request>& rows) {
    std::vector<RowKey> keys;
    for (const Request& row : rows) keys.push_back(row.key);
    return keys;
}

template <class Place>
class StoreContract : public testing::Test {
protected:
    StoreContract() : store_(place_.open()) {}
    void reopen() {
        store_.reset();
        store_ = place_.open();
    }
    void crash() {
        place_.crash();
        reopen();
    }
    Store& store() { return *store_; }

    Place place_;
    std::unique_ptr<Store> store_;
};
TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, AnEmptyStoreHasNothing) {
    EXPECT_EQ(this->store().live(), 0U);
    EXPECT_EQ(this->store().next_due(), std::nullopt);
    EXPECT_EQ(this->store().opened().last_key, RowKey{});
    EXPECT_TRUE(this->store().opened().accounts.empty());
    EXPECT_TRUE(this->store().opened().settings.empty());
    const Loaded found = load(
        this->store(), {.live = {key(1)}, .any = {key(2)}, .subscribers = {subscriber(1)}, .due_by = TimePoint::max()});
    EXPECT_TRUE(found.rows.empty());
    EXPECT_TRUE(found.live_of.empty());
    EXPECT_TRUE(found.due.empty());
}

TYPED_TEST_P(StoreContract, WhatWasAcknowledgedIsThereAfterACrash) {
    ASSERT_TRUE(save(this->store(), {live_row(1), live_row(2), live_row(3)}));
    ASSERT_TRUE(save(this->store(), {ended_row(2)}));
    this->crash();
    const Loaded found = load(this->store(), {.live = {key(1), key(2), key(3)}});
    EXPECT_EQ(found.rows.size(), 2U);
    EXPECT_EQ(found.rows.at(key(1)), live_row(1));
    EXPECT_EQ(found.rows.at(key(3)), live_row(3));
    EXPECT_EQ(load(this->store(), {.any = {key(2)}}).rows.at(key(2)), ended_row(2));
    EXPECT_EQ(this->store().live(), 2U);
    EXPECT_EQ(this->store().opened().live, 2U);
}

TYPED_TEST_P(StoreContract, ABatchWithoutChangesLeavesEverythingAsItWas) {
    ASSERT_TRUE(save(this->store(), {live_row(1)}));
    ASSERT_TRUE(save(this->store(), Changes{}));
    this->reopen();
    EXPECT_EQ(load(this->store(), {.live = {key(1)}}).rows.at(key(1)), live_row(1));
    EXPECT_EQ(this->store().live(), 1U);
}

TYPED_TEST_P(StoreContract, AStartSeesTheLiveRequestOfItsSubscriber) {
    ASSERT_TRUE(save(this->store(), {live_row(1), live_row(2)}));
    const Loaded found = load(this->store(), {.subscribers = {subscriber(1), subscriber(3), {"other", number(1)}}});
    ASSERT_EQ(found.live_of.size(), 1U);
    EXPECT_EQ(found.live_of.at(subscriber(1)), key(1));
    EXPECT_EQ(found.rows.at(key(1)), live_row(1));
    EXPECT_EQ(found.rows.size(), 1U);
}

TYPED_TEST_P(StoreContract, RowsThatEndedAreFoundByAnyAlone) {
    ASSERT_TRUE(save(this->store(), {live_row(1)}));
    ASSERT_TRUE(save(this->store(), {ended_row(1)}));
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(this->store().live(), 0U);
        EXPECT_EQ(this->store().next_due(), std::nullopt);
        EXPECT_TRUE(load(this->store(), {.live = {key(1)}, .subscribers = {subscriber(1)}, .due_by = TimePoint::max()})
                        .rows.empty());
        EXPECT_EQ(load(this->store(), {.any = {key(1), key(1)}}).rows.at(key(1)), ended_row(1));
        this->reopen();
    }
}

TYPED_TEST_P(StoreContract, ASecondLiveRequestOfASubscriberIsAConflictAndNothingChanges) {
    ASSERT_TRUE(save(this->store(), {live_row(1)}));
    Request second = live_row(2);
    second.number = number(1);
    const std::vector<std::vector<Request>> batches = {{live_row(3), second}, {second, ended_row(4)}};
    for (const auto& batch : batches) {
        const auto done = save(this->store(), batch);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::conflict);
    }
    Request twin = live_row(5);
    twin.number = number(6);
    const auto twins = save(this->store(), {twin, live_row(6)});
    ASSERT_FALSE(twins);
    EXPECT_EQ(twins.error().code, Errc::conflict);
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(this->store().live(), 1U);
        EXPECT_EQ(load(this->store(), {.any = {key(1), key(2), key(3), key(4), key(5), key(6)}}).rows.size(), 1U);
        this->reopen();
    }
}

TYPED_TEST_P(StoreContract, OneBatchMayEndARequestAndStartTheNextOfItsSubscriber) {
    ASSERT_TRUE(save(this->store(), {live_row(1), live_row(3)}));
    Request next = live_row(2);
    next.number = number(1);
    Request after = live_row(4);
    after.number = number(3);
    ASSERT_TRUE(save(this->store(), {next, ended_row(1), ended_row(3), after}));
    for (int round = 0; round < 2; ++round) {
        const Loaded found = load(this->store(), {.subscribers = {subscriber(1), subscriber(3)}});
        EXPECT_EQ(found.live_of.at(subscriber(1)), key(2));
        EXPECT_EQ(found.live_of.at(subscriber(3)), key(4));
        this->reopen();
    }
}

TYPED_TEST_P(StoreContract, DataThatCannotBeKeptIsRefusedWhole) {
    Request huge = live_row(1);
    huge.idempotency_key = std::string(100'000, 'x');
    Request many = live_row(1);
    many.checks.resize(100);
    Request no_key = live_row(1);
    no_key.key = RowKey{};
    const std::vector<Changes> batches = {
        {.rows = {live_row(2), huge}},
        {.rows = {live_row(2), many}},
        {.rows = {live_row(2), no_key}},
        {.rows = {live_row(2), live_row(2)}},
        {.rows = {live_row(2)}, .accounts = {account::Account{}}},
        {.rows = {live_row(2)}, .receipt_keys = {receipt_entry(receipt_id(""), 2)}},
        {.rows = {live_row(2)}, .receipt_keys = {receipt_entry(receipt_id(std::string(257, 'x')), 2)}},
    };
    for (const Changes& batch : batches) {
        const auto done = save(this->store(), batch);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::invalid_argument);
    }
    EXPECT_EQ(this->store().live(), 0U);
    EXPECT_TRUE(load(this->store(), {.any = {key(2)}}).rows.empty());
}

TYPED_TEST_P(StoreContract, DueRowsComeEarliestFirstAndNoMoreThanAskedFor) {
    std::vector<Request> rows;
    const TimePoint base = live_row(0).submitted + seconds(1000);
    for (const int n : {5, 3, 9, 1, 7}) {
        rows.push_back(live_row(n));
        rows.back().due = base + seconds(10 - n);
    }
    rows.push_back(live_row(11));
    rows.back().due.reset();
    ASSERT_TRUE(save(this->store(), rows));
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(this->store().next_due(), base + seconds(1));
        const Loaded all = load(this->store(), {.due_by = base + seconds(7)});
        EXPECT_EQ(all.due, (std::vector{key(9), key(7), key(5), key(3)}));
        EXPECT_EQ(all.rows.size(), 4U);
        EXPECT_EQ(load(this->store(), {.due_by = base + seconds(100), .due_max = 2}).due,
                  (std::vector{key(9), key(7)}));
        EXPECT_TRUE(load(this->store(), {.due_by = base + milliseconds(999)}).due.empty());
        this->reopen();
    }
}

TYPED_TEST_P(StoreContract, AccountsAndSettingsAreKept) {
    account::Account account{.key = "acme", .secret_hashes = {Bytes(32, std::byte{7})}, .rate = 12.5};
    ASSERT_TRUE(save(this->store(), Changes{.accounts = {account, {.key = "other"}},
                                            .settings = {{"clock_offset_ms", "5"}, {"sandbox", "1"}}}));
    account.disabled = true;
    account.templates = {{.slot = {message::Channel::sms, "ja-jp"}, .version = 3, .text = "\"${pin}\"\nです"}};
    ASSERT_TRUE(save(this->store(), Changes{.accounts = {account}}));
    ASSERT_TRUE(save(this->store(), Changes{.settings = {{"clock_offset_ms", "86400000"}, {"schema_version", "x"}}}));
    this->crash();
    const Opened& opened = this->store().opened();
    EXPECT_EQ(opened.accounts, (std::vector<account::Account>{account, {.key = "other"}}));
    EXPECT_EQ(opened.settings, (std::unordered_map<std::string, std::string>{
                                   {"clock_offset_ms", "86400000"}, {"sandbox", "1"}, {"schema_version", "x"}}));
}

TYPED_TEST_P(StoreContract, TheStartLearnsWhatWasBeingSentAndTheLastKey) {
    Request submitted = live_row(2);
    submitted.events.front().state = verification::EventState::submitted;
    ASSERT_TRUE(save(this->store(), {live_row(1), submitted, live_row(3), live_row(8), ended_row(9)}));
    ASSERT_TRUE(save(this->store(), {ended_row(3)}));
    this->crash();
    EXPECT_EQ(this->store().opened().sending, (std::vector{key(1), key(8)}));
    EXPECT_EQ(this->store().opened().last_key, key(9));
    EXPECT_EQ(this->store().opened().live, 3U);
}

TYPED_TEST_P(StoreContract, AReceiptFindsItsSegmentAndRowLiveOrNot) {
    const auto expires = live_row(0).submitted + std::chrono::hours(72);
    const Segment segment = receipt_entry(receipt_id("5f"), 1).segment;
    ASSERT_TRUE(save(this->store(),
                     Changes{.rows = {live_row(1)}, .receipt_keys = {receipt_entry(receipt_id("5f"), 1, expires)}}));
    const Wanted wanted{.receipts = {receipt_id("60"), receipt_id("5f"), receipt_id("5f"), receipt_id("5f", "b"),
                                     receipt_id("5"), receipt_id("")}};
    const auto expect_found = [&](const Request& row) {
        const Loaded found = load(this->store(), wanted);
        ASSERT_EQ(found.receipts.size(), 1U);
        EXPECT_EQ(found.receipts.at(receipt_id("5f")), std::vector{segment});
        EXPECT_EQ(found.rows.size(), 1U);
        EXPECT_EQ(found.rows.at(key(1)), row);
    };
    for (const Request& row : {live_row(1), ended_row(1)}) {
        ASSERT_TRUE(save(this->store(), {row}));
        expect_found(row);
        this->reopen();
        expect_found(row);
    }
    this->crash();
    expect_found(ended_row(1));
}

TYPED_TEST_P(StoreContract, ReceiptKeysAloneAreAChangeAndTheLastOfARowWins) {
    const auto expires = live_row(0).submitted;
    ASSERT_TRUE(save(this->store(), Changes{.receipt_keys = {receipt_entry(receipt_id("a"), 1, expires)}}));
    ReceiptEntry again = receipt_entry(receipt_id("a"), 1, expires);
    again.segment.attempt = 3;
    ASSERT_TRUE(save(this->store(), Changes{.receipt_keys = {again}}));
    const Loaded found = load(this->store(), {.receipts = {receipt_id("a")}});
    EXPECT_EQ(found.receipts.at(receipt_id("a")), std::vector{again.segment});
    EXPECT_TRUE(found.rows.empty()) << "the row may be gone";
}

TYPED_TEST_P(StoreContract, OfAnIdUsedAgainTheNewestRowsAreFoundNewestFirst) {
    std::vector<ReceiptEntry> entries;
    for (int n = 0; n < 30; ++n) {
        const TimePoint expires = live_row(0).submitted + std::chrono::hours(6 * (n % 5));  // not by age
        entries.push_back(receipt_entry(receipt_id("1"), n, expires));
    }
    ASSERT_TRUE(save(this->store(), Changes{.receipt_keys = entries}));
    const Loaded found = load(this->store(), {.receipts = {receipt_id("1")}});
    std::vector<RowKey> keys;
    for (const Segment& segment : found.receipts.at(receipt_id("1"))) keys.push_back(segment.key);
    EXPECT_EQ(keys, (std::vector{key(29), key(28), key(27), key(26), key(25), key(24), key(23), key(22)}));
}

TYPED_TEST_P(StoreContract, ExpiredReceiptKeysGoAwayAFewWithEachBatch) {
    const TimePoint now = live_row(0).submitted;
    const auto id_of = [](int n) { return receipt_id(std::to_string(n)); };
    Wanted all;
    Changes changes;
    constexpr int many = 500;
    for (int n = 0; n < many; ++n) {
        all.receipts.push_back(id_of(n));
        changes.receipt_keys.push_back(receipt_entry(id_of(n), n, now + std::chrono::hours(72)));
    }
    ASSERT_TRUE(save(this->store(), changes));
    const auto left = [&] { return load(this->store(), all).receipts.size(); };
    const auto write = [&](TimePoint when) {
        Changes next{.rows = {live_row(1)}, .forget_receipts_before = when};
        ASSERT_TRUE(save(this->store(), next));
    };
    for (int i = 0; i < 40; ++i) write(now + std::chrono::hours(72) - milliseconds(1));
    EXPECT_EQ(left(), std::size_t{many}) << "none before its time";
    ASSERT_TRUE(save(this->store(),
                     Changes{.receipt_keys = {receipt_entry(receipt_id("new"), 1, now + std::chrono::hours(200))},
                             .forget_receipts_before = now}));
    std::size_t before = left();
    int batches = 0;
    while (before > 0 && batches < many) {
        write(now + std::chrono::hours(85));
        const std::size_t after = left();
        EXPECT_LE(before - after, 100U) << "in small steps";
        before = after;
        if (++batches == 3) this->reopen();
    }
    EXPECT_EQ(before, 0U);
    EXPECT_LE(batches, 40);
    write(now + std::chrono::hours(85));
    EXPECT_EQ(load(this->store(), {.receipts = {receipt_id("new")}}).receipts.size(), 1U);
    EXPECT_EQ(this->store().live(), 1U);
}

TYPED_TEST_P(StoreContract, ReadSeesWhatWasCommitted) {
    EXPECT_TRUE(this->store().read({.key = key(1)})->empty());
    ASSERT_TRUE(save(this->store(), {live_row(1)}));
    EXPECT_EQ(*this->store().read({.key = key(1)}), std::vector{live_row(1)});
    ASSERT_TRUE(save(this->store(), {ended_row(1)}));
    EXPECT_EQ(*this->store().read({.key = key(1)}), std::vector{ended_row(1)});
}

TYPED_TEST_P(StoreContract, ReadByNumberIsNewestFirstAndBounded) {
    std::vector<Request> rows;
    for (int n = 0; n < 250; ++n) {
        rows.push_back(ended_row(n));
        rows.back().number = number(n % 2);
        if (n % 5 == 0) rows.back().account = "other";
    }
    ASSERT_TRUE(save(this->store(), rows));
    const auto all = this->store().read({.account = "acme", .number = number(1), .limit = 3});
    EXPECT_EQ(keys_of(*all), (std::vector{key(249), key(247), key(243)}));
    EXPECT_EQ(all->front(), rows[249]);
    EXPECT_EQ(keys_of(*this->store().read({.account = "acme", .limit = 2})), (std::vector{key(249), key(248)}));
    EXPECT_EQ(this->store().read({.account = "acme", .limit = 100'000})->size(), 200U);
    EXPECT_EQ(keys_of(*this->store().read({.account = "other", .scan_max = 10})), (std::vector{key(245), key(240)}));
    EXPECT_TRUE(this->store().read({.account = "nobody"})->empty());
    EXPECT_TRUE(this->store().read({.account = "acme", .limit = 0})->empty());
}

TYPED_TEST_P(StoreContract, PagesGoOnWhereTheLastOneEnded) {
    std::vector<Request> rows;
    for (int n = 0; n < 40; ++n) rows.push_back(n % 8 == 0 ? ended_row(n) : live_row(n));
    ASSERT_TRUE(save(this->store(), rows));
    Query query{.status = Status::success, .limit = 2, .scan_max = 9};
    std::vector<RowKey> found;
    int pages = 0;
    do {
        const auto page = this->store().page(query);
        ASSERT_TRUE(page);
        EXPECT_LE(page->rows.size(), 2U);
        const auto keys = keys_of(page->rows);
        found.insert(found.end(), keys.begin(), keys.end());
        query.before = page->last;
        ++pages;
    } while (query.before);
    EXPECT_EQ(found, (std::vector{key(32), key(24), key(16), key(8), key(0)}));
    EXPECT_EQ(pages, 5) << "9 rows are looked at for each, and then there is nothing older";
    EXPECT_EQ(keys_of(*this->store().read({.limit = 2})), (std::vector{key(39), key(38)})) << "no filter, every row";
    EXPECT_EQ(keys_of(*this->store().read({.number = number(7)})), std::vector{key(7)});
}

TYPED_TEST_P(StoreContract, AKeyIsLookedForAlone) {
    EXPECT_EQ(this->store().read({.key = key(1), .account = "acme"}).error().code, Errc::invalid_argument);
    EXPECT_EQ(this->store().read({.key = key(1), .before = key(2)}).error().code, Errc::invalid_argument);
}

/// Random batches beside a model of two maps: the live set, the due order and the answers are the model's after every
/// one, and after a restart in between.
template <class Place>
void follows_the_model() {
    Place place;
    auto store = place.open();
    std::map<RowKey, Request> model;
    const int steps = *rc::gen::inRange(1, 16);
    for (int step = 0; step < steps; ++step) {
        std::map<RowKey, Request> batch;
        for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
            const auto n = *rc::gen::inRange(0, 24);
            Request row = *rc::gen::inRange(0, 3) == 0 ? ended_row(n) : live_row(n);
            row.number = number(n % 8);  // three keys share a subscriber
            row.kid = *rc::gen::arbitrary<std::uint16_t>();
            if (row.status == Status::in_progress && *rc::gen::arbitrary<bool>()) {
                row.due = row.submitted + seconds(*rc::gen::inRange(0, 50));
            }
            batch.insert_or_assign(row.key, row);
        }
        auto next = model;
        for (const auto& [row_key, row] : batch) next.insert_or_assign(row_key, row);
        std::map<std::string, int> live_per_number;
        bool conflict = false;
        for (const auto& [row_key, row] : next) {
            if (row.status == Status::in_progress) conflict |= ++live_per_number[row.number] > 1;
        }
        std::vector<Request> rows;
        for (const auto& [row_key, row] : batch) rows.push_back(row);
        const auto done = save(*store, rows);
        RC_ASSERT(done.has_value() == !conflict);
        if (!conflict) model = std::move(next);
        if (*rc::gen::inRange(0, 5) == 0) {
            store.reset();
            store = place.open();
        }

        std::set<std::pair<TimePoint, RowKey>> due;
        std::size_t live = 0;
        Wanted wanted{.due_by = TimePoint::max(), .due_max = 1000};
        for (int n = 0; n < 24; ++n) wanted.any.push_back(key(n));
        for (int n = 0; n < 8; ++n) wanted.subscribers.push_back(subscriber(n));
        std::map<Subscriber, RowKey> live_of;
        for (const auto& [row_key, row] : model) {
            if (row.status != Status::in_progress) continue;
            ++live;
            live_of.emplace(Subscriber{row.account, row.number}, row_key);
            if (row.due) due.emplace(*row.due, row_key);
        }
        const Loaded found = load(*store, wanted);
        RC_ASSERT(store->live() == live);
        RC_ASSERT(store->next_due() == (due.empty() ? std::nullopt : std::optional(due.begin()->first)));
        RC_ASSERT(found.live_of == live_of);
        RC_ASSERT(found.due.size() == due.size());
        RC_ASSERT(std::ranges::equal(found.due, due, {}, {}, [](const auto& entry) { return entry.second; }));
        RC_ASSERT(found.rows.size() == model.size());
        for (const auto& [row_key, row] : model) RC_ASSERT(found.rows.at(row_key) == row);
    }
}

TYPED_TEST_P(StoreContract, RandomBatchesLeaveWhatASimpleModelSays) {
    EXPECT_TRUE(rc::check("random batches", follows_the_model<TypeParam>));
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract,
                            AnEmptyStoreHasNothing,
                            WhatWasAcknowledgedIsThereAfterACrash,
                            ABatchWithoutChangesLeavesEverythingAsItWas,
                            AStartSeesTheLiveRequestOfItsSubscriber,
                            RowsThatEndedAreFoundByAnyAlone,
                            ASecondLiveRequestOfASubscriberIsAConflictAndNothingChanges,
                            OneBatchMayEndARequestAndStartTheNextOfItsSubscriber,
                            DataThatCannotBeKeptIsRefusedWhole,
                            DueRowsComeEarliestFirstAndNoMoreThanAskedFor,
                            AccountsAndSettingsAreKept,
                            TheStartLearnsWhatWasBeingSentAndTheLastKey,
                            AReceiptFindsItsSegmentAndRowLiveOrNot,
                            ReceiptKeysAloneAreAChangeAndTheLastOfARowWins,
                            OfAnIdUsedAgainTheNewestRowsAreFoundNewestFirst,
                            ExpiredReceiptKeysGoAwayAFewWithEachBatch,
                            ReadSeesWhatWasCommitted,
                            ReadByNumberIsNewestFirstAndBounded,
                            PagesGoOnWhereTheLastOneEnded,
                            AKeyIsLookedForAlone,
                            RandomBatchesLeaveWhatASimpleModelSays);

}  // namespace roger::store::contract
