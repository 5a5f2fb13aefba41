// Writing and reading of the store's binary rows: varints, zigzag numbers, strings with their length.
#pragma once
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.hpp"
#include "base/time.hpp"

namespace roger::store {

static_assert(std::endian::native == std::endian::little, "rows are little-endian and copied as they are");

/// Wraps around instead of overflowing, so that any pair of times survives as a difference.
[[nodiscard]] constexpr std::int64_t difference(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
[[nodiscard]] constexpr std::int64_t sum(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class ByteWriter {
public:
    explicit ByteWriter(std::size_t expected) { bytes_.reserve(expected); }

    void byte(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
    template <std::unsigned_integral T>
    void fixed(T value) {
        raw(std::as_bytes(std::span(&value, 1)));
    }
    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            byte(static_cast<std::uint8_t>(value | 0x80U));
            value >>= 7U;
        }
        byte(static_cast<std::uint8_t>(value));
    }
    void zigzag(std::int64_t value) {
        varint(static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63));
    }
    void time(TimePoint value, TimePoint base) {
        zigzag(difference(value.time_since_epoch().count(), base.time_since_epoch().count()));
    }
    void raw(std::span<const std::byte> value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
    void block(std::span<const std::byte> value) {
        varint(value.size());
        raw(value);
    }
    void text(std::string_view value) { block(as_bytes(value)); }

    [[nodiscard]] std::span<const std::byte> written() const noexcept { return bytes_; }
    [[nodiscard]] Bytes take() && { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Reads what ByteWriter wrote, out of bytes that may be anything. After the first thing that is not there ok() is
/// false for good, and everything read is zero or empty.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : rest_(bytes) {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return ok_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

    std::uint8_t byte() {
        const auto one = raw(1);
        return one.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(one[0]);
    }
    /// A byte that must not be greater than `last`.
    std::uint8_t byte_up_to(std::uint8_t last) {
        const std::uint8_t value = byte();
        if (value > last) refuse();
        return ok_ ? value : std::uint8_t{0};
    }
    template <std::unsigned_integral T>
    T fixed() {
        T value{};
        if (const auto found = raw(sizeof value); !found.empty()) std::memcpy(&value, found.data(), sizeof value);
        return value;
    }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t part = byte();
            if (shift == 63 && part > 1) break;  // a 65th bit
            value |= std::uint64_t{part & 0x7FU} << shift;
            if ((part & 0x80U) == 0) return ok_ ? value : 0;
        }
        refuse();
        return 0;
    }
    std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>(value >> 1U ^ (0 - (value & 1U)));
    }
    TimePoint time(TimePoint base) { return TimePoint(milliseconds(sum(base.time_since_epoch().count(), zigzag()))); }
    /// A varint that must fit and not be greater than `last`.
    template <std::unsigned_integral T>
    T varint_up_to(T last) {
        const std::uint64_t value = varint();
        if (value > last) refuse();
        return ok_ ? static_cast<T>(value) : T{0};
    }
    std::span<const std::byte> raw(std::size_t size) {
        if (!ok_ || size > rest_.size()) {
            refuse();
            return {};
        }
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    std::span<const std::byte> block() { return raw(varint_up_to<std::size_t>(rest_.size())); }
    std::string_view text() {
        const auto found = block();
        return {reinterpret_cast<const char*>(found.data()), found.size()};
    }
    void refuse() noexcept {
        ok_ = false;
        rest_ = {};
    }

private:
    std::span<const std::byte> rest_;
    bool ok_ = true;
};

}  // namespace roger::store
