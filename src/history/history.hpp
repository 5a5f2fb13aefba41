// The index of what happened, in a file of its own beside the store: requests by number, account, status, time,
// country, network and route; refusals; and what is counted by hour.
//
// It is fed behind the commits, by a thread of its own with the least priority, which reads the rows that changed. So
// nobody who waits for a commit waits for it, and it knows of a change a moment later. It can be lost: what is missing
// is read again from the store's rows, newest first, but for refusals, which are here alone. A number is here as a
// keyed hash: equal numbers can be found, none can be read.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "history/line.hpp"
#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::history {

using verification::RowKey;

/// All that are set must fit. Newest first.
struct RequestFilter {
    std::string account;
    std::string number;  ///< E.164 digits
    std::string country;
    std::string network;
    std::string route;  ///< of the latest event
    std::optional<verification::Status> status;
    std::optional<TimePoint> from;  ///< submitted at this time or later
    std::optional<TimePoint> to;    ///< submitted before
    std::optional<RowKey> before;   ///< only lesser keys
    std::size_t limit = 50;
};

/// A call that was refused, to be kept.
struct Refusal {
    TimePoint at{};  ///< service time
    std::string account;
    std::string call;  ///< "start", "check", …
    int status = 0;    ///< of Verify v1
    std::string rule;
    std::string reason;
    std::string number;      ///< E.164 digits or ""; only its hash and its masked form are kept
    std::string country;     ///< found by the number
    std::string request_id;  ///< "" when it has none
};
struct KeptRefusal {
    std::int64_t id = 0;
    Refusal refusal;  ///< its number is masked
};
struct RefusalFilter {
    std::string account;
    std::string number;  ///< E.164 digits
    std::string rule;
    std::optional<int> status;
    std::optional<TimePoint> from;
    std::optional<TimePoint> to;
    std::optional<std::int64_t> before;
    std::size_t limit = 50;
    bool oldest_first = false;
};

struct ConversionQuery {
    bool by_hour = false, by_country = false, by_network = false, by_channel = false, by_route = false;
    std::string account, country, network, channel, route;  ///< "": all
    TimePoint from{};                                       ///< whole hours
    TimePoint to{};
};
struct ConversionRow {
    Place place;  ///< what was not asked for is empty
    Counts counts;
};
constexpr std::size_t conversion_rows_max = 5000;

class History {
public:
    static constexpr std::size_t waiting_max = 100'000;       ///< keys: 800 KB
    static constexpr std::size_t refusals_per_second = 200;   ///< kept of a flood
    static constexpr std::int64_t refusals_kept = 1'000'000;  ///< then the oldest go
    static constexpr milliseconds gather{500};                ///< changes of one request in this time are one

    struct Options {
        std::string path;
        const store::Store& store;  ///< outlives it
        const Clock& clock;
        Key32 id_key;  ///< of the keyring: the same for ever
    };
    /// A file that cannot be used, or was written by another version, is begun anew.
    /// @return unavailable with a sentence when there is no place for it
    [[nodiscard]] static Result<std::unique_ptr<History>> open(const Options& options);
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Any thread: these rows have changed. What does not fit is read again later from the rows.
    void changed(std::span<const RowKey> keys);
    /// Any thread. @param make  called only when there is room for it, so that a flood costs little
    void refused(FunctionRef<Refusal()> make);
    /// Any thread: refusals that were not kept since the start.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    /// Any thread: changes that are not in the index yet.
    [[nodiscard]] std::size_t behind() const;
    /// Any thread: false while rows are read again, so that it does not know all of them.
    [[nodiscard]] bool complete() const noexcept { return !scanning_; }

    /// The rest blocks, and is called from any thread but io and commit.

    /// Until what had changed before the call is in the index, or the time is over.
    void catch_up(milliseconds at_most);
    [[nodiscard]] Result<std::vector<RowKey>> find(const RequestFilter& filter);
    [[nodiscard]] Result<std::vector<KeptRefusal>> refusals(const RefusalFilter& filter);
    [[nodiscard]] Result<std::vector<ConversionRow>> conversions(const ConversionQuery& query);
    /// Ended requests of an account that were submitted before, and still have their number: oldest first.
    [[nodiscard]] Result<std::vector<RowKey>> to_be_blanked(const std::string& account,
                                                            TimePoint before,
                                                            std::size_t limit);
    /// Nothing here is found by this number any more; also not in the file's log.
    /// @return how many refusals had it
    [[nodiscard]] Result<std::size_t> forget(const std::string& number);

private:
    struct Statements;
    struct Work {
        std::vector<RowKey> keys;
        std::vector<Refusal> refusals;
        std::uint64_t until = 0;  ///< of enqueued_
    };

    explicit History(const Options& options);
    [[nodiscard]] Result<void> prepare(const std::string& path);
    void run(const std::stop_token& stop);
    [[nodiscard]] Work take(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
    void write(const Work& work);
    void scan(const std::stop_token& stop);
    [[nodiscard]] bool write_rows(std::span<const verification::Request> rows, std::span<const Refusal> refusals);
    void put(const verification::Request& row, Ledger& requests, Ledger& events);
    [[nodiscard]] std::optional<Line> stored_line(RowKey key);
    void put_ledger(store::Statement& add, const Ledger& ledger);
    void put_refusal(const Refusal& refusal);
    void note_floor();
    [[nodiscard]] RowKey floor();
    [[nodiscard]] Bytes hash_of(const std::string& number);

    const store::Store& store_;
    const Clock& clock_;
    std::mutex hash_mutex_;
    Hmac hmac_;  ///< guarded by hash_mutex_

    mutable std::mutex mutex_;  ///< guards what waits
    std::condition_variable_any woken_;
    std::condition_variable written_;
    std::vector<RowKey> waiting_;
    std::vector<Refusal> refusals_;
    std::uint64_t enqueued_ = 0;  ///< changes so far …
    std::uint64_t done_ = 0;      ///< … and of them in the index
    bool hurry_ = false;          ///< somebody waits in catch_up()
    bool rescan_ = false;         ///< changes were lost: read the rows again
    std::chrono::time_point<std::chrono::steady_clock, seconds> refusal_second_{};
    std::size_t refusals_this_second_ = 0;
    std::atomic<std::uint64_t> dropped_ = 0;
    std::atomic<bool> scanning_ = true;

    std::mutex writer_mutex_;  ///< guards the writer: held from reading rows until they are written
    store::Connection writer_;
    std::unique_ptr<Statements> statements_;
    bool failing_ = false;  ///< the last write failed: it was said
    std::mutex reader_mutex_;
    store::Connection reader_;
    std::jthread thread_;  ///< last: it uses all the others
};

}  // namespace roger::history
