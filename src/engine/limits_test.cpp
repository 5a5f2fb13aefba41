// Rules and money over a real engine: what is exact, whoever else asks at the same time, and what survives a crash.
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "engine/engine_fixture_test.hpp"
#include "store/sqlite.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::engine {
namespace {

using guard::Mode;
using guard::Modes;
using guard::RuleId;
using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* number = "447700900123";

class LimitsTest : public EngineTest {
protected:
    LimitsTest() { enforce(); }

    void enforce() { engine->set_modes(Modes::all(Mode::enforce)); }
    void crash() {
        restart();
        enforce();
        engine->prepare();
        drain();
    }
    void change(const std::function<void(account::Account&)>& edit, std::optional<Micros> balance = {}) {
        ChangeAccount command{.key = "acme",
                              .change = [edit](const account::Account* now) -> Result<account::Account> {
                                  account::Account account = now == nullptr ? account::Account{.key = "acme"} : *now;
                                  edit(account);
                                  return account;
                              },
                              .balance = balance};
        engine->submit(std::move(command));
        run();
    }
    void open_account() {
        change([](account::Account&) {});
    }
    /// Starts and cancels at once, so that the next start meets the windows alone.
    Start::Answer start_and_end(const std::string& of = number) {
        const auto answer = start(of);
        EXPECT_TRUE(answer);
        if (answer->kind == Kind::started) end(*answer->id);
        return *answer;
    }
    void end(const RequestId& id) {
        engine->submit(Control{.id = id, .account = "acme", .what = verification::Cancel{.lenient = true}});
        run();
    }
    std::string wrong_pin(const RequestId& id) { return pin_of(id) == "0000" ? "1111" : "0000"; }

    guard::Fund fund() {
        guard::Fund found;
        Survey survey;
        survey.reply = [&found](const Result<Survey::Answer>& answer) { found = answer->funds.at("acme"); };
        engine->submit(std::move(survey));
        run();
        return found;
    }
};

TEST_F(LimitsTest, AWindowCountsStartsAndNothingElse) {
    open_account();
    EXPECT_EQ(start_and_end().kind, Kind::started);
    const auto second = start(number);
    EXPECT_EQ(second->kind, Kind::started);
    EXPECT_EQ(start(number)->kind, Kind::concurrent);
    end(*second->id);
    const auto third = start(number);
    ASSERT_EQ(third->kind, Kind::refused);
    EXPECT_EQ(third->reason->rule, "number-window");
    EXPECT_EQ(*third->reason->until, clock.service_now() + seconds(30));
    clock.advance(seconds(30));
    EXPECT_EQ(start_and_end().kind, Kind::started) << "neither 10 nor 7 counted";
    EXPECT_EQ(start_and_end("447700900124").kind, Kind::started);
}

TEST_F(LimitsTest, BatchMatesSeeEachOther) {
    open_account();
    std::vector<std::optional<Result<Start::Answer>>> answers(5);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto row = draft(number);
        row.account = "acme" + std::to_string(i);
        engine->submit(ChangeAccount{.key = row.account, .change = [key = row.account](const account::Account*) {
                                         return account::Account{.key = key};
                                     }});
        run();
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto row = draft(number);
        row.account = "acme" + std::to_string(i);
        submit_start(answers[i], std::move(row));
    }
    run();
    const auto started = std::ranges::count_if(answers, [](const auto& one) { return (*one)->kind == Kind::started; });
    EXPECT_EQ(started, 2);
}

TEST_F(LimitsTest, WindowsSurviveACrashExactly) {
    open_account();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(start_and_end().kind, Kind::started);
        clock.advance(minutes(1));
    }
    crash();
    const auto refused = start(number);
    ASSERT_EQ(refused->kind, Kind::refused);
    EXPECT_EQ(*refused->reason->limit, 5U);
    clock.advance(minutes(55));
    EXPECT_EQ(start_and_end().kind, Kind::started);
}

TEST_F(LimitsTest, AStartWhoseCommitFailedDoesNotCount) {
    open_account();
    store::set_fault(*disk, store::MemoryFault::unavailable);
    EXPECT_FALSE(start(number));
    clock.advance(seconds(2));
    run();
    EXPECT_EQ(start_and_end().kind, Kind::started);
    EXPECT_EQ(start_and_end().kind, Kind::started);
    EXPECT_EQ(start(number)->kind, Kind::refused);
}

