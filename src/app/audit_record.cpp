#include "app/audit_record.hpp"

#include <fstream>

#include <fmt/format.h>

#include "app/data_directory.hpp"
#include "observe/log.hpp"

namespace roger::app {

std::optional<store::AuditHead> AuditRecord::read_file() {
    std::ifstream file(path_);
    std::string line;
    std::getline(file, line);
    const std::lock_guard lock(mutex_);
    return chain_.read(line);
}

store::AuditHead AuditRecord::begin(const store::AuditHead& table, const std::string& setting) {
    known_ = chain_.read(setting);
    const auto file = read_file();
    store::AuditHead latest = table;
    for (const auto& recorded : {known_, file}) {
        if (recorded && recorded->seq >= latest.seq) latest = *recorded;
    }
    if (latest != table) {
        complaint_ = fmt::format("the audit log ends at entry {} and entry {} was recorded: see roger audit verify",
                                 table.seq, latest.seq);
    } else if (!file && table.seq > 0) {
        complaint_ = path_ + " is missing or was not written by this installation";
    }
    return latest;
}

void AuditRecord::grown(const store::AuditHead& head) { known_ = head; }

void AuditRecord::write(const store::AuditHead& head) {
    const std::lock_guard lock(mutex_);
    if (head.seq <= written_) return;
    const auto done = write_private_file(path_, chain_.record(head) + "\n", 0600);
    if (done) {
        written_ = head.seq;
    } else if (!failed_) {
        observe::error("the end of the audit log could not be recorded", {{"error", done.error().detail}});
    }
    failed_ = !done;
}

std::vector<std::pair<std::string, std::optional<store::AuditHead>>> AuditRecord::heads() {
    std::vector<std::pair<std::string, std::optional<store::AuditHead>>> all;
    if (known_) all.emplace_back("the database", known_);
    const auto file = read_file();
    if (file || known_) all.emplace_back(path_, file);
    return all;
}

}  // namespace roger::app
