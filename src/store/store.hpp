// Where the truth is kept. One batch of commands is one transaction.
// Every implementation passes tests/contract/store_contract.hpp; add the test there first.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "account/account.hpp"
#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "store/audit.hpp"
#include "verification/request.hpp"

namespace roger::store {

using verification::Request;
using verification::RowKey;

/// At most one live request per (account, number): starts ask for it, and the store keeps it so.
struct Subscriber {
    std::string account;
    std::string number;
    friend auto operator<=>(const Subscriber&, const Subscriber&) = default;
};

/// What a peer's id stands for: one segment of one handover.
struct Segment {
    RowKey key;
    std::uint8_t event = 0;
    std::uint8_t attempt = 0;
    std::uint8_t part = 0;   ///< 0 …
    std::uint8_t parts = 1;  ///< … of so many
    friend auto operator<=>(const Segment&, const Segment&) = default;
};
/// Of one id the store returns so many segments at most, those of the newest rows: some peers use an id again.
constexpr std::size_t receipt_matches_max = 8;

/// SMPP v3.4 §5.2.23 has 65; HTTP peers give longer ones.
constexpr std::size_t receipt_key_bytes_max = 256;

struct ReceiptEntry {
    verification::ReceiptKey id;
    Segment segment;      ///< of a row, one at most for each id: the last one written
    TimePoint expires{};  ///< real time: found until then, and perhaps half a day longer
};

/// What a batch must see. Asking for the same thing twice is allowed.
struct Wanted {
    std::vector<RowKey> live;                        ///< rows that matter only while live (checks, control)
    std::vector<RowKey> any;                         ///< rows that are wanted after their end too (outcomes, receipts)
    std::vector<Subscriber> subscribers;             ///< of starts
    std::vector<verification::ReceiptKey> receipts;  ///< segments, and the rows that they belong to
    std::optional<TimePoint> due_by;                 ///< service time: live rows with due ≤ this …
    std::size_t due_max = 128;                       ///< … the earliest, at most so many
};

/// What the store found. Rows that are not there are not in the maps.
struct Loaded {
    std::unordered_map<RowKey, Request> rows;  ///< live, any, due, of receipts, and the live rows of subscribers
    std::map<Subscriber, RowKey> live_of;      ///< the live request of each subscriber asked for, if there is one
    std::vector<RowKey> due;                   ///< earliest first
    std::map<verification::ReceiptKey, std::vector<Segment>> receipts;  ///< newest row first
};

/// What a batch leaves behind. A row with status in_progress is live, one without is not; that alone decides the live
/// set and the timers.
struct Changes {
    std::vector<Request> rows;               ///< new or changed, each key once, with their whole content
    std::vector<account::Account> accounts;  ///< new or changed
    std::vector<std::pair<std::string, std::string>> settings;  ///< "clock_offset_ms", "sandbox", …; the new value
    std::vector<ReceiptEntry> receipt_keys;
    std::vector<AuditEntry> audit;  ///< linked, in order
    /// Real time: of the keys that expired before it a few are removed with every batch that writes.
    TimePoint forget_receipts_before{};
    [[nodiscard]] bool empty() const {
        return rows.empty() && accounts.empty() && settings.empty() && receipt_keys.empty() && audit.empty();
    }
};

/// Read-only look-ups beside the commit thread: one row by its key, or rows newest first that pass every filter.
struct Query {
    std::optional<RowKey> key;  ///< this row alone: then nothing else is set
    std::optional<std::string> account;
    std::optional<std::string> number;
    std::optional<verification::Status> status;
    std::optional<RowKey> before;   ///< only rows with lesser keys: where the last page ended
    std::size_t limit = 100;        ///< ≤ 200
    std::size_t scan_max = 50'000;  ///< rows looked at, at most: bounds the work of a rare number
};

struct Page {
    std::vector<Request> rows;
    /// The last row that was looked at: what is older has not been. None: there is nothing older.
    std::optional<RowKey> last;
};

/// What the store knows at start, in one read.
struct Opened {
    std::unordered_map<std::string, std::string> settings;
    std::vector<account::Account> accounts;
    RowKey last_key;              ///< the greatest key stored; 0 when empty
    std::vector<RowKey> sending;  ///< live rows that have an event in state `sending`: their senders are gone
    std::size_t live = 0;
    AuditHead audit_head;  ///< the latest entry of the table
};

class Store {
public:
    virtual ~Store() = default;

    /// Commit thread only. Loads what is wanted, lets `decide` judge it, saves what it changes; durable on return.
    /// When `decide` changes nothing, nothing is written or synced.
    /// @param decide  pure; may be called again when another node came first (at most 3 times)
    /// @return unavailable if nothing was done (disk full, read-only: try again later); invalid_argument if the data
    ///         itself was refused (nothing was done: split the batch); conflict if a second live request of a
    ///         subscriber, or a row for a lost race, was asked for; timed_out if the commit may or may not have
    ///         happened: the store must not be used again, stop the process (exit 75)
    [[nodiscard]] virtual Result<void> transact(const Wanted& wanted, FunctionRef<Changes(const Loaded&)> decide) = 0;

    /// Commit thread only, after `unavailable`: gives up the room that was set aside for a full disk.
    /// @return false when that changes nothing: there is none (left), or the disk was not full
    [[nodiscard]] virtual bool give_up_reserve() { return false; }
    /// Commit thread only: sets that room aside, unless it is there.
    /// @return unavailable with a sentence while the disk has not got it
    [[nodiscard]] virtual Result<void> restore_reserve() { return {}; }

    /// Commit thread only: what was removed or replaced is in no file any more, the log included. May wait a moment.
    /// @return false when somebody still reads the log: try again
    [[nodiscard]] virtual bool scrub() { return true; }

    /// Any thread but the commit thread; may block. Sees every transaction that returned before the call.
    /// @return unavailable when the store cannot be read; invalid_argument for a key beside filters
    [[nodiscard]] virtual Result<Page> page(const Query& query) const = 0;
    /// The rows of a page alone.
    [[nodiscard]] Result<std::vector<Request>> read(const Query& query) const {
        auto found = page(query);
        if (!found) return tl::unexpected<Error>(found.error());
        return std::move(found->rows);
    }

    /// Any thread but the commit thread; may block. Entries of the audit log that pass the query's filters.
    /// @return unavailable when the store cannot be read
    [[nodiscard]] virtual Result<std::vector<AuditEntry>> audit(const AuditQuery& query) const = 0;

    /// Commit thread only: the earliest due time of a live row; exact.
    [[nodiscard]] virtual std::optional<TimePoint> next_due() const = 0;
    /// Commit thread only.
    [[nodiscard]] virtual std::size_t live() const = 0;
    /// Once, before anything else.
    [[nodiscard]] virtual const Opened& opened() const = 0;
};

}  // namespace roger::store
