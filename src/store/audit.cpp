#include "store/audit.hpp"

#include <charconv>

#include <fmt/format.h>

namespace roger::store {
namespace {

void put(Bytes& out, std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::byte>(value >> shift & 0xffU));
}

/// With its length before it, so that no two entries are the same bytes.
void put(Bytes& out, std::string_view text) {
    put(out, std::uint64_t{text.size()});
    const auto bytes = as_bytes(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

Digest AuditChain::hash_of(const AuditHead& head, const AuditEntry& entry) {
    Bytes bytes(head.hash.begin(), head.hash.end());
    put(bytes, static_cast<std::uint64_t>(entry.seq));
    put(bytes, static_cast<std::uint64_t>(entry.at.time_since_epoch().count()));
    for (const std::string* text :
         {&entry.note.who, &entry.note.from, &entry.note.action, &entry.note.target, &entry.note.detail}) {
        put(bytes, *text);
    }
    return hmac_(bytes);
}

Digest AuditChain::mac_of(const AuditHead& head) {
    Bytes bytes;
    put(bytes, "head");
    put(bytes, static_cast<std::uint64_t>(head.seq));
    bytes.insert(bytes.end(), head.hash.begin(), head.hash.end());
    return hmac_(bytes);
}

AuditEntry AuditChain::link(const AuditHead& head, AuditNote note, TimePoint at) {
    AuditEntry entry{.seq = head.seq + 1, .at = at, .note = std::move(note)};
    entry.hash = hash_of(head, entry);
    return entry;
}

bool AuditChain::linked(const AuditHead& head, const AuditEntry& entry) {
    return entry.seq == head.seq + 1 && equal_in_constant_time(entry.hash, hash_of(head, entry));
}

std::string AuditChain::record(const AuditHead& head) {
    return fmt::format("{} {} {}", head.seq, to_hex(head.hash), to_hex(mac_of(head)));
}

std::optional<AuditHead> AuditChain::read(std::string_view text) {
    AuditHead head;
    while (text.ends_with('\n')) text.remove_suffix(1);
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), head.seq);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    constexpr std::size_t hex = 2 * std::tuple_size_v<Digest>;
    if (ec != std::errc{} || head.seq < 0 || text.size() != 2 * (hex + 1) || text[0] != ' ' || text[hex + 1] != ' ') {
        return std::nullopt;
    }
    const auto hash = from_hex(text.substr(1, hex));
    const auto mac = from_hex(text.substr(hex + 2));
    if (!hash || !mac) return std::nullopt;
    std::copy(hash->begin(), hash->end(), head.hash.begin());
    if (!equal_in_constant_time(*mac, mac_of(head))) return std::nullopt;
    return head;
}

bool passes(const AuditNote& note, const AuditQuery& query) {
    const bool action = query.action.empty() || note.action == query.action ||
                        (note.action.starts_with(query.action) && note.action[query.action.size()] == '.');
    return action && (query.who.empty() || note.who == query.who);
}

Result<AuditVerdict> verify_audit(AuditChain& chain,
                                  FunctionRef<Result<std::vector<AuditEntry>>(std::int64_t)> read,
                                  const std::vector<std::pair<std::string, std::optional<AuditHead>>>& recorded) {
    AuditVerdict verdict;
    const auto complain = [&verdict](std::string problem) {
        if (verdict.problem.empty()) verdict.problem = std::move(problem);
    };
    AuditHead head;
    std::vector<bool> met(recorded.size());
    const auto meet = [&] {
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            if (recorded[i].second && *recorded[i].second == head) met[i] = true;
        }
    };
    meet();
    while (true) {
        const auto entries = read(head.seq + 1);
        if (!entries) return tl::unexpected<Error>(entries.error());
        if (entries->empty()) break;
        for (const AuditEntry& entry : *entries) {
            ++verdict.entries;
            if (entry.seq != head.seq + 1) {
                complain(fmt::format("entry {} is missing: {} comes after {}", head.seq + 1, entry.seq, head.seq));
            } else if (!chain.linked(head, entry)) {
                complain(fmt::format("entry {} is not what was written, or the one before it is not", entry.seq));
            }
            head = {entry.seq, entry.hash};
            meet();
        }
    }
    for (std::size_t i = 0; i < recorded.size(); ++i) {
        const auto& [where, known] = recorded[i];
        if (!known) {
            complain(fmt::format("the head in {} is missing or was not written by this installation", where));
        } else if (!met[i]) {
            complain(
                fmt::format("the log ends at entry {}, and {} knows entry {}: what lies between was removed or "
                            "is not what was written",
                            head.seq, where, known->seq));
        }
    }
    return verdict;
}

}  // namespace roger::store
