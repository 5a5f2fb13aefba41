#include "base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include "base/assert.hpp"

namespace roger {
namespace {

const unsigned char* raw(std::span<const std::byte> bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

struct FreeMac {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

}  // namespace

void wipe(std::span<std::byte> bytes) noexcept { sodium_memzero(bytes.data(), bytes.size()); }

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Hmac::Impl {
    std::unique_ptr<EVP_MAC, FreeMac> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    std::unique_ptr<EVP_MAC_CTX, FreeMac> context{EVP_MAC_CTX_new(mac.get())};
};

Hmac::Hmac(std::span<const std::byte> key) : impl_(std::make_unique<Impl>()) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    ROGER_ASSERT(EVP_MAC_init(impl_->context.get(), raw(key), key.size(), parameters) == 1, "HMAC takes any key");
}
Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;

Digest Hmac::operator()(std::span<const std::byte> data) {
    Digest digest{};
    std::size_t length = 0;
    // Re-initialising without a key keeps the prepared one: a quarter of the cost of HMAC().
    const bool ok = EVP_MAC_init(impl_->context.get(), nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(impl_->context.get(), raw(data), data.size()) == 1 &&
                    EVP_MAC_final(impl_->context.get(), raw(std::span<std::byte>(digest)), &length, digest.size()) == 1;
    ROGER_ASSERT(ok && length == digest.size(), "HMAC-SHA-256 of bytes in memory cannot fail");
    return digest;
}

struct BlockCipher::Impl {
    std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> forward{EVP_CIPHER_CTX_new()};
    std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> backward{EVP_CIPHER_CTX_new()};
};

BlockCipher::BlockCipher(std::span<const std::byte, 16> key) : impl_(std::make_unique<Impl>()) {
    const bool ok = EVP_EncryptInit_ex2(impl_->forward.get(), EVP_aes_128_ecb(), raw(key), nullptr, nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(impl_->forward.get(), 0) == 1 &&
                    EVP_DecryptInit_ex2(impl_->backward.get(), EVP_aes_128_ecb(), raw(key), nullptr, nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(impl_->backward.get(), 0) == 1;
    ROGER_ASSERT(ok, "AES-128 takes any key of 16 bytes");
}
BlockCipher::~BlockCipher() = default;
BlockCipher::BlockCipher(BlockCipher&&) noexcept = default;
BlockCipher& BlockCipher::operator=(BlockCipher&&) noexcept = default;

Block BlockCipher::encrypt(const Block& plain) {
    Block sealed{};
    int length = 0;
    const int ok = EVP_EncryptUpdate(impl_->forward.get(), raw(std::span<std::byte>(sealed)), &length,
                                     raw(std::span<const std::byte>(plain)), 16);
    ROGER_ASSERT(ok == 1 && length == 16, "one block in, one block out");
    return sealed;
}

Block BlockCipher::decrypt(const Block& sealed) {
    Block plain{};
    int length = 0;
    const int ok = EVP_DecryptUpdate(impl_->backward.get(), raw(std::span<std::byte>(plain)), &length,
                                     raw(std::span<const std::byte>(sealed)), 16);
    ROGER_ASSERT(ok == 1 && length == 16, "one block in, one block out");
    return plain;
}

Bytes seal(const Key32& key, std::span<const std::byte> plain, std::span<const std::byte> context, const Nonce& nonce) {
    Bytes sealed(nonce.size() + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    std::ranges::copy(nonce, sealed.begin());
    unsigned long long length = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        raw(std::span(sealed).subspan(nonce.size())), &length, raw(plain), plain.size(), raw(context), context.size(),
        nullptr, raw(std::span<const std::byte>(nonce)), raw(std::span<const std::byte>(key)));
    return sealed;
}

std::optional<Bytes> open(const Key32& key, std::span<const std::byte> sealed, std::span<const std::byte> context) {
    constexpr std::size_t overhead = std::tuple_size_v<Nonce> + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    if (sealed.size() < overhead) return std::nullopt;
    Bytes plain(sealed.size() - overhead);
    unsigned long long length = 0;
    const auto text = sealed.subspan(std::tuple_size_v<Nonce>);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(std::span<std::byte>(plain)), &length, nullptr, raw(text),
                                                   text.size(), raw(context), context.size(), raw(sealed),
                                                   raw(std::span<const std::byte>(key))) != 0) {
        return std::nullopt;
    }
    return plain;
}

Key32 derive_key(const Key32& master, std::string_view purpose) {
    // RFC 5869 §2.2 and §2.3; one block of output is enough for a key of 32 bytes.
    const Digest salt{};
    const Digest extracted = Hmac(salt)(master);
    Bytes info(as_bytes(purpose).begin(), as_bytes(purpose).end());
    info.push_back(std::byte{1});
    return Hmac(extracted)(info);
}

}  // namespace roger
