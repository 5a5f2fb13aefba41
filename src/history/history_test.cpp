// The index beside the store: what is found, what is counted, and what is known after a crash.
#include "history/history.hpp"

#include <gtest/gtest.h>

#include "store/memory.hpp"
#include "store/sqlite_connection.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/requests.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::history {
namespace {

using store::Request;
using testing_support::FakeClock;
using testing_support::SeededRandom;
using testing_support::TempDirectory;
using testing_support::usual_request;
using verification::EventState;
using verification::Status;

constexpr milliseconds patience{120'000};  // a bound on a hang: a disk may stall for long
const Key32 id_key{std::byte{9}};

std::string number_of(int last) { return "4477009000" + std::string(last < 10 ? "0" : "") + std::to_string(last); }

class HistoryTest : public testing::Test {
protected:
    HistoryTest() { open(); }
    void open() {
        auto opened = History::open({.path = path, .store = *store, .clock = clock, .id_key = id_key});
        ASSERT_TRUE(opened) << opened.error().detail;
        history = std::move(*opened);
    }
    void reopen() {
        history.reset();
        open();
    }
    /// Saves and tells of it.
    void save(std::vector<Request> rows) {
        std::vector<RowKey> keys;
        for (const Request& row : rows) keys.push_back(row.key);
        save_untold(std::move(rows));
        history->changed(keys);
    }
    /// As a process that is killed between the commit and the telling.
    void save_untold(std::vector<Request> rows) {
        store::Changes changes;
        changes.rows = std::move(rows);
        ASSERT_TRUE(store->transact({}, [&](const store::Loaded&) { return changes; }));
    }
    Request started(int key, const std::string& account, const std::string& number) {
        return usual_request(RowKey{(std::int64_t{40'000'000'000 + key * 1000}) << 22U}, account, number);
    }
    static Request ended(Request row, Status status, seconds after) {
        row.status = status;
        row.finalized = row.submitted + after;
        row.due.reset();
        row.events.front().state = EventState::delivered;
        row.events.front().handed_over = row.submitted + milliseconds(40);
        row.events.front().route = "smsc-a";
        if (status == Status::success)
            row.checks.push_back({.at = *row.finalized, .sealed_code = Bytes(44), .valid = true});
        return row;
    }
    /// Now.
    void refuse(Refusal refusal) {
        refusal.at = clock.service_now();
        history->refused([&] { return refusal; });
    }
    void settle() {
        history->catch_up(patience);
        while (!history->complete()) std::this_thread::yield();
    }
    std::vector<RowKey> found(const RequestFilter& filter) {
        settle();
        auto keys = history->find(filter);
        EXPECT_TRUE(keys) << keys.error().detail;
        return keys.value_or(std::vector<RowKey>());
    }
    Counts total(ConversionQuery query = {}) {
        settle();
        query.from = TimePoint{};
        query.to = TimePoint{std::chrono::hours(24 * 365 * 200)};
        const auto rows = history->conversions(query);
        EXPECT_TRUE(rows) << rows.error().detail;
        Counts sum;
        for (const auto& row : *rows) sum.add(row.counts);
        return sum;
    }

    TempDirectory directory;
    std::string path = (directory.path() / "history.db").string();
    FakeClock clock;
    std::unique_ptr<store::Store> store = store::make_memory_store(store::make_memory_disk());
    std::unique_ptr<History> history;
};

TEST_F(HistoryTest, RequestsAreFoundByWhatTheyAre) {
    const Request a = started(1, "acme", number_of(1));
    const Request b = ended(started(2, "acme", number_of(2)), Status::success, seconds(20));
    const Request c = ended(started(3, "other", number_of(1)), Status::expired, seconds(600));
    save({a, b, c});
    EXPECT_EQ(found({}), (std::vector{c.key, b.key, a.key})) << "newest first";
    EXPECT_EQ(found({.number = number_of(1)}), (std::vector{c.key, a.key}));
    EXPECT_EQ(found({.account = "acme"}), (std::vector{b.key, a.key}));
    EXPECT_EQ(found({.account = "acme", .number = number_of(1)}), (std::vector{a.key}));
    EXPECT_EQ(found({.status = Status::success}), (std::vector{b.key}));
    EXPECT_EQ(found({.status = Status::in_progress}), (std::vector{a.key}));
    EXPECT_EQ(found({.network = "23415", .status = Status::expired}), (std::vector{c.key}));
    EXPECT_EQ(found({.country = "FR"}), std::vector<RowKey>{});
    EXPECT_EQ(found({.route = "smsc-a"}), (std::vector{c.key, b.key}));
    EXPECT_EQ(found({.from = b.submitted}), (std::vector{c.key, b.key}));
    EXPECT_EQ(found({.to = b.submitted}), (std::vector{a.key}));
    EXPECT_EQ(found({.from = b.submitted, .to = c.submitted}), (std::vector{b.key}));
    EXPECT_EQ(found({.from = c.submitted + seconds(1)}), std::vector<RowKey>{});
    EXPECT_EQ(found({.before = c.key, .limit = 1}), (std::vector{b.key}));
}

TEST_F(HistoryTest, ARequestIsCountedOnceHoweverOftenItChanges) {
    const Request row = started(1, "acme", number_of(1));
    save({row});
    EXPECT_EQ(total(), (Counts{.started = 1}));
    const Request done = ended(row, Status::success, seconds(20));
    for (int i = 0; i < 3; ++i) save({done});
    Counts expected{.started = 1, .handed_over = 1, .delivered = 1, .checked = 1, .converted = 1};
    expected.buckets[4] = 1;  // 15 to 20 s
    EXPECT_EQ(total(), expected);
    EXPECT_EQ(total({.by_channel = true}).converted, 1);
    EXPECT_EQ(total({.by_route = true}),
              (Counts{.started = 1, .handed_over = 1, .delivered = 1, .converted = 1, .buckets = expected.buckets}));
    EXPECT_EQ(total({.route = "smsc-b"}), Counts{});
    EXPECT_EQ(total({.account = "acme"}).converted, 1);
    EXPECT_EQ(total({.account = "other"}).started, 0);
}

TEST_F(HistoryTest, RowsOfConversionsAreByWhatWasAskedFor) {
    Request french = ended(started(2, "acme", "33612345678"), Status::failed, seconds(60));
    french.country = "FR";
    french.network = "20801";
    save({ended(started(1, "acme", number_of(1)), Status::success, seconds(3)), french,
          ended(started(3, "acme", number_of(3)), Status::success, seconds(3))});
    settle();
    const auto rows = history->conversions(
        {.by_country = true, .from = TimePoint{}, .to = TimePoint{std::chrono::hours(24 * 365 * 200)}});
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ((*rows)[0].place.country, "GB");
    EXPECT_EQ((*rows)[0].counts.converted, 2);
    EXPECT_EQ((*rows)[0].counts.percentile(0.9), 5);
    EXPECT_EQ((*rows)[1].place.country, "FR");
    EXPECT_EQ((*rows)[1].counts.failed, 1);
    EXPECT_EQ((*rows)[1].counts.percentile(0.5), std::nullopt);
    EXPECT_EQ((*rows)[1].place.network, "");
}

TEST_F(HistoryTest, WhatWasNotToldBeforeACrashIsFoundAmongTheRows) {
    const Request open_one = started(1, "acme", number_of(1));
    save({open_one, ended(started(2, "acme", number_of(2)), Status::success, seconds(20))});
    settle();
    history.reset();
    const Request late = started(3, "acme", number_of(3));
    save_untold({ended(open_one, Status::failed, seconds(30)), late});
    open();
    EXPECT_EQ(found({.status = Status::failed}), (std::vector{open_one.key}));
    EXPECT_EQ(found({.number = number_of(3)}), (std::vector{late.key}));
    EXPECT_EQ(total().started, 3);
    EXPECT_EQ(total().failed, 1);
}

TEST_F(HistoryTest, AFileThatIsMissingOrDamagedIsMadeAnew) {
    std::vector<Request> rows;
    for (int i = 1; i <= 700; ++i)
        rows.push_back(ended(started(i, "acme", number_of(i % 90)), Status::success, seconds(9)));
    save(rows);
    const Counts before = total();
    EXPECT_EQ(before.started, 700);
    history.reset();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    open();
    EXPECT_EQ(total(), before);
    EXPECT_EQ(found({.number = number_of(5)}).size(), 8U);
    history.reset();
    {
        std::FILE* file = std::fopen(path.c_str(), "wb");
        std::fputs("this is no database, whatever it was before", file);
        std::fclose(file);
    }
    open();
    EXPECT_EQ(total(), before);
}

TEST_F(HistoryTest, AFloodOfChangesIsReadAgainFromTheRows) {
    const Request row = started(1, "acme", number_of(1));
    save_untold({row});
    const std::vector<RowKey> flood(History::waiting_max + 1, RowKey{123});
    history->changed(flood);
    EXPECT_EQ(found({}), (std::vector{row.key}));
    EXPECT_EQ(history->behind(), 0U);
}

TEST_F(HistoryTest, RefusalsAreFoundAndAFloodOfThemIsBounded) {
    for (int i = 0; i < 300; ++i) {
        refuse({.account = "acme",
                .call = "start",
                .status = 7,
                .rule = "deny-list",
                .reason = "rule=deny-list",
                .number = number_of(i % 2),
                .request_id = ""});
    }
    EXPECT_EQ(history->dropped(), 100U);
    clock.advance(seconds(1));
    refuse({.account = "other",
            .call = "check",
            .status = 16,
            .rule = "wrong-code",
            .reason = "rule=wrong-code",
            .number = "",
            .request_id = "0f3c"});
    history->catch_up(patience);
    const auto count = [&](const RefusalFilter& filter) { return history->refusals(filter)->size(); };
    EXPECT_EQ(count({.limit = 1000}), 201U);
    EXPECT_EQ(count({.number = number_of(1), .limit = 1000}), 100U);
    EXPECT_EQ(count({.account = "other"}), 1U);
    EXPECT_EQ(count({.rule = "wrong-code"}), 1U);
    EXPECT_EQ(count({.status = 16}), 1U);
    EXPECT_EQ(count({.from = clock.service_now()}), 1U);
    EXPECT_EQ(count({.to = clock.service_now(), .limit = 1000}), 200U);
    const auto page = history->refusals({.limit = 2});
    ASSERT_EQ(page->size(), 2U);
    EXPECT_EQ((*page)[0].refusal.rule, "wrong-code") << "newest first";
    EXPECT_EQ((*page)[1].refusal.number, "+4477******01") << "masked";
    EXPECT_EQ((*page)[1].refusal.country, "GB");
    EXPECT_EQ(history->refusals({.before = (*page)[1].id, .limit = 1})->front().id, (*page)[1].id - 1);
}

TEST_F(HistoryTest, ABlankRowIsStillFoundByItsNumberUntilThatIsForgotten) {
    Request row = ended(started(1, "acme", number_of(1)), Status::success, seconds(5));
    save({row});
    settle();
    EXPECT_EQ(*history->to_be_blanked("acme", row.submitted + seconds(1), 10), (std::vector{row.key}));
    EXPECT_EQ(*history->to_be_blanked("acme", row.submitted, 10), std::vector<RowKey>{});
    EXPECT_EQ(*history->to_be_blanked("other", row.submitted + seconds(1), 10), std::vector<RowKey>{});
    verification::blank(row);
    save({row});
    EXPECT_EQ(found({.number = number_of(1)}), (std::vector{row.key}));
    EXPECT_EQ(*history->to_be_blanked("acme", row.submitted + seconds(1), 10), std::vector<RowKey>{});
    refuse({.account = "acme",
            .call = "start",
            .status = 7,
            .rule = "deny-list",
            .reason = "",
            .number = number_of(1),
            .request_id = ""});
    history->catch_up(patience);
    const auto forgotten = history->forget(number_of(1));
    ASSERT_TRUE(forgotten) << forgotten.error().detail;
    EXPECT_EQ(*forgotten, 1U);
    EXPECT_EQ(found({.number = number_of(1)}), std::vector<RowKey>{});
    EXPECT_EQ(history->refusals({.number = number_of(1)})->size(), 0U);
    EXPECT_EQ(history->refusals({.account = "acme"})->front().refusal.number, "");
    EXPECT_EQ(total().converted, 1) << "what was counted stays";
}

TEST_F(HistoryTest, TheFileHoldsNoNumber) {
    save({ended(started(1, "acme", "447700900123"), Status::success, seconds(5))});
    refuse({.account = "acme",
            .call = "start",
            .status = 7,
            .rule = "deny-list",
            .reason = "",
            .number = "447700900123",
            .request_id = ""});
    settle();
    history.reset();
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        std::FILE* file = std::fopen(entry.path().c_str(), "rb");
        std::string bytes(std::filesystem::file_size(entry.path()), '\0');
        ASSERT_EQ(std::fread(bytes.data(), 1, bytes.size(), file), bytes.size());
        std::fclose(file);
        EXPECT_EQ(bytes.find("7700900123"), std::string::npos) << entry.path();
    }
}

// What a request comes to is the same, whatever was told, forgotten or told twice on the way.
TEST_F(HistoryTest, CountsAreThoseOfTheRowsWhateverHappens) {
    SeededRandom random(7);
    std::map<RowKey, Request> rows;
    const auto below = [&](std::uint64_t bound) { return random.next_u64() % bound; };
    std::uint64_t made = 0;
    for (int step = 0; step < 400; ++step) {
        const int key = static_cast<int>(made == 0 || (below(3) == 0 && made < 90) ? ++made : 1 + below(made));
        Request row = started(key, below(2) == 0 ? "acme" : "other", number_of(key));
        if (const auto known = rows.find(row.key); known != rows.end()) {
            row = known->second;
            if (row.status == Status::in_progress) {
                row = ended(row, static_cast<Status>(1 + below(4)), seconds(below(700)));
            } else {
                row.events.front().state = below(2) == 0 ? EventState::failed : EventState::delivered;
            }
        }
        rows[row.key] = row;
        below(4) == 0 && row.status == Status::in_progress ? save_untold({row}) : save({row});
        if (below(40) == 0) reopen();
    }
    reopen();
    Ledger requests;
    Ledger events;
    for (const auto& [key, row] : rows) count(line_of(row), 1, requests, events);
    Counts expected;
    for (const auto& [place, counts] : requests) expected.add(counts);
    Counts expected_events;
    for (const auto& [place, counts] : events) expected_events.add(counts);
    EXPECT_EQ(total(), expected);
    EXPECT_EQ(total({.by_channel = true}), expected_events);
}

TEST(LineTest, EventsAreReadBackAndNothingElseHarms) {
    const std::vector<EventLine> events{{message::Channel::sms, EventState::delivered, true, "smsc-a"},
                                        {message::Channel::tts, EventState::sending, false, ""},
                                        {message::Channel::tts, EventState::failed, false, "trunk é"}};
    EXPECT_EQ(decode_events(encode_events(events)), events);
    EXPECT_TRUE(decode_events("").empty());
    SeededRandom random(3);
    for (int i = 0; i < 1000; ++i) {
        std::string text(random.next_u64() % 20, '\0');
        random.fill(std::as_writable_bytes(std::span(text)));
        (void)decode_events(text);
    }
}

}  // namespace
}  // namespace roger::history
