// Randomness comes in from outside, so that a seed can replay a run. The only real source lives in app/.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace roger {

/// A cryptographic random source; safe to call from every thread.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;
    [[nodiscard]] std::uint64_t next_u64() {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
};

}  // namespace roger
