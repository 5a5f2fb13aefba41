#include "guard/money.hpp"

#include <algorithm>
#include <bit>

#include "verification/machine.hpp"

namespace roger::guard {
namespace {

using account::Period;
using verification::Event;
using verification::EventState;
using verification::Request;
using verification::Status;

Micros negative(Micros amount) { return Micros{-amount.value}; }

Micros unit_of(const Request& row, message::Channel channel) {
    return channel == message::Channel::sms ? row.meter->sms : row.meter->tts;
}

/// Handovers of an event that has begun whose price is not known yet, or that may still follow.
int handovers_to_come(const Request& row, std::size_t index) {
    const Event& event = row.events[index];
    const bool sending = event.state == EventState::sending;
    const bool submitted = event.state == EventState::submitted;
    // The price of a call comes with its receipt, when it is over, and only the first receipt that decides counts.
    if (event.channel == message::Channel::tts && !sending && !submitted) return 0;
    // Attempts that were given up before their outcome was known: it may come yet, also after the request's end.
    int count = std::popcount(event.open);
    const bool given_up = (event.open >> ((event.attempt - 1U) & 7U) & 1U) != 0;
    const bool awaits_price = event.channel == message::Channel::tts && submitted && !given_up;
    if (sending || awaits_price) ++count;
    const bool current = row.status == Status::in_progress && index + 1 == row.events.size();
    if (current && (sending || submitted)) {
        count += std::max(0, verification::attempts_max(event.channel) - event.attempt);
    }
    return count;
}

void add(Fund& fund, const Request& row, Micros settled, Micros reserved) {
    fund.balance += negative(settled);
    fund.reserved += reserved;
    for (const SpendKey& key : keys_of(row)) {
        Spend& spend = fund.spends[key];
        spend.settled += settled;
        spend.reserved = std::max(Micros{}, Micros{spend.reserved.value + reserved.value});
    }
}

bool applies(const account::SpendCap& cap, const Request& draft) {
    return cap.scope.empty() || cap.scope == "country:" + draft.country || cap.scope == "network:" + draft.network;
}

Spend spend_of(const Fund& fund, const account::SpendCap& cap, TimePoint now) {
    const auto found = fund.spends.find({cap.period, period_at(cap.period, now), cap.scope});
    return found == fund.spends.end() ? Spend{} : found->second;
}

std::string name_of(const account::SpendCap& cap) {
    std::string name(account::to_string(cap.period));
    if (!cap.scope.empty()) name += " " + cap.scope;
    return name;
}

std::uint64_t count_of(Micros amount) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, amount.value)); }

}  // namespace

Micros spent_by(const Request& row) {
    Micros spent;
    for (const Event& event : row.events) spent += event.price;
    if (row.status == Status::success) spent += row.price;
    return spent;
}

Micros reserve_of(const Request& row) {
    if (!row.meter) return {};
    Micros most;
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        most.value += handovers_to_come(row, i) * unit_of(row, row.events[i].channel).value;
    }
    if (row.status != Status::in_progress) return most;
    const auto channels = verification::channels(row.plan);
    for (std::size_t i = row.events.size(); i < channels.size(); ++i) {
        most.value += verification::attempts_max(channels[i]) * unit_of(row, channels[i]).value;
    }
    most += row.price;
    return most;
}

