#include "verification/vault.hpp"

#include <cstring>

namespace roger::verification {
namespace {

void put_u64(std::span<std::byte> out, std::uint64_t value) {
    for (std::size_t i = 8; i-- > 0; value >>= 8U) out[i] = static_cast<std::byte>(value & 0xffU);
}

std::uint64_t get_u64(std::span<const std::byte> in) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8U | std::to_integer<std::uint64_t>(in[i]);
    return value;
}

// Binds a sealed text to its row and place. The caller's PIN stands at a place that no check can have.
constexpr std::uint64_t place_of_pin = ~0ULL;

Block context(const Request& row, std::uint64_t place) {
    Block bytes{};
    put_u64(std::span(bytes).first(8), static_cast<std::uint64_t>(row.key.value));
    put_u64(std::span(bytes).last(8), place);
    return bytes;
}

// Row and place never repeat but when a batch is decided again: the fresh bits keep the nonce apart then.
Nonce nonce(const Block& context, std::uint64_t entropy) {
    Nonce bytes{};
    std::ranges::copy(context, bytes.begin());
    put_u64(std::span(bytes).last(8), entropy);
    return bytes;
}

}  // namespace

Vault::Vault(const Keyring& keyring)
    : keyring_(keyring),
      ids_(std::span<const std::byte, 32>(keyring.id_key()).first<16>()),
      numbers_(derive_key(keyring.id_key(), "roger numbers")) {}

std::int64_t Vault::hash(std::string_view text) {
    const Digest digest = numbers_(as_bytes(text));
    return static_cast<std::int64_t>(get_u64(std::span(digest).first(8)) >> 1U);
}

std::int64_t Vault::number_hash(std::string_view number) { return hash(number); }

// Digits alone are no account's number, for a key ends at the space, which no key has.
std::int64_t Vault::subscriber_hash(std::string_view account, std::string_view number) {
    return hash(std::string(account).append(" ").append(number));
}

RequestId Vault::id_of(const IdParts& parts) {
    Block plain{};
    put_u64(std::span(plain).first(8), static_cast<std::uint64_t>(parts.key.value));
    put_u64(std::span(plain).last(8), parts.random);
    return RequestId(ids_.encrypt(plain));
}

IdParts Vault::open_id(const RequestId& id) {
    const Block plain = ids_.decrypt(id.block());
    return {RowKey{static_cast<std::int64_t>(get_u64(std::span(plain).first(8)))}, get_u64(std::span(plain).last(8))};
}

bool Vault::is_of(const IdParts& parts, const Request& row) noexcept {
    return equal_in_constant_time(std::as_bytes(std::span(&parts.random, 1)), std::as_bytes(std::span(&row.random, 1)));
}

std::string Vault::event_id(const IdParts& parts, std::size_t index) {
    // Another plain text than the request's own, so that one does not tell the other.
    const RequestId id = id_of(IdParts{parts.key, parts.random ^ (0x65766e7400ULL + index)});
    return to_hex_upper(std::span(id.block()).first(8));
}

std::optional<Pin> Vault::pin_of(const Request& row, std::uint8_t generation) {
    const PurposeKeys* keys = keyring_.find(row.kid);
    if (keys == nullptr) return std::nullopt;
    if (row.caller_pin) {
        const auto plain = open(keys->seal, row.sealed_pin, context(row, place_of_pin));
        if (!plain) return std::nullopt;
        return Pin::parse({reinterpret_cast<const char*>(plain->data()), plain->size()});
    }
    const auto hmac = pins_.try_emplace(row.kid, keys->pin).first;
    // Lengths stand before the texts, so that no two rows have the same base.
    std::string base;
    const auto put = [&base](std::string_view text) {
        base += static_cast<char>(text.size());
        base += text;
    };
    put(row.account);
    put(id_of(row).to_string());
    put(row.number);
    base += static_cast<char>(generation);
    if (row.payment) {
        put(row.payment->amount);
        put("EUR");
        put(row.payment->payee);
    }
    return Pin::from_digest(hmac->second(as_bytes(base)), row.code_length);
}

Bytes Vault::seal_pin(const Request& row, const Pin& pin, std::uint64_t entropy) const {
    const Block bound = context(row, place_of_pin);
    return seal(keyring_.keys(row.kid).seal, as_bytes(pin.reveal()), bound, nonce(bound, entropy));
}

Bytes Vault::seal_code(const Request& row, std::size_t index, const Pin& code, std::uint64_t entropy) const {
    const Block bound = context(row, index);
    return seal(keyring_.keys(row.kid).checks, as_bytes(code.reveal()), bound, nonce(bound, entropy));
}

std::string Vault::open_code(const Request& row, std::size_t index) const {
    const PurposeKeys* keys = keyring_.find(row.kid);
    if (keys == nullptr) return "";
    const auto plain = open(keys->checks, row.checks[index].sealed_code, context(row, index));
    if (!plain) return "";
    return {reinterpret_cast<const char*>(plain->data()), plain->size()};
}

}  // namespace roger::verification
