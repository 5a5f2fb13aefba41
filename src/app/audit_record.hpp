// Where the audit log ends, recorded in DATA/audit-head, outside the database: whoever cuts the log's tail by SQL does
// not change this.
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/audit.hpp"

namespace roger::app {

class AuditRecord {
public:
    AuditRecord(std::string path, const Key32& id_key) : path_(std::move(path)), chain_(id_key) {}

    /// At start, before the engine: where the log goes on. What was recorded wins over the table, so that a tail that
    /// was cut stays a gap for ever.
    /// @param table    where the table ends
    /// @param setting  store::audit_head_setting as it stands, or ""
    [[nodiscard]] store::AuditHead begin(const store::AuditHead& table, const std::string& setting);
    /// A sentence about what begin() found wrong; "" when all was good.
    [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

    /// io thread: the log ends here now.
    void grown(const store::AuditHead& head);
    /// Any thread; blocks for a write to the disk. Keeps the latest, in whatever order it is called.
    void write(const store::AuditHead& head);
    /// io thread: who knows where the log ends.
    [[nodiscard]] std::vector<std::pair<std::string, std::optional<store::AuditHead>>> heads();

private:
    [[nodiscard]] std::optional<store::AuditHead> read_file();

    std::string path_;
    std::string complaint_;
    std::mutex mutex_;  ///< guards the next three
    store::AuditChain chain_;
    std::int64_t written_ = 0;
    bool failed_ = false;                    ///< the last write: it was said
    std::optional<store::AuditHead> known_;  ///< io thread: the latest of this process, or of the setting
};

}  // namespace roger::app
