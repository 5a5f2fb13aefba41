// Passwords of people, as Argon2id (RFC 9106) by libsodium. Slow and hungry on purpose: not on a thread that serves.
#pragma once
#include <array>
#include <cstdint>

#include "base/crypto.hpp"
#include "base/result.hpp"

namespace roger {

using Salt = std::array<std::byte, 16>;

struct PasswordCost {
    std::uint64_t operations = 3;              ///< libsodium's OPSLIMIT_MODERATE
    std::uint64_t memory_bytes = 256U << 20U;  ///< and MEMLIMIT_MODERATE

    friend bool operator==(const PasswordCost&, const PasswordCost&) = default;
};

/// The least that may be configured: what OWASP asks for (19 MiB, 2 passes) is far above libsodium's own bounds.
constexpr PasswordCost password_cost_min{.operations = 2, .memory_bytes = 19U << 20U};

/// @return unavailable when there is not enough memory
[[nodiscard]] Result<Digest> hash_password(std::string_view password, const Salt& salt, const PasswordCost& cost);

}  // namespace roger
