#include "store/batch.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/assert.hpp"
#include "guard/guard.hpp"

namespace roger::store {
namespace {

Result<void> check_row(const Request& row) {
    if (row.key.value < 1) return fail(Errc::invalid_argument, "a row's key is below 1");
    if (!fits(row)) return fail(Errc::invalid_argument, "a row has too many events or checks");
    return {};
}

/// One live request per subscriber. A row that this batch ends makes room for the next.
Result<void> check_subscribers(const LiveRows& live,
                               const Changes& changes,
                               const std::unordered_set<RowKey>& changed) {
    std::map<std::pair<std::string_view, std::string_view>, RowKey> taken;
    for (const Request& row : changes.rows) {
        if (row.status != verification::Status::in_progress) continue;
        const bool first =
            taken.emplace(std::pair<std::string_view, std::string_view>(row.account, row.number), row.key).second;
        if (const auto before = live.find(row.key)) {
            const auto head = peek(row.key, *before);
            if (head && (head->account != row.account || head->number != row.number)) {
                return fail(Errc::invalid_argument, "a live row may not change its subscriber");
            }
        }
        const auto other = live.find(row.account, row.number);
        if (!first || (other && *other != row.key && !changed.contains(*other))) {
            return fail(Errc::conflict, "the subscriber has a live request already");
        }
    }
    return {};
}

}  // namespace

Result<void> check_query(const Query& query) {
    if (query.key && (query.account || query.number || query.status || query.before)) {
        return fail(Errc::invalid_argument, "a key is looked for alone");
    }
    return {};
}

bool passes(const RowHead& head, const Query& query) {
    return (!query.account || head.account == *query.account) && (!query.number || head.number == *query.number) &&
           (!query.status || head.status == *query.status);
}

std::int64_t expiry_step(TimePoint expires) noexcept { return expired_step(expires - milliseconds(1)) + 1; }

std::int64_t expired_step(TimePoint now) noexcept {
    return std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<43'200>>>(now.time_since_epoch()).count();
}

std::size_t forget_max(const Changes& changes) noexcept {
    constexpr std::size_t at_rest = 32;  // 0.1 ms
    return at_rest + 2 * changes.receipt_keys.size();
}

void keep_newest(std::vector<Segment>& found, std::size_t first) {
    const auto begin = found.begin() + static_cast<std::ptrdiff_t>(first);
    std::ranges::sort(begin, found.end(), std::greater<>());
    if (found.size() > first + receipt_matches_max) found.resize(first + receipt_matches_max);
}

void add_live(const LiveRows& live, RowKey key, Loaded& loaded) {
    if (loaded.rows.contains(key)) return;
    const auto bytes = live.find(key);
    if (!bytes) return;
    auto row = decode(key, *bytes);
    ROGER_ASSERT(row.has_value(), "live rows were encoded here or checked when the store was opened");
    loaded.rows.emplace(key, std::move(*row));
}

void each_live_row(const LiveRows& live, FunctionRef<void(const Request&)> look) {
    live.each([&look](RowKey key, std::span<const std::byte> bytes) {
        const auto row = decode(key, bytes);
        ROGER_ASSERT(row.has_value(), "live rows were encoded here or checked when the store was opened");
        look(*row);
    });
}

Loaded load_live(const LiveRows& live, const Wanted& wanted) {
    Loaded loaded;
    for (const RowKey key : wanted.live) add_live(live, key, loaded);
    for (const RowKey key : wanted.any) add_live(live, key, loaded);
    for (const Subscriber& subscriber : wanted.subscribers) {
        const auto key = live.find(subscriber.account, subscriber.number);
        if (!key) continue;
        loaded.live_of.emplace(subscriber, *key);
        add_live(live, *key, loaded);
    }
    if (wanted.due_by) {
        loaded.due = live.due(*wanted.due_by, wanted.due_max);
        for (const RowKey key : loaded.due) add_live(live, key, loaded);
    }
    return loaded;
}

Result<std::vector<EncodedRow>> check_batch(const LiveRows& live, const Changes& changes) {
    std::unordered_set<RowKey> changed;
    for (const Request& row : changes.rows) {
        if (auto checked = check_row(row); !checked) return tl::unexpected(checked.error());
        if (!changed.insert(row.key).second) return fail(Errc::invalid_argument, "a row is in the batch twice");
    }
    for (const ReceiptEntry& entry : changes.receipt_keys) {
        const bool fits = entry.id.peer_group.size() + entry.id.id.size() <= receipt_key_bytes_max;
        if (entry.id.id.empty() || !fits) return fail(Errc::invalid_argument, "a receipt key is empty or too long");
    }
    for (const account::Account& account : changes.accounts) {
        if (account.key.empty()) return fail(Errc::invalid_argument, "an account has no key");
    }
    if (auto checked = check_subscribers(live, changes, changed); !checked) return tl::unexpected(checked.error());

    std::vector<EncodedRow> rows;
    rows.reserve(changes.rows.size());
    for (const Request& row : changes.rows) {
        rows.push_back({row.key, row.status == verification::Status::in_progress, encode(row)});
        if (rows.back().bytes.size() > row_bytes_max) return fail(Errc::invalid_argument, "a row is too large");
    }
    return rows;
}

RowKey first_start_key(RowKey last_key) {
    // An hour more, for the clocks of the machine may have been set meanwhile.
    const TimePoint last = verification::made_at(last_key);
    return verification::first_key_at(last - guard::starts_kept - std::chrono::hours(1));
}

void Memory::add_start(RowKey key, std::uint64_t number, TimePoint submitted) {
    starts.add(number, submitted);
    last_key = std::max(last_key, key);
}

void Memory::apply(const Changes& changes) {
    RowKey newest = last_key;
    for (const Request& row : changes.rows) {
        if (row.key <= last_key) continue;
        starts.add(StartTimes::key_of(row.number), row.submitted);
        newest = std::max(newest, row.key);
    }
    last_key = newest;
    for (const guard::Mark& mark : changes.marks) marked.insert(mark.number.value);
    for (const FundChange& change : changes.funds) {
        guard::Fund& fund = funds[change.account];
        fund.balance = change.fund.balance;
        fund.reserved = change.fund.reserved;
        fund.full = change.fund.full;
        for (const guard::SpendKey& key : change.changed) {
            fund.spends[key] = change.fund.spends.at(key);
            // Nothing is settled any more for what began longer ago than the last period.
            std::erase_if(fund.spends, [&key](const auto& one) {
                return one.first.period == key.period && one.first.number < key.number - spend_periods_kept;
            });
        }
    }
}

void apply_batch(LiveRows& live, const std::vector<EncodedRow>& rows) {
    // First what ends, then what lives: a batch may end a subscriber's request and start the next one, in any order.
    for (const EncodedRow& row : rows) {
        if (!row.live) live.erase(row.key);
    }
    for (const EncodedRow& row : rows) {
        if (row.live) live.put(row.key, row.bytes);
    }
}

}  // namespace roger::store
