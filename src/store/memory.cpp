#include "store/memory.hpp"

#include <mutex>
#include <tuple>

#include "base/assert.hpp"
#include "store/account_codec.hpp"
#include "store/batch.hpp"
#include "store/row_codec.hpp"

namespace roger::store {

class MemoryDisk {
public:
    std::mutex mutex;  ///< guards the maps: page() and audit() run beside the commit thread
    std::map<RowKey, Bytes> rows;
    std::map<std::string, std::string> accounts;
    std::map<std::string, std::string> settings;
    std::map<std::int64_t, AuditEntry> audit;
    /// By half-day of expiry, id and row; commit thread only.
    std::map<std::tuple<std::int64_t, verification::ReceiptKey, RowKey>, Segment> receipts;
    MemoryFault fault = MemoryFault::none;  ///< commit thread only
};

namespace {

class MemoryStore final : public Store {
public:
    explicit MemoryStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {
        const std::lock_guard lock(disk_->mutex);
        for (const auto& [name, value] : disk_->settings) opened_.settings.emplace(name, value);
        for (const auto& [key, body] : disk_->accounts) {
            auto account = decode_account(body);
            ROGER_ASSERT(account.has_value(), "it was encoded by this program");
            opened_.accounts.push_back(std::move(*account));
        }
        for (const auto& [key, bytes] : disk_->rows) {
            const auto head = peek(key, bytes);
            ROGER_ASSERT(head.has_value(), "it was encoded by this program");
            if (head->status != verification::Status::in_progress) continue;
            live_.put(key, bytes);
            if (head->sending) opened_.sending.push_back(key);
        }
        if (!disk_->rows.empty()) opened_.last_key = disk_->rows.rbegin()->first;
        opened_.live = live_.size();
        if (!disk_->audit.empty()) {
            const AuditEntry& last = disk_->audit.rbegin()->second;
            opened_.audit_head = {last.seq, last.hash};
        }
    }

    Result<void> transact(const Wanted& wanted, FunctionRef<Changes(const Loaded&)> decide) override {
        if (broken_) return fail(Errc::timed_out, "a COMMIT has failed: the store must be opened again");
        Loaded loaded = load_live(live_, wanted);
        add_ended(wanted, loaded);
        const Changes changes = decide(loaded);
        if (changes.empty()) return {};
        auto rows = check_batch(live_, changes);
        if (!rows) return tl::unexpected(rows.error());

        const MemoryFault fault = std::exchange(disk_->fault, MemoryFault::none);
        if (fault == MemoryFault::unavailable) return fail(Errc::unavailable, "a fault was asked for");
        if (fault != MemoryFault::timed_out_lost) write(changes, *rows);
        if (fault != MemoryFault::none) {
            broken_ = true;
            return fail(Errc::timed_out, "a fault was asked for");
        }
        apply_batch(live_, *rows);
        return {};
    }

    Result<Page> page(const Query& query) const override {
        if (auto checked = check_query(query); !checked) return tl::unexpected(checked.error());
        const std::lock_guard lock(disk_->mutex);
        const auto& rows = disk_->rows;
        Page found;
        if (query.key) {
            const auto at = rows.find(*query.key);
            if (at != rows.end()) found.rows.push_back(row_of(at->first, at->second));
            return found;
        }
        const std::size_t limit = std::min(query.limit, query_limit_max);
        std::size_t scanned = 0;
        for (auto at = query.before ? rows.lower_bound(*query.before) : rows.end(); at != rows.begin();) {
            if (found.rows.size() == limit || scanned++ == query.scan_max) return found;
            --at;
            found.last = at->first;
            const auto head = peek(at->first, at->second);
            ROGER_ASSERT(head.has_value(), "it was encoded by this program");
            if (passes(*head, query)) found.rows.push_back(row_of(at->first, at->second));
        }
        found.last.reset();
        return found;
    }

