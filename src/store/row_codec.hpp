// A verification request as bytes: what the tables hold and what the live rows are in memory. About 105 bytes when
// a request starts, 175 after an SMS and a check, 1.2 KiB for the fullest that the API admits.
//
//   version (1 byte) | head | body | checksum (4 bytes)
//
// The head holds what the store itself looks at, so that indexes and scans never decode a whole row. Numbers are
// little-endian or LEB128 varints, signed ones zigzag; times are differences from `submitted`, which is one from the
// time in the row's key; strings have their length before them; a route or reason that an earlier event named is a
// reference to it. The checksum covers the key and everything before it: a damaged row is refused, never misread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/hex.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "verification/request.hpp"

namespace roger::store {

using verification::Request;
using verification::RowKey;

/// Written into every row. A reader knows all versions up to its own: 1 knew neither of an event's last two flags, 2
/// neither of the body's, 3 no meter.
constexpr std::uint8_t row_version = 4;
/// The engine stops there too; more is refused by fits().
constexpr std::size_t checks_max = 8;
/// Far above any row that the API admits, far below a page: bounds what a batch writes.
constexpr std::size_t row_bytes_max = 2048;

/// @pre fits(row): otherwise the bytes cannot be decoded
[[nodiscard]] Bytes encode(const Request& row);
/// Whether the row's lists are within what decode() admits: ≤ 3 events, ≤ 8 checks.
[[nodiscard]] bool fits(const Request& row) noexcept;

/// Safe for any bytes.
/// @return invalid_argument for damaged bytes, bytes of another key, or a version that this program does not know
[[nodiscard]] Result<Request> decode(RowKey key, std::span<const std::byte> bytes);

/// The part of a row that decides where the store keeps it. The texts point into the bytes.
struct RowHead {
    verification::Status status = verification::Status::in_progress;
    bool sending = false;  ///< an event is in state `sending`
    std::optional<TimePoint> due;
    std::string_view account;
    std::string_view number;
    TimePoint submitted{};
};

/// Reads the head alone, without looking at the checksum. Safe for any bytes.
/// @return invalid_argument when the head is damaged
[[nodiscard]] Result<RowHead> peek(RowKey key, std::span<const std::byte> bytes);

/// The same, when the checksum matches: for rows that come from a file and are not decoded.
[[nodiscard]] Result<RowHead> peek_checked(RowKey key, std::span<const std::byte> bytes);

/// Of the key and of the bytes before the checksum. Detects damage, not malice.
[[nodiscard]] std::uint32_t row_checksum(RowKey key, std::span<const std::byte> bytes) noexcept;

}  // namespace roger::store