std::int32_t period_at(Period period, TimePoint now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    if (period == Period::day) return static_cast<std::int32_t>(day.time_since_epoch().count());
    const std::chrono::year_month_day date(day);
    return (static_cast<int>(date.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

TimePoint end_of(Period period, std::int32_t number) {
    using namespace std::chrono;
    if (period == Period::day) return TimePoint(days(number + 1));
    const int next = number + 1;
    return TimePoint(sys_days(year(1970 + next / 12) / month(static_cast<unsigned>(next % 12) + 1) / 1));
}

std::vector<SpendKey> keys_of(const Request& row) {
    std::vector<SpendKey> keys;
    keys.reserve(6);
    for (const Period period : {Period::day, Period::month}) {
        const std::int32_t number = period_at(period, row.submitted);
        keys.push_back({period, number, ""});
        if (!row.country.empty()) keys.push_back({period, number, "country:" + row.country});
        if (!row.network.empty()) keys.push_back({period, number, "network:" + row.network});
    }
    return keys;
}

std::string_view to_string(LedgerEntry::Kind kind) noexcept {
    constexpr std::string_view names[] = {"reserve", "settle", "release", "topup"};
    return names[static_cast<std::size_t>(kind)];
}

void move(Fund& fund, const Request* before, const Request& after, TimePoint now, std::vector<LedgerEntry>& ledger) {
    const Micros settled{spent_by(after).value - (before == nullptr ? 0 : spent_by(*before).value)};
    Micros reserved{reserve_of(after).value - (before == nullptr ? 0 : reserve_of(*before).value)};
    // What was reserved for a request that ended in an earlier process was released when this one started.
    reserved = std::max(reserved, negative(fund.reserved));
    const auto note = [&](LedgerEntry::Kind kind, Micros amount) {
        if (amount.value == 0) return;
        ledger.push_back({kind, after.account, now, amount, after.key.value});
    };
    // What is settled comes out of what was reserved; the rest of the change is set free, or set aside.
    const std::int64_t freed = -reserved.value - settled.value;
    if (freed < 0) note(LedgerEntry::Kind::reserve, Micros{-freed});
    note(LedgerEntry::Kind::settle, settled);
    if (freed > 0) note(LedgerEntry::Kind::release, Micros{freed});
    if (settled.value != 0 || reserved.value != 0) add(fund, after, settled, reserved);
}

void top_up(Fund& fund, const std::string& account, Micros amount, TimePoint now, std::vector<LedgerEntry>& ledger) {
    if (amount.value == 0) return;
    fund.balance += amount;
    fund.full = fund.balance;
    ledger.push_back({LedgerEntry::Kind::topup, account, now, amount, 0});
}

void release_lost(Fund& fund,
                  const std::string& account,
                  const std::map<SpendKey, Micros>& live,
                  Micros live_in_all,
                  TimePoint now,
                  std::vector<LedgerEntry>& ledger) {
    const std::int64_t lost = fund.reserved.value - live_in_all.value;
    if (lost > 0) ledger.push_back({LedgerEntry::Kind::release, account, now, Micros{lost}, 0});
    if (lost < 0) ledger.push_back({LedgerEntry::Kind::reserve, account, now, Micros{-lost}, 0});
    fund.reserved = live_in_all;
    for (auto& [key, spend] : fund.spends) spend.reserved = {};
    for (const auto& [key, reserved] : live) fund.spends[key].reserved = reserved;
}

std::optional<Reason> judge_spend(const account::Account& account,
                                  const Fund& fund,
                                  const Request& draft,
                                  TimePoint now) {
    const Micros cost = reserve_of(draft);
    const Micros left{fund.balance.value - fund.reserved.value};
    if (account.prepaid && left < cost) {
        return Reason{.rule = "balance", .scope = "account", .seen = count_of(cost), .limit = count_of(left)};
    }
    for (const account::SpendCap& cap : account.caps) {
        if (!applies(cap, draft)) continue;
        const Spend spend = spend_of(fund, cap, now);
        const Micros used{spend.settled.value + spend.reserved.value};
        if (used.value + cost.value <= cap.amount.value) continue;
        return Reason{.rule = "spend-cap",
                      .scope = cap.scope.empty() ? "account" : cap.scope,
                      .seen = count_of(used),
                      .limit = count_of(cap.amount),
                      .until = end_of(cap.period, period_at(cap.period, now))};
    }
    return std::nullopt;
}

SpendWarning used_up(const account::Account& account, const Reason& reason) {
    SpendWarning warning{.account = account.key, .what = reason.rule, .percent = 100, .currency = account.currency};
    if (reason.scope != "account") warning.what += " " + reason.scope;
    warning.used = Micros{static_cast<std::int64_t>(reason.seen.value_or(0))};
    warning.limit = Micros{static_cast<std::int64_t>(reason.limit.value_or(0))};
    return warning;
}

std::vector<SpendWarning> warnings(const account::Account& account,
                                   const Fund& before,
                                   const Fund& after,
                                   TimePoint now) {
    std::vector<SpendWarning> all;
    const auto look = [&](const std::string& what, Micros was, Micros is, Micros limit) {
        if (limit.value <= 0) return;
        for (const unsigned percent : {warn_percent, 100U}) {
            const auto passed = [&](Micros used) {
                return static_cast<double>(used.value) * 100 >= static_cast<double>(limit.value) * percent;
            };
            if (!passed(was) && passed(is)) all.push_back({account.key, what, percent, is, limit, account.currency});
        }
    };
    if (account.prepaid && before.full == after.full) {
        look("balance", Micros{before.full.value - before.balance.value},
             Micros{after.full.value - after.balance.value}, after.full);
    }
    for (const account::SpendCap& cap : account.caps) {
        look(name_of(cap), spend_of(before, cap, now).settled, spend_of(after, cap, now).settled, cap.amount);
    }
    return all;
}

}  // namespace roger::guard
