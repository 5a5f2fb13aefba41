// The few primitives Roger needs, each by a library: OpenSSL for HMAC and AES, libsodium for AEAD and comparisons.
// Objects with a key are not safe to share between threads: make one per thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hex.hpp"

namespace roger {

using Digest = std::array<std::byte, 32>;
using Block = std::array<std::byte, 16>;
using Key32 = std::array<std::byte, 32>;

/// Overwrites memory in a way the optimiser keeps.
void wipe(std::span<std::byte> bytes) noexcept;
inline void wipe(std::string& text) noexcept {
    wipe(std::as_writable_bytes(std::span(text.data(), text.size())));
    text.clear();
}

/// Time depends on the lengths alone; different lengths are unequal.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept;

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4) with one key, set up once.
class Hmac {
public:
    explicit Hmac(std::span<const std::byte> key);
    ~Hmac();
    Hmac(Hmac&&) noexcept;
    Hmac& operator=(Hmac&&) noexcept;
    [[nodiscard]] Digest operator()(std::span<const std::byte> data);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// AES-128 of single blocks (FIPS 197): a keyed permutation of 16 bytes, for ids; not a mode for messages.
class BlockCipher {
public:
    explicit BlockCipher(std::span<const std::byte, 16> key);
    ~BlockCipher();
    BlockCipher(BlockCipher&&) noexcept;
    BlockCipher& operator=(BlockCipher&&) noexcept;
    [[nodiscard]] Block encrypt(const Block& plain);
    [[nodiscard]] Block decrypt(const Block& sealed);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

using Nonce = std::array<std::byte, 24>;

/// XChaCha20-Poly1305 (libsodium's IETF form): nonce ‖ ciphertext ‖ tag, so 40 bytes longer than the plain text.
/// @param context  bound to the text: the same must be given to open it
/// @param nonce    never used twice with one key for different texts
[[nodiscard]] Bytes seal(const Key32& key,
                         std::span<const std::byte> plain,
                         std::span<const std::byte> context,
                         const Nonce& nonce);
/// @return nullopt when the bytes were not sealed with this key and context
[[nodiscard]] std::optional<Bytes> open(const Key32& key,
                                        std::span<const std::byte> sealed,
                                        std::span<const std::byte> context);

/// HKDF-SHA-256 (RFC 5869) without salt: one key per purpose from a master key.
[[nodiscard]] Key32 derive_key(const Key32& master, std::string_view purpose);

}  // namespace roger
