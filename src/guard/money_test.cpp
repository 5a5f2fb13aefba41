#include "guard/money.hpp"
#include "guard/start_time_test.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "verification/machine.hpp"

namespace roger::guard {
namespace {

using account::Period;
using verification::Request;
using verification::Status;

Request draft(std::uint8_t workflow = 1) {
    Request row;
    row.key = {1};
    row.account = "acme";
    row.number = "447700900001";
    row.country = "GB";
    row.network = "23415";
    row.plan = verification::make_plan(workflow, std::nullopt, std::nullopt);
    row.submitted = t0;
    row.price = Micros{500};
    row.meter = verification::Meter{.sms = Micros{100}, .tts = Micros{1000}};
    return row;
}

account::Account prepaid() {
    account::Account account;
    account.key = "acme";
    account.prepaid = true;
    return account;
}

/// What the ledger's rows say.
struct Sums {
    std::int64_t balance = 0;
    std::int64_t reserved = 0;
};
Sums sums(const std::vector<LedgerEntry>& ledger) {
    Sums all;
    for (const LedgerEntry& entry : ledger) {
        const std::int64_t amount = entry.amount.value;
        switch (entry.kind) {
            case LedgerEntry::Kind::topup: all.balance += amount; break;
            case LedgerEntry::Kind::reserve: all.reserved += amount; break;
            case LedgerEntry::Kind::release: all.reserved -= amount; break;
            case LedgerEntry::Kind::settle:
                all.reserved -= amount;
                all.balance -= amount;
                break;
        }
    }
    return all;
}

TEST(MoneyTest, AStartReservesAllThatItsWorkflowMayCost) {
    // Workflow 1: an SMS and two calls; 3 handovers of the SMS, 2 of each call, and the success.
    EXPECT_EQ(reserve_of(draft()).value, 3 * 100 + 2 * 2 * 1000 + 500);
    const auto begun = verification::begin(draft(), 1).next;
    EXPECT_EQ(reserve_of(begun).value, reserve_of(draft()).value) << "the same once its first event is claimed";
    Request unmetered = draft();
    unmetered.meter.reset();
    EXPECT_EQ(reserve_of(unmetered), Micros{});
}

TEST(MoneyTest, WhatIsNotNeededIsReleasedAtTheEnd) {
    Fund fund;
    std::vector<LedgerEntry> ledger;
    top_up(fund, "acme", Micros{10'000}, t0, ledger);
    const Request begun = verification::begin(draft(), 1).next;
    move(fund, nullptr, begun, t0, ledger);
    EXPECT_EQ(fund.reserved.value, 4800);
    const verification::Outcome sent{.event = 0,
                                     .attempt = 1,
                                     .handover = verification::Handover::accepted,
                                     .at = t0,
                                     .route = "a",
                                     .segments = 1,
                                     .price = Micros{35}};
    const Request submitted = verification::step(begun, sent, 1, t0 + seconds(1)).next;
    move(fund, &begun, submitted, t0 + seconds(1), ledger);
    EXPECT_EQ(fund.balance.value, 9965);
    EXPECT_EQ(fund.reserved.value, 4700) << "one handover of the three is over";
    const Request right =
        verification::step(submitted, verification::PinChecked{.right = true}, 1, t0 + seconds(2)).next;
    ASSERT_EQ(right.status, Status::success);
    move(fund, &submitted, right, t0 + seconds(2), ledger);
    EXPECT_EQ(fund.balance.value, 9465);
    EXPECT_EQ(fund.reserved.value, 0);
    EXPECT_EQ(fund.spends.at({Period::day, period_at(Period::day, t0), "country:GB"}),
              (Spend{.settled = Micros{535}, .reserved = Micros{}}));
    EXPECT_EQ(sums(ledger).balance, fund.balance.value);
}

TEST(MoneyTest, ABalanceAndEachCapRefuseWhatTheyCannotCover) {
    account::Account account = prepaid();
    Fund fund{.balance = Micros{4799}};
    auto refused = judge_spend(account, fund, draft(), t0);
    ASSERT_TRUE(refused);
    EXPECT_EQ(to_header(*refused), "rule=balance; scope=account; seen=4800; limit=4799");
    fund.balance = Micros{4800};
    EXPECT_FALSE(judge_spend(account, fund, draft(), t0));
    account.caps = {{Period::month, "country:GB", Micros{4900}}, {Period::day, "country:FR", Micros{1}}};
    EXPECT_FALSE(judge_spend(account, fund, draft(), t0));
    fund.spends[{Period::month, period_at(Period::month, t0), "country:GB"}] = {.settled = Micros{1},
                                                                                .reserved = Micros{100}};
    refused = judge_spend(account, fund, draft(), t0);
    ASSERT_TRUE(refused);
    EXPECT_EQ(to_header(*refused),
              "rule=spend-cap; scope=country:GB; seen=101; limit=4900; until=2027-02-01T00:00:00.000Z");
}

TEST(MoneyTest, PeriodsAreDaysAndMonthsOfUtc) {
    EXPECT_EQ(end_of(Period::day, period_at(Period::day, t0)), TimePoint(seconds(1'800'057'600)));
    const TimePoint december{std::chrono::sys_days(std::chrono::year(2027) / 12 / 31)};
    EXPECT_EQ(end_of(Period::month, period_at(Period::month, december)), december + std::chrono::days(1));
}

TEST(MoneyTest, WarnsOnceWhenEightyPercentAreUsed) {
    account::Account account = prepaid();
    account.caps = {{Period::day, "", Micros{1000}}};
    Fund before{.balance = Micros{300}, .full = Micros{1000}};
    Fund after = before;
    after.balance = Micros{200};
    const SpendKey today{Period::day, period_at(Period::day, t0), ""};
    before.spends[today].settled = Micros{799};
    after.spends[today].settled = Micros{1000};
    const auto all = warnings(account, before, after, t0);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].what, "balance");
    EXPECT_EQ(all[0].percent, 80U);
    EXPECT_EQ(all[1].percent, 80U);
    EXPECT_EQ(all[2].percent, 100U);
    EXPECT_EQ(all[2].what, "day");
    EXPECT_TRUE(warnings(account, after, after, t0).empty());
}

TEST(MoneyTest, AReserveThatWasReleasedAtARestartIsNotReleasedAgain) {
    Fund fund;
    std::vector<LedgerEntry> ledger;
    top_up(fund, "acme", Micros{10'000}, t0, ledger);
    Request row = draft(7);  // a call
    row.status = Status::success;
    row.events.push_back({.channel = message::Channel::tts, .state = verification::EventState::submitted, .begun = t0});
    EXPECT_EQ(reserve_of(row).value, 1000) << "the call goes on, and its price is not known";
    Request told = row;
    told.events[0].state = verification::EventState::delivered;
    told.events[0].price = Micros{700};
    move(fund, &row, told, t0, ledger);
    EXPECT_EQ(fund.reserved, Micros{});
    EXPECT_EQ(fund.balance.value, 9300);
    EXPECT_EQ(sums(ledger).reserved, 0);
    EXPECT_EQ(sums(ledger).balance, 9300);
}

/// Any life of a few requests: the ledger says what the fund says, nothing exceeds the balance or the cap, and at the
/// end nothing is reserved.
RC_GTEST_PROP(MoneyProperty, TheLedgerIsTheBalance, (const std::vector<std::uint8_t>& steps)) {
    account::Account account = prepaid();
    account.caps = {{Period::day, "country:GB", Micros{20'000}}};
    Fund fund;
    std::vector<LedgerEntry> ledger;
    top_up(fund, "acme", Micros{30'000}, t0, ledger);
    std::map<verification::RowKey, Request> rows;
    TimePoint now = t0;
    const auto apply = [&](Request& row, const verification::Input& input) {
        auto next = verification::step(row, input, 1, now);
        if (next.verdict == verification::Verdict::ignored) return;
        move(fund, &row, next.next, now, ledger);
        row = std::move(next.next);
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::uint8_t step = steps[i];
        now += seconds(step % 16);
        if (rows.empty() || step % 8 == 0) {
            Request row = draft(static_cast<std::uint8_t>(1 + step % 7));
            row.key = {static_cast<std::int64_t>(i) + 1};
            row.submitted = now;
            if (judge_spend(account, fund, row, now)) continue;
            row = verification::begin(std::move(row), 1).next;
            move(fund, nullptr, row, now, ledger);
            rows.emplace(row.key, std::move(row));
            continue;
        }
        Request& row = std::next(rows.begin(), step % static_cast<std::ptrdiff_t>(rows.size()))->second;
        const std::size_t event = row.events.size() - 1;
        const bool sms = row.events[event].channel == message::Channel::sms;
        const auto handover = static_cast<verification::Handover>(step / 8 % 4);
        switch (step % 8) {
            case 1:
            case 2:
                apply(row, verification::Outcome{
                               .event = event,
                               .attempt = row.events[event].attempt,
                               .handover = handover,
                               .at = now,
                               .route = "a",
                               .another_route = step % 3 != 0,
                               .segments = 1,
                               .price = handover == verification::Handover::accepted && sms ? Micros{100} : Micros{}});
                break;
            case 3:
                apply(row, verification::Receipt{.event = event,
                                                 .attempt = row.events[event].attempt,
                                                 .delivered = step % 16 == 3,
                                                 .at = now,
                                                 .another_route = step % 3 == 0,
                                                 .busy = step % 5 == 0,
                                                 .price = sms ? Micros{} : Micros{1000}});
                break;
            case 4: apply(row, verification::PinChecked{.right = step > 128}); break;
            case 5: apply(row, verification::TriggerNext{}); break;
            case 6: apply(row, verification::SenderLost{event}); break;
            default: now = std::max(now, row.due.value_or(now)); apply(row, verification::TimerDue{});
        }
        const Sums said = sums(ledger);
        RC_ASSERT(said.balance == fund.balance.value);
        RC_ASSERT(said.reserved == fund.reserved.value);
        RC_ASSERT(fund.reserved.value >= 0);
        RC_ASSERT(fund.reserved <= fund.balance);
        std::int64_t reserved = 0;
        for (const auto& [key, each] : rows) reserved += reserve_of(each).value;
        RC_ASSERT(reserved == fund.reserved.value);
        for (const auto& [key, spend] : fund.spends) {
            if (key.scope == "country:GB" && key.period == Period::day)
                RC_ASSERT(spend.settled.value + spend.reserved.value <= 20'000);
        }
    }
    std::map<SpendKey, Micros> live;
    release_lost(fund, "acme", live, {}, now, ledger);
    RC_ASSERT(sums(ledger).reserved == 0);
    RC_ASSERT(sums(ledger).balance == fund.balance.value);
}

}  // namespace
}  // namespace roger::guard