    Result<std::vector<AuditEntry>> audit(const AuditQuery& query) const override {
        const std::lock_guard lock(disk_->mutex);
        std::vector<AuditEntry> found;
        const std::size_t limit = std::min(query.limit, audit_limit_max);
        const auto take = [&](const AuditEntry& entry) {
            if (passes(entry.note, query)) found.push_back(entry);
            return found.size() < limit;
        };
        const auto& all = disk_->audit;
        if (query.from) {
            for (auto at = all.lower_bound(*query.from); at != all.end() && take(at->second); ++at) {
            }
        } else {
            auto at = query.before ? all.lower_bound(*query.before) : all.end();
            while (at != all.begin() && take((--at)->second)) {
            }
        }
        return found;
    }

    std::optional<TimePoint> next_due() const override { return live_.next_due(); }
    std::size_t live() const override { return live_.size(); }
    const Opened& opened() const override { return opened_; }

private:
    static Request row_of(RowKey key, const Bytes& bytes) {
        auto row = decode(key, bytes);
        ROGER_ASSERT(row.has_value(), "it was encoded by this program");
        return std::move(*row);
    }

    void add_ended(const Wanted& wanted, Loaded& loaded) const {
        const std::lock_guard lock(disk_->mutex);
        for (const RowKey key : wanted.any) add_row(key, loaded);
        for (const verification::ReceiptKey& id : wanted.receipts) {
            std::vector<Segment> found = find_receipts(id);
            for (const Segment& segment : found) add_row(segment.key, loaded);
            if (!found.empty()) loaded.receipts.insert_or_assign(id, std::move(found));
        }
    }

    void add_row(RowKey key, Loaded& loaded) const {
        const auto at = disk_->rows.find(key);
        if (at == disk_->rows.end() || loaded.rows.contains(key)) return;
        loaded.rows.emplace(key, row_of(key, at->second));
    }

    std::vector<Segment> find_receipts(const verification::ReceiptKey& id) const {
        std::vector<Segment> found;
        const auto& all = disk_->receipts;
        for (auto step = all.begin(); step != all.end();) {
            const std::int64_t expires = std::get<0>(step->first);
            const auto end = all.upper_bound({expires, id, RowKey{INT64_MAX}});
            for (auto at = all.lower_bound({expires, id, RowKey{INT64_MIN}}); at != end; ++at) {
                found.push_back(at->second);
            }
            step = all.lower_bound({expires + 1, {}, RowKey{INT64_MIN}});
        }
        keep_newest(found, 0);
        return found;
    }

    void write_receipts(const Changes& changes) {
        for (const ReceiptEntry& entry : changes.receipt_keys) {
            disk_->receipts[{expiry_step(entry.expires), entry.id, entry.segment.key}] = entry.segment;
        }
        const std::int64_t expired = expired_step(changes.forget_receipts_before);
        for (std::size_t left = forget_max(changes); left > 0 && !disk_->receipts.empty(); --left) {
            if (std::get<0>(disk_->receipts.begin()->first) > expired) break;
            disk_->receipts.erase(disk_->receipts.begin());
        }
    }

    void write(const Changes& changes, const std::vector<EncodedRow>& rows) {
        const std::lock_guard lock(disk_->mutex);
        for (const EncodedRow& row : rows) disk_->rows[row.key] = row.bytes;
        for (const account::Account& account : changes.accounts) disk_->accounts[account.key] = encode(account);
        for (const auto& [name, value] : changes.settings) disk_->settings[name] = value;
        for (const AuditEntry& entry : changes.audit) disk_->audit.emplace(entry.seq, entry);
        write_receipts(changes);
    }

    std::shared_ptr<MemoryDisk> disk_;  ///< shared with the test that opens the next store on it
    LiveRows live_;
    Opened opened_;
    bool broken_ = false;
};

}  // namespace

std::shared_ptr<MemoryDisk> make_memory_disk() { return std::make_shared<MemoryDisk>(); }

void set_fault(MemoryDisk& disk, MemoryFault fault) { disk.fault = fault; }

std::unique_ptr<Store> make_memory_store(std::shared_ptr<MemoryDisk> disk) {
    return std::make_unique<MemoryStore>(std::move(disk));
}

}  // namespace roger::store