TEST_F(LimitsTest, ObservedRulesLetPassAndSayWhatTheyWouldHaveDone) {
    open_account();
    engine->set_modes(Modes::all(Mode::enforce).at_most(Mode::observe));
    EXPECT_EQ(start_and_end().reason, nullptr);
    (void)start_and_end();
    const auto third = start_and_end();
    EXPECT_EQ(third.kind, Kind::started);
    ASSERT_NE(third.reason, nullptr);
    EXPECT_EQ(third.reason->rule, "number-window");
}

TEST_F(LimitsTest, TheNinthWrongCodeOfADayEndsItsRequestAndBlocksTheNumberInItsAccount) {
    open_account();
    engine->submit(ChangeAccount{.key = "other",
                                 .change = [](const account::Account*) { return account::Account{.key = "other"}; }});
    std::optional<RequestId> id;
    for (int i = 0; i < 8; ++i) {
        if (i % 2 == 0) {
            clock.advance(minutes(61));
            id = start(number)->id;
        }
        EXPECT_EQ(check(*id, wrong_pin(*id))->verdict, Verdict::wrong);
        if (i % 2 == 1) end(*id);
    }
    crash();
    clock.advance(minutes(61));
    id = start(number)->id;
    const auto last = check(*id, wrong_pin(*id));
    EXPECT_EQ(last->verdict, Verdict::wrong_last);
    ASSERT_NE(last->reason, nullptr);
    EXPECT_EQ(last->reason->rule, "wrong-codes");
    EXPECT_EQ(stored(*id).status, Status::failed);
    clock.advance(minutes(1));
    const auto refused = start(number);
    ASSERT_EQ(refused->kind, Kind::refused);
    EXPECT_EQ(refused->reason->rule, "wrong-codes");
    auto row = draft(number);
    row.account = "other";
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, std::move(row));
    run();
    EXPECT_EQ((*answer)->kind, Kind::started) << "the owner is not locked out elsewhere";
    clock.advance(*refused->reason->until - clock.service_now());
    EXPECT_EQ(start(number)->kind, Kind::started);
}

TEST_F(LimitsTest, AnOperatorLiftsWhatBlocks) {
    open_account();
    (void)start_and_end();
    (void)start_and_end();
    EXPECT_EQ(start(number)->kind, Kind::refused);
    engine->submit(Lift{.number = number, .account = ""});
    run();
    clock.advance(milliseconds(1));
    EXPECT_EQ(start_and_end().kind, Kind::started);
    crash();
    EXPECT_EQ(start_and_end().kind, Kind::started);
    EXPECT_EQ(start(number)->kind, Kind::refused);
}

TEST_F(LimitsTest, ASuccessSaysHowOftenTheNumberWasVerifiedBefore) {
    open_account();
    auto row = draft(number);
    row.network = "23415";
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, row);
    run();
    EXPECT_EQ(check(*(*answer)->id, pin_of(*(*answer)->id))->history, "verified=0");
    const std::string first = to_rfc3339(clock.service_now());
    clock.advance(hours(1));
    crash();
    row.network = "23420";
    submit_start(answer, row);
    run();
    EXPECT_EQ(check(*(*answer)->id, pin_of(*(*answer)->id))->history,
              "verified=1; first=" + first + "; last=" + first + "; network_changed=yes");
    change([](account::Account& account) { account.one_success_within = hours(24); });
    clock.advance(hours(1));
    const auto refused = start(number);
    ASSERT_EQ(refused->kind, Kind::refused);
    EXPECT_EQ(refused->reason->rule, "one-success");
    clock.advance(hours(23));
    EXPECT_EQ(start(number)->kind, Kind::started);
}

TEST_F(LimitsTest, MoneyIsReservedSettledAndReleased) {
    change([](account::Account& account) { account.prepaid = true; }, Micros{1000});
    auto row = draft(number);
    row.meter = verification::Meter{.sms = Micros{100}, .tts = Micros{0}};
    row.price = Micros{50};
    row.plan = verification::make_plan(6, {}, {});  // one SMS
    std::optional<Result<Start::Answer>> answer;
    submit_start(answer, row);
    run();
    ASSERT_EQ((*answer)->kind, Kind::started);
    EXPECT_EQ(fund().reserved, Micros{350});
    row.number = "447700900124";
    std::optional<Result<Start::Answer>> second;
    submit_start(second, row);
    run();
    row.number = "447700900125";
    std::optional<Result<Start::Answer>> third;
    submit_start(third, row);
    run();
    ASSERT_EQ((*third)->kind, Kind::no_funds);
    EXPECT_EQ((*third)->reason->rule, "balance");
    crash();
    EXPECT_EQ(fund().reserved, Micros{700}) << "both live on";
    EXPECT_EQ(check(*(*answer)->id, pin_of(*(*answer)->id))->verdict, Verdict::right);
    EXPECT_EQ(fund().balance, Micros{950});
    // Its SMS was in flight at the crash and is claimed anew: that may still cost.
    const auto after = fund().reserved;
    EXPECT_GE(after, Micros{350});
    EXPECT_LE(after, Micros{550});
    crash();
    EXPECT_EQ(fund().reserved, Micros{350}) << "nobody will report of the first one any more";
    std::int64_t balance = 0;
    std::int64_t reserved = 0;
    for (const auto& entry : store::ledger_of(*disk)) {
        using Ledger = guard::LedgerEntry::Kind;
        if (entry.kind == Ledger::topup) balance += entry.amount.value;
        if (entry.kind == Ledger::settle) balance -= entry.amount.value;
        if (entry.kind == Ledger::reserve) reserved += entry.amount.value;
        if (entry.kind == Ledger::release || entry.kind == Ledger::settle) reserved -= entry.amount.value;
    }
    EXPECT_EQ(balance, 950);
    EXPECT_EQ(reserved, 350);
}

