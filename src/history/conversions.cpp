// What was counted by hour, summed as it is asked for.
#include <string>

#include "history/history.hpp"

namespace roger::history {
namespace {

constexpr std::string_view sums =
    "sum(started), sum(handed_over), sum(delivered), sum(checked), sum(converted), sum(failed), sum(expired), "
    "sum(cancelled), sum(b0), sum(b1), sum(b2), sum(b3), sum(b4), sum(b5), sum(b6), sum(b7), sum(b8), sum(b9), "
    "sum(b10), sum(b11), sum(b12), sum(b13), sum(b14), sum(b15)";

/// Constant words alone: a dimension that was asked for by its name, another as nothing.
std::string words_of(const ConversionQuery& query) {
    const bool events = query.by_channel || query.by_route || !query.channel.empty() || !query.route.empty();
    std::string sql = "SELECT ";
    sql += query.by_hour ? "hour" : "0";
    sql += query.by_country ? ", country" : ", ''";
    sql += query.by_network ? ", network" : ", ''";
    sql += query.by_channel ? ", channel" : ", ''";
    sql += query.by_route ? ", route, " : ", '', ";
    sql += sums;
    sql += events ? " FROM hourly_event" : " FROM hourly";
    sql +=
        " WHERE hour >= ? AND hour < ? AND (? = '' OR account = ?) AND (? = '' OR country = ?) "
        "AND (? = '' OR network = ?) AND (? = '' OR channel = ?) AND (? = '' OR route = ?) GROUP BY 1, 2, 3, 4, 5 "
        "HAVING sum(started) > 0 ";
    sql += query.by_hour ? "ORDER BY 1, sum(started) DESC LIMIT ?" : "ORDER BY sum(started) DESC, 2, 3, 4, 5 LIMIT ?";
    return sql;
}

}  // namespace

Result<std::vector<ConversionRow>> History::conversions(const ConversionQuery& query) {
    const auto hour_of = [](TimePoint time) {
        return std::int64_t{std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count()};
    };
    const std::lock_guard lock(reader_mutex_);
    auto statement = reader_.prepare(words_of(query));
    if (!statement) return fail(Errc::unavailable, statement.error().detail);
    statement->bind(1, hour_of(query.from)).bind(2, hour_of(query.to + std::chrono::hours(1) - milliseconds(1)));
    int index = 3;
    for (const std::string* text : {&query.account, &query.country, &query.network, &query.channel, &query.route}) {
        statement->bind(index, *text).bind(index + 1, *text);
        index += 2;
    }
    statement->bind(index, static_cast<std::int64_t>(conversion_rows_max));
    std::vector<ConversionRow> rows;
    int rc = SQLITE_OK;
    while ((rc = statement->step()) == SQLITE_ROW) {
        ConversionRow row;
        row.place = {.hour = statement->integer(0),
                     .account = "",
                     .country = std::string(statement->text(1)),
                     .network = std::string(statement->text(2)),
                     .channel = std::string(statement->text(3)),
                     .route = std::string(statement->text(4))};
        std::array<std::int64_t, Counts::size> values{};
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = statement->integer(5 + static_cast<int>(i));
        row.counts = Counts::from(values);
        rows.push_back(std::move(row));
    }
    if (rc != SQLITE_DONE) return fail(Errc::unavailable, reader_.error(rc).detail);
    return rows;
}

}  // namespace roger::history
