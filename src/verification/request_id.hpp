// The id of a verification request carries the key of its row, enciphered: rows are found by id without an index, keys
// are ordered in time, and ids are unguessable even if the cipher's key leaks, for a random half is compared too.
//
//   key (63 bit)  = 41 bit milliseconds since 2025-01-01 UTC | 10 bit node | 12 bit counter
//   request_id    = AES-128(id key, key ‖ 64 random bits), as 32 lower-case hex digits
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/time.hpp"

namespace roger::verification {

/// Orders requests by their start; positive, unique over all nodes.
struct RowKey {
    std::int64_t value = 0;
    friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

class RequestId {
public:
    /// 32 hex digits, or the dashed form of a UUID, either case. @return nullopt for anything else
    [[nodiscard]] static std::optional<RequestId> parse(std::string_view text);
    explicit RequestId(const Block& block) : block_(block) {}
    [[nodiscard]] std::string to_string() const { return to_hex(block_); }
    [[nodiscard]] const Block& block() const noexcept { return block_; }
    friend bool operator==(const RequestId&, const RequestId&) = default;

private:
    Block block_;
};

/// What stands in a row to be compared with the random half of an id.
struct IdParts {
    RowKey key;
    std::uint64_t random = 0;
    friend bool operator==(const IdParts&, const IdParts&) = default;
};

/// Hands out strictly rising keys; one per process, commit thread only.
class KeyMaker {
public:
    /// @param node  0–1023, unique among the nodes that share a store
    /// @param last  the greatest key that the store holds
    explicit KeyMaker(std::uint16_t node, RowKey last = {}) : node_(node), last_(last) {}
    /// max(last + 1, now): rising even when the wall clock steps back.
    [[nodiscard]] RowKey next(TimePoint wall_now);

private:
    std::uint16_t node_;
    RowKey last_;
};

/// When a key was made (wall time).
[[nodiscard]] TimePoint made_at(RowKey key);
/// The least key that can have been made at or after a time.
[[nodiscard]] RowKey first_key_at(TimePoint wall_time);

}  // namespace roger::verification

template <>
struct std::hash<roger::verification::RowKey> {
    std::size_t operator()(roger::verification::RowKey key) const noexcept {
        return std::hash<std::int64_t>{}(key.value);
    }
};