TEST_F(LimitsTest, AWarningComesOnceItIsDurable) {
    std::vector<guard::SpendWarning> warnings;
    engine->on_spend_warning([&warnings](const guard::SpendWarning& one) { warnings.push_back(one); });
    change([](account::Account& account) { account.caps = {{account::Period::day, "", Micros{500}}}; });
    const auto verify = [this](const std::string& to) {
        auto row = draft(to);
        row.meter = verification::Meter{};
        row.price = Micros{200};
        std::optional<Result<Start::Answer>> answer;
        submit_start(answer, std::move(row));
        run();
        if ((*answer)->kind == Kind::started) (void)check(*(*answer)->id, pin_of(*(*answer)->id));
        return (*answer)->kind;
    };
    EXPECT_EQ(verify("447700900001"), Kind::started);
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(verify("447700900002"), Kind::started);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].percent, 80U);
    EXPECT_EQ(warnings[0].used, Micros{400});
    EXPECT_EQ(verify("447700900003"), Kind::no_funds);
    EXPECT_EQ(verify("447700900003"), Kind::no_funds);
    ASSERT_EQ(warnings.size(), 2U) << "that it is used up is said once a day";
    EXPECT_EQ(warnings[1].percent, 100U);
}

/// A thousand tries at each number by 64 threads at once, over SQLite: exactly the limit passes.
TEST(LimitsRaceTest, ExactlyTheLimitPassesHoweverManyTry) {
    testing_support::TempDirectory directory;
    testing_support::FakeClock clock;
    auto store = store::open_sqlite({.path = (directory.path() / "roger.db").string(), .clock = clock});
    ASSERT_TRUE(store);
    const auto keyring = test_keyring();
    observe::Metrics metrics;
    RecordingSender sender;
    std::mutex post_mutex;
    Engine engine({**store, clock, keyring, metrics,
                   [&post_mutex](const std::function<void()>& work) {
                       const std::lock_guard lock(post_mutex);
                       work();
                   },
                   [](const Error&) { FAIL(); }},
                  {});
    engine.set_sender(sender);
    engine.set_modes(Modes::all(Mode::enforce));
    constexpr int threads = 64;
    constexpr int tries = 40;
    constexpr int numbers = 4;
    for (int i = 0; i < threads; ++i) {
        const std::string key = "a" + std::to_string(i);
        engine.submit(ChangeAccount{.key = key,
                                    .change = [key](const account::Account*) { return account::Account{.key = key}; }});
    }
    while (engine.run_once()) {
    }
    engine.start();
    std::atomic<int> started = 0;
    std::atomic<int> refused = 0;
    std::atomic<int> answered = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i) {
            all.emplace_back([&, i] {
                for (int n = 0; n < tries; ++n) {
                    // An account starts a number once: status 10 comes first otherwise.
                    verification::Request row;
                    row.account = "a" + std::to_string(i);
                    row.number = "44770090" + std::to_string(1000 + n % numbers);
                    row.plan = verification::make_plan(1, {}, {});
                    Start start{.draft = std::move(row), .random = static_cast<std::uint64_t>(i * 100 + n)};
                    start.reply = [&](const Result<Start::Answer>& answer) {
                        ++answered;
                        if (!answer) return;
                        started += answer->kind == Kind::started ? 1 : 0;
                        refused += answer->kind == Kind::refused ? 1 : 0;
                    };
                    engine.submit(std::move(start));
                }
            });
        }
    }
    engine.stop();
    EXPECT_EQ(answered, threads * tries);
    EXPECT_EQ(started, 2 * numbers);
    EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace roger::engine
