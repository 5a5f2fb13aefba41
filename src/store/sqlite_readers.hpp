// Look-ups beside the commit thread: a few connections that only read, each used by one caller at a time.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "store/sqlite_connection.hpp"
#include "store/store.hpp"

namespace roger::store {

class Readers {
public:
    [[nodiscard]] static Result<std::unique_ptr<Readers>> open(const std::string& path,
                                                               const std::string& vfs,
                                                               std::size_t connections);

    /// Any thread; waits while all connections are in use. Sees every commit that returned before.
    /// @return unavailable when the database cannot be read; invalid_argument for a key beside filters, or a row that
    ///         is damaged
    [[nodiscard]] Result<Page> read(const Query& query);
    /// Likewise, of the audit log.
    [[nodiscard]] Result<std::vector<AuditEntry>> audit(const AuditQuery& query);
    /// No connection may be in use.
    void leave_as_it_is();

private:
    struct Reader {
        Connection connection;
        Statement by_key;
        Statement newest_first;
        Statement audit_newest_first;
        Statement audit_oldest_first;
    };
    class Lease;

    static Result<Page> find(Reader& reader, RowKey key);
    static Result<Page> scan(Reader& reader, const Query& query);

    std::vector<std::unique_ptr<Reader>> all_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<Reader*> idle_;  ///< guarded by mutex_
};

}  // namespace roger::store
