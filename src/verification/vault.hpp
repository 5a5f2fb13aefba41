// What needs a key: ids, PINs and the sealed texts of a row. Holds cipher state: one per thread.
#pragma once
#include <map>
#include <string>

#include "verification/keyring.hpp"
#include "verification/pin.hpp"
#include "verification/request.hpp"

namespace roger::verification {

class Vault {
public:
    /// @param keyring  outlives the vault; has at least one key
    explicit Vault(const Keyring& keyring);

    [[nodiscard]] RequestId id_of(const IdParts& parts);
    [[nodiscard]] RequestId id_of(const Request& row) { return id_of(IdParts{row.key, row.random}); }
    /// Any 16 bytes open to something: whether the random half is right shows only beside the row.
    [[nodiscard]] IdParts open_id(const RequestId& id);
    /// Compares the random half in constant time.
    [[nodiscard]] static bool is_of(const IdParts& parts, const Request& row) noexcept;
    /// 16 upper-case hex digits; the same for ever for an event of a row.
    [[nodiscard]] std::string event_id(const IdParts& parts, std::size_t index);

    /// The PIN of a generation; nullopt when it was the caller's and has been wiped, or its kid was retired.
    [[nodiscard]] std::optional<Pin> pin_of(const Request& row, std::uint8_t generation);
    /// Seals the caller's PIN for its row. @param entropy  fresh random bits
    [[nodiscard]] Bytes seal_pin(const Request& row, const Pin& pin, std::uint64_t entropy) const;
    /// Seals what was typed as check `index` of the row.
    [[nodiscard]] Bytes seal_code(const Request& row, std::size_t index, const Pin& code, std::uint64_t entropy) const;
    /// @return "" when it has been wiped, or its kid was retired
    [[nodiscard]] std::string open_code(const Request& row, std::size_t index) const;

    /// 63 bits of a keyed hash: the same for ever, and of no use to whoever has not got the keys.
    [[nodiscard]] std::int64_t number_hash(std::string_view number);
    [[nodiscard]] std::int64_t subscriber_hash(std::string_view account, std::string_view number);

    [[nodiscard]] const Keyring& keyring() const noexcept { return keyring_; }

private:
    const Keyring& keyring_;
    [[nodiscard]] std::int64_t hash(std::string_view text);

    BlockCipher ids_;
    Hmac numbers_;
    std::map<Kid, Hmac> pins_;
};

}  // namespace roger::verification
