// Who did what: a log that is only ever appended to, each entry in the transaction of what it tells of. Every entry's
// hash covers the one before it, under a key that no database holds; the latest is recorded outside the table too.
// So an edited or removed entry breaks the chain, and a cut tail ends before the head that was recorded.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.hpp"
#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace roger::store {

/// What is to be told. No secret, no whole number.
struct AuditNote {
    std::string who;     ///< "token:NAME", "user:NAME", "control", "server"
    std::string from;    ///< the address that it came from; "" when it came from here
    std::string action;  ///< "account.update"
    std::string target;  ///< what it was done to
    std::string detail;

    friend bool operator==(const AuditNote&, const AuditNote&) = default;
};

struct AuditEntry {
    std::int64_t seq = 0;  ///< from 1, without gaps
    TimePoint at{};        ///< wall time
    AuditNote note;
    Digest hash{};  ///< of this entry and all before it

    friend bool operator==(const AuditEntry&, const AuditEntry&) = default;
};

/// Where the chain ends.
struct AuditHead {
    std::int64_t seq = 0;  ///< 0: there is no entry yet
    Digest hash{};

    friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

/// Links entries and tells whether they are linked. Holds cipher state: one per thread.
class AuditChain {
public:
    /// @param id_key  of the keyring: the same for ever
    explicit AuditChain(const Key32& id_key) : hmac_(derive_key(id_key, "roger audit")) {}

    [[nodiscard]] AuditEntry link(const AuditHead& head, AuditNote note, TimePoint at);
    [[nodiscard]] bool linked(const AuditHead& head, const AuditEntry& entry);
    /// "SEQ HASH MAC": a head as it is recorded outside the table. A MAC of its own, so that no hash that once stood in
    /// the table can be passed off as one.
    [[nodiscard]] std::string record(const AuditHead& head);
    /// @return nullopt for anything that record() did not write
    [[nodiscard]] std::optional<AuditHead> read(std::string_view text);

private:
    [[nodiscard]] Digest hash_of(const AuditHead& head, const AuditEntry& entry);
    [[nodiscard]] Digest mac_of(const AuditHead& head);

    Hmac hmac_;
};

/// The setting that records the head beside the table, in the same transaction.
constexpr std::string_view audit_head_setting = "audit_head";

/// Pages newest first; oldest first when `from` is set.
struct AuditQuery {
    std::optional<std::int64_t> before;  ///< only entries with a lesser seq
    std::optional<std::int64_t> from;    ///< only this one and later ones
    std::string who;                     ///< "": whoever
    std::string action;                  ///< whole, or its part before the dot; "": whatever
    std::size_t limit = 100;             ///< ≤ 1000
};
[[nodiscard]] bool passes(const AuditNote& note, const AuditQuery& query);

struct AuditVerdict {
    std::int64_t entries = 0;
    std::string problem;  ///< a sentence; "" when all is good
};

/// Goes over the whole log, oldest first.
/// @param read      gives the entries from a seq on, in order; none when there are no more
/// @param recorded  heads that were recorded outside the table; nullopt: one that is missing or was not made by us
[[nodiscard]] Result<AuditVerdict> verify_audit(
    AuditChain& chain,
    FunctionRef<Result<std::vector<AuditEntry>>(std::int64_t)> read,
    const std::vector<std::pair<std::string, std::optional<AuditHead>>>& recorded);

}  // namespace roger::store
