// What is asked of the index, on a connection of its own.
#include <algorithm>
#include <string>

#include "history/history.hpp"

namespace roger::history {
namespace {

/// A WHERE clause of constant words, and the values that are bound to it.
class Clause {
public:
    /// @param words  with one '?' where the value goes
    void add(std::string_view words, std::int64_t value) { add(words, {value, "", {}, Kind::integer}); }
    void add(std::string_view words, const std::string& value) { add(words, {0, value, {}, Kind::text}); }
    void add(std::string_view words, Bytes value) { add(words, {0, "", std::move(value), Kind::blob}); }
    [[nodiscard]] const std::string& words() const noexcept { return words_; }
    void bind(store::Statement& statement) const {
        int index = 1;
        for (const Value& value : values_) {
            switch (value.kind) {
                case Kind::integer: statement.bind(index++, value.integer); break;
                case Kind::text: statement.bind(index++, value.text); break;
                case Kind::blob: statement.bind(index++, std::span<const std::byte>(value.blob)); break;
            }
        }
    }

private:
    enum class Kind : std::uint8_t { integer, text, blob };
    struct Value {
        std::int64_t integer;
        std::string text;
        Bytes blob;
        Kind kind;
    };
    void add(std::string_view words, Value value) {
        words_ += words_.empty() ? " WHERE " : " AND ";
        words_ += words;
        values_.push_back(std::move(value));
    }

    std::string words_;
    std::vector<Value> values_;
};

std::int64_t count_of(TimePoint time) { return time.time_since_epoch().count(); }

/// Steps through the rows of a query. @param take  sees each row
Result<void> each(store::Connection& reader,
                  const std::string& sql,
                  const Clause& clause,
                  FunctionRef<void(store::Statement&)> take) {
    auto statement = reader.prepare(sql);
    if (!statement) return fail(Errc::unavailable, statement.error().detail);
    clause.bind(*statement);
    int rc = SQLITE_OK;
    while ((rc = statement->step()) == SQLITE_ROW) take(*statement);
    if (rc != SQLITE_DONE) return fail(Errc::unavailable, reader.error(rc).detail);
    return {};
}

}  // namespace

Result<std::vector<RowKey>> History::find(const RequestFilter& filter) {
    Clause clause;
    // One index serves a query; a '+' keeps SQLite from choosing another than the likeliest to hold few rows.
    bool indexed = false;
    const auto add = [&](std::string_view indexable, std::string_view plain, const auto& value) {
        clause.add(indexed ? plain : indexable, value);
        indexed = true;
    };
    if (!filter.number.empty()) add("number = ?", "+number = ?", hash_of(filter.number));
    const bool rare = filter.status && *filter.status != verification::Status::success;
    const auto add_status = [&] { add("status = ?", "+status = ?", static_cast<std::int64_t>(*filter.status)); };
    if (rare && *filter.status == verification::Status::in_progress) add_status();
    if (!filter.network.empty()) add("network = ?", "+network = ?", filter.network);
    if (!filter.country.empty()) add("country = ?", "+country = ?", filter.country);
    if (!filter.account.empty()) add("account = ?", "+account = ?", filter.account);
    if (!filter.route.empty()) add("route = ?", "+route = ?", filter.route);
    if (filter.status && *filter.status != verification::Status::in_progress) add_status();
    if (filter.before) clause.add("key < ?", filter.before->value);
    if (filter.from)
        clause.add(
            "key >= coalesce((SELECT min(key) FROM (SELECT key FROM request WHERE submitted >= ? "
            "ORDER BY submitted LIMIT 100)), 9223372036854775807)",
            count_of(*filter.from));
    if (filter.from) clause.add("+submitted >= ?", count_of(*filter.from));
    if (filter.to)
        clause.add(
            "key <= coalesce((SELECT max(key) FROM (SELECT key FROM request WHERE submitted < ? "
            "ORDER BY submitted DESC LIMIT 100)), 0)",
            count_of(*filter.to));
    if (filter.to) clause.add("+submitted < ?", count_of(*filter.to));
    const std::string sql =
        "SELECT key FROM request" + clause.words() + " ORDER BY key DESC LIMIT " + std::to_string(filter.limit);
    std::vector<RowKey> keys;
    const std::lock_guard lock(reader_mutex_);
    auto done = each(reader_, sql, clause, [&](store::Statement& row) { keys.push_back(RowKey{row.integer(0)}); });
    if (!done) return tl::unexpected<Error>(done.error());
    return keys;
}

Result<std::vector<KeptRefusal>> History::refusals(const RefusalFilter& filter) {
    Clause clause;
    if (!filter.number.empty()) clause.add("number = ?", hash_of(filter.number));
    if (!filter.account.empty()) clause.add(filter.number.empty() ? "account = ?" : "+account = ?", filter.account);
    if (!filter.rule.empty())
        clause.add(filter.number.empty() && filter.account.empty() ? "rule = ?" : "+rule = ?", filter.rule);
    if (filter.status) clause.add("status = ?", std::int64_t{*filter.status});
    if (filter.from) clause.add("at >= ?", count_of(*filter.from));
    if (filter.to) clause.add("at < ?", count_of(*filter.to));
    if (filter.before) clause.add("id < ?", *filter.before);
    const std::string sql =
        "SELECT id, at, account, call, status, rule, reason, masked, country, request_id FROM refusal" +
        clause.words() + (filter.oldest_first ? " ORDER BY id LIMIT " : " ORDER BY id DESC LIMIT ") +
        std::to_string(filter.limit);
    std::vector<KeptRefusal> found;
    const std::lock_guard lock(reader_mutex_);
    auto done = each(reader_, sql, clause, [&](store::Statement& row) {
        KeptRefusal kept{.id = row.integer(0)};
        Refusal& refusal = kept.refusal;
        refusal.at = TimePoint(milliseconds(row.integer(1)));
        refusal.account = row.text(2);
        refusal.call = row.text(3);
        refusal.status = static_cast<int>(row.integer(4));
        refusal.rule = row.text(5);
        refusal.reason = row.text(6);
        refusal.number = row.text(7);
        refusal.country = row.text(8);
        refusal.request_id = row.text(9);
        found.push_back(std::move(kept));
    });
    if (!done) return tl::unexpected<Error>(done.error());
    return found;
}

Result<std::vector<RowKey>> History::to_be_blanked(const std::string& account, TimePoint before, std::size_t limit) {
    Clause clause;
    clause.add("account = ?", account);
    clause.add("submitted < ?", count_of(before));
    const std::string sql = "SELECT key FROM request" + clause.words() +
                            " AND blank = 0 AND +status <> 0 ORDER BY submitted LIMIT " + std::to_string(limit);
    std::vector<RowKey> keys;
    const std::lock_guard lock(reader_mutex_);
    auto done = each(reader_, sql, clause, [&](store::Statement& row) { keys.push_back(RowKey{row.integer(0)}); });
    if (!done) return tl::unexpected<Error>(done.error());
    return keys;
}

}  // namespace roger::history
