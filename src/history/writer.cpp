// What the index's own thread does: reads the rows that changed and writes what is known of them.
#include <algorithm>

#include "history/statements.hpp"
#include "numbering/number.hpp"
#include "observe/log.hpp"

namespace roger::history {
namespace {

using store::StatementUse;
using verification::Request;

/// Rows of one transaction: bounds how long an erasure waits for the writer.
constexpr std::size_t part_max = 500;
/// A transaction that fails is tried again, for the disk may have room then.
constexpr milliseconds pause_after_failure{1000};

void bind(store::Statement& statement, int index, std::optional<milliseconds> value) {
    if (value) {
        statement.bind(index, std::int64_t{value->count()});
    } else {
        statement.bind_null(index);
    }
}

/// An empty one as NULL.
void bind_hash(store::Statement& statement, int index, const Bytes& hash) {
    if (hash.empty()) {
        statement.bind_null(index);
    } else {
        statement.bind(index, std::span<const std::byte>(hash));
    }
}

}  // namespace

void History::write(const Work& work) {
    std::size_t at = 0;
    bool refusals_left = !work.refusals.empty();
    while (at < work.keys.size() || refusals_left) {
        const std::lock_guard lock(writer_mutex_);
        std::vector<Request> rows;
        for (; at < work.keys.size() && rows.size() < part_max; ++at) {
            auto row = store_.read({.key = work.keys[at]});
            if (row && !row->empty()) rows.push_back(std::move(row->front()));
        }
        if (!write_rows(rows, refusals_left ? work.refusals : std::span<const Refusal>())) {
            const std::lock_guard waiting(mutex_);
            rescan_ = true;
            scanning_ = true;
            dropped_ += refusals_left ? work.refusals.size() : 0;
            break;
        }
        refusals_left = false;
    }
    {
        const std::lock_guard lock(mutex_);
        done_ = std::max(done_, work.until);
    }
    written_.notify_all();
}

/// Rows from the newest down to those that were all known to have ended when this was last up to date.
void History::scan(const std::stop_token& stop) {
    RowKey bottom;
    {
        const std::lock_guard lock(writer_mutex_);
        bottom = floor();
    }
    std::uint64_t until = 0;
    {
        const std::lock_guard lock(mutex_);
        until = enqueued_ - waiting_.size() - refusals_.size();
    }
    std::optional<RowKey> before;
    while (!stop.stop_requested()) {
        std::unique_lock writer(writer_mutex_);
        auto page = store_.page({.before = before, .limit = part_max});
        const bool written = page && write_rows(page->rows, {});
        writer.unlock();
        if (!written) {
            std::unique_lock lock(mutex_);
            rescan_ = true;
            (void)woken_.wait_for(lock, stop, pause_after_failure, [] { return false; });
            return;
        }
        before = page->last;
        if (!before || *before < bottom) break;
        // What comes in the meantime is not left to wait for the end.
        std::unique_lock lock(mutex_);
        if (hurry_ || waiting_.size() > part_max || !refusals_.empty()) {
            hurry_ = true;
            const Work work = take(lock, stop);
            lock.unlock();
            write(work);
        }
    }
    if (stop.stop_requested()) return;
    {
        const std::lock_guard lock(mutex_);
        scanning_ = rescan_;
        done_ = std::max(done_, until);
    }
    written_.notify_all();
    const std::lock_guard lock(writer_mutex_);
    if (!scanning_) note_floor();
}

bool History::write_rows(std::span<const Request> rows, std::span<const Refusal> refusals) {
    Ledger requests;
    Ledger events;
    bool good = statements_->begin.run() == SQLITE_DONE;
    if (good) {
        for (const Request& row : rows) put(row, requests, events);
        put_ledger(statements_->add_request, requests);
        put_ledger(statements_->add_event, events);
        for (const Refusal& refusal : refusals) put_refusal(refusal);
        if (!refusals.empty()) (void)statements_->prune_refusals.bind(1, refusals_kept).run();
        if (!scanning_) note_floor();
        // A statement that failed for want of room has rolled everything back, or fails the commit.
        good = writer_.in_transaction() && sqlite3_errcode(writer_.handle()) != SQLITE_FULL &&
               statements_->commit.run() == SQLITE_DONE;
        if (!good && writer_.in_transaction()) (void)statements_->rollback.run();
    }
    if (!good && !failing_) {
        observe::error("the index of requests cannot be written: it is tried again",
                       {{"error", sqlite3_errmsg(writer_.handle())}});
    }
    failing_ = !good;
    return good;
}

std::optional<Line> History::stored_line(RowKey key) {
    store::Statement& find = statements_->find;
    const StatementUse use(find);
    if (find.bind(1, key.value).step() != SQLITE_ROW) return std::nullopt;
    Line line{.account = std::string(find.text(0)),
              .country = std::string(find.text(3)),
              .network = std::string(find.text(4)),
              .status = static_cast<verification::Status>(find.integer(1)),
              .submitted = TimePoint(milliseconds(find.integer(2))),
              .checked = find.integer(6) != 0,
              .blank = find.integer(7) != 0,
              .events = decode_events(find.text(8))};
    if (!find.is_null(5)) line.time_to_verify = milliseconds(find.integer(5));
    return line;
}

void History::put(const Request& row, Ledger& requests, Ledger& events) {
    const Line line = line_of(row);
    const auto before = stored_line(row.key);
    if (before == line) return;
    if (before) count(*before, -1, requests, events);
    count(line, 1, requests, events);
    const std::string text = encode_events(line.events);
    const std::string route = line.route();
    if (before) {
        store::Statement& update = statements_->update;
        update.bind(1, static_cast<std::int64_t>(line.status)).bind(2, line.country).bind(3, line.network);
        update.bind(4, route).bind(6, std::int64_t{line.checked}).bind(7, std::int64_t{line.blank}).bind(8, text);
        bind(update, 5, line.time_to_verify);
        (void)update.bind(9, row.key.value).run();
        return;
    }
    const Bytes hash = line.blank ? Bytes() : hash_of(row.number);
    store::Statement& insert = statements_->insert;
    insert.bind(1, row.key.value).bind(2, line.account).bind(4, static_cast<std::int64_t>(line.status));
    bind_hash(insert, 3, hash);
    insert.bind(5, line.submitted.time_since_epoch().count()).bind(6, line.country).bind(7, line.network);
    bind(insert, 9, line.time_to_verify);
    insert.bind(8, route).bind(10, std::int64_t{line.checked}).bind(11, std::int64_t{line.blank}).bind(12, text);
    (void)insert.run();
}

void History::put_ledger(store::Statement& add, const Ledger& ledger) {
    for (const auto& [place, counts] : ledger) {
        if (counts == Counts{}) continue;
        add.bind(1, place.hour).bind(2, place.account).bind(3, place.country).bind(4, place.network);
        add.bind(5, place.channel).bind(6, place.route);
        int column = 7;
        const auto values = counts.all();
        for (const std::int64_t value : values) add.bind(column++, value);
        (void)add.run();
    }
}

void History::put_refusal(const Refusal& refusal) {
    const auto number = numbering::Msisdn::from_digits(refusal.number);
    const std::string masked = number ? number->masked() : "";
    const auto facts = numbering::parse_number(number ? number->e164() : "", "");
    const std::string country = facts ? facts->country : "";
    const Bytes hash = number ? hash_of(refusal.number) : Bytes();
    store::Statement& put = statements_->put_refusal;
    put.bind(1, refusal.at.time_since_epoch().count()).bind(2, refusal.account).bind(3, refusal.call);
    put.bind(4, std::int64_t{refusal.status}).bind(5, refusal.rule).bind(6, refusal.reason).bind(8, masked);
    bind_hash(put, 7, hash);
    (void)put.bind(9, country).bind(10, refusal.request_id).run();
}

/// Everything before it has ended, and is known here as it ended.
void History::note_floor() {
    std::int64_t floor = 0;
    {
        const StatementUse use(statements_->open_min);
        if (statements_->open_min.step() == SQLITE_ROW && !statements_->open_min.is_null(0)) {
            floor = statements_->open_min.integer(0);
        }
    }
    if (floor == 0) {
        const StatementUse use(statements_->key_max);
        if (statements_->key_max.step() == SQLITE_ROW) floor = statements_->key_max.integer(0) + 1;
    }
    (void)statements_->put_floor.bind(1, floor).run();
}

RowKey History::floor() {
    const StatementUse use(statements_->get_floor);
    return RowKey{statements_->get_floor.step() == SQLITE_ROW ? statements_->get_floor.integer(0) : 0};
}

Result<std::size_t> History::forget(const std::string& number) {
    const Bytes hash = hash_of(number);
    const std::lock_guard lock(writer_mutex_);
    const auto forget = [&](store::Statement& statement) {
        return statement.bind(1, std::span<const std::byte>(hash)).run() == SQLITE_DONE;
    };
    const bool good = forget(statements_->forget_requests) && forget(statements_->forget_refusals);
    const auto refusals = static_cast<std::size_t>(sqlite3_changes(writer_.handle()));
    if (!good) return fail(Errc::unavailable, "the index of requests cannot be written; try again");
    const std::lock_guard reading(reader_mutex_);  // a reader would keep the log from being cut
    const int rc = sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (rc != SQLITE_OK) return fail(Errc::unavailable, "the log of the index could not be emptied; try again");
    return refusals;
}

}  // namespace roger::history
