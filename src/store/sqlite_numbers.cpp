#include "store/sqlite_numbers.hpp"

#include <algorithm>

namespace roger::store {
namespace {

/// Of those that are too old, more than a batch puts in: they never pile up.
constexpr std::int64_t marks_forgotten_max = 64;

std::int64_t ms(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint time_of(std::int64_t value) { return TimePoint(milliseconds(value)); }

guard::Mark mark_of(Statement& row) {
    return {.kind = static_cast<guard::Mark::Kind>(std::clamp<std::int64_t>(row.integer(5), 0, 2)),
            .number = {row.integer(0)},
            .account = std::string(row.text(4)),
            .at = time_of(row.integer(3)),
            .key = row.integer(1),
            .index = static_cast<std::uint8_t>(row.integer(2))};
}

constexpr std::string_view select_marks =
    "SELECT number, key, idx, at, account, kind FROM number_mark WHERE number = ? ORDER BY at";

int find_marks(Statement& select, guard::NumberHash number, std::vector<guard::Mark>& found) {
    const StatementUse use(select);
    select.bind(1, number.value);
    int rc = SQLITE_OK;
    while ((rc = select.step()) == SQLITE_ROW) found.push_back(mark_of(select));
    return rc;
}

constexpr std::string_view select_verified =
    "SELECT account, count, first, last, network FROM verified WHERE subscriber = ?";

int find_verified(Statement& select, guard::NumberHash subscriber, std::optional<guard::Verified>& found) {
    const StatementUse use(select);
    const int rc = select.bind(1, subscriber.value).step();
    if (rc != SQLITE_ROW) return rc;
    found = guard::Verified{.subscriber = subscriber,
                            .account = std::string(select.text(0)),
                            .count = static_cast<std::uint32_t>(select.integer(1)),
                            .first = time_of(select.integer(2)),
                            .last = time_of(select.integer(3)),
                            .network = std::string(select.text(4))};
    return SQLITE_DONE;
}

}  // namespace

Result<void> NumberTables::open(Connection& connection, std::unordered_set<std::int64_t>& marked) {
    const std::pair<Statement*, std::string_view> list[] = {
        {&find_marks_, select_marks},
        {&put_mark_, "REPLACE INTO number_mark VALUES(?, ?, ?, ?, ?, ?)"},
        {&forget_marks_,
         "DELETE FROM number_mark WHERE (number, key, idx) IN (SELECT number, key, idx FROM number_mark WHERE at < ? "
         "ORDER BY at LIMIT ?)"},
        {&find_verified_, select_verified},
        {&put_verified_, "REPLACE INTO verified VALUES(?, ?, ?, ?, ?, ?)"},
    };
    for (const auto& [statement, sql] : list) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return tl::unexpected(prepared.error());
        *statement = std::move(*prepared);
    }
    auto all = connection.prepare("SELECT DISTINCT number FROM number_mark");
    if (!all) return tl::unexpected(all.error());
    int rc = SQLITE_OK;
    while ((rc = all->step()) == SQLITE_ROW) marked.insert(all->integer(0));
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return {};
}

int NumberTables::find(guard::NumberHash number, std::vector<guard::Mark>& found) {
    return find_marks(find_marks_, number, found);
}

int NumberTables::find(guard::NumberHash subscriber, std::optional<guard::Verified>& found) {
    return find_verified(find_verified_, subscriber, found);
}

int NumberTables::write(const Changes& changes) {
    int rc = SQLITE_DONE;
    for (const guard::Mark& mark : changes.marks) {
        put_mark_.bind(1, mark.number.value).bind(2, mark.key).bind(3, std::int64_t{mark.index});
        put_mark_.bind(4, ms(mark.at)).bind(5, mark.account).bind(6, static_cast<std::int64_t>(mark.kind));
        if (rc = put_mark_.run(); rc != SQLITE_DONE) return rc;
    }
    for (const guard::Verified& one : changes.verified) {
        put_verified_.bind(1, one.subscriber.value).bind(2, one.account).bind(3, std::int64_t{one.count});
        put_verified_.bind(4, ms(one.first)).bind(5, ms(one.last)).bind(6, one.network);
        if (rc = put_verified_.run(); rc != SQLITE_DONE) return rc;
    }
    if (changes.marks.empty()) return rc;
    const TimePoint newest = std::ranges::max(changes.marks, {}, &guard::Mark::at).at;
    return forget_marks_.bind(1, ms(newest - guard::marks_kept)).bind(2, marks_forgotten_max).run();
}

Result<std::vector<guard::Mark>> read_marks_of_many(Connection& connection,
                                                    TimePoint since,
                                                    std::size_t wrong_codes_min,
                                                    std::size_t max) {
    auto select = connection.prepare(
        "SELECT number, key, idx, at, account, kind FROM number_mark WHERE at > ?1 AND number IN (SELECT number FROM "
        "number_mark WHERE at > ?1 AND kind < 2 GROUP BY number HAVING count(*) >= ?2) ORDER BY number, at LIMIT ?3");
    if (!select) return tl::unexpected(select.error());
    select->bind(1, ms(since));
    select->bind(2, static_cast<std::int64_t>(wrong_codes_min)).bind(3, static_cast<std::int64_t>(max));
    std::vector<guard::Mark> found;
    int rc = SQLITE_OK;
    while ((rc = select->step()) == SQLITE_ROW) found.push_back(mark_of(*select));
    if (rc != SQLITE_DONE) return tl::unexpected(connection.error(rc));
    return found;
}

Result<std::vector<guard::Mark>> read_marks(Connection& connection, guard::NumberHash number) {
    auto select = connection.prepare(select_marks);
    if (!select) return tl::unexpected(select.error());
    std::vector<guard::Mark> found;
    if (const int rc = find_marks(*select, number, found); rc != SQLITE_DONE) {
        return tl::unexpected(connection.error(rc));
    }
    return found;
}

Result<std::optional<guard::Verified>> read_verified(Connection& connection, guard::NumberHash subscriber) {
    auto select = connection.prepare(select_verified);
    if (!select) return tl::unexpected(select.error());
    std::optional<guard::Verified> found;
    if (const int rc = find_verified(*select, subscriber, found); rc != SQLITE_DONE) {
        return tl::unexpected(connection.error(rc));
    }
    return found;
}

}  // namespace roger::store
