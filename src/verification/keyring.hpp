// The keys of this installation: one master key per kid, and a key for each purpose derived from it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/crypto.hpp"

namespace roger::verification {

using Kid = std::uint16_t;

/// Derived by HKDF-SHA-256, so that no two purposes share a key.
struct PurposeKeys {
    explicit PurposeKeys(const Key32& master);
    Key32 pin;     ///< derives PINs
    Key32 id;      ///< enciphers ids (its first 16 bytes)
    Key32 secret;  ///< hashes API secrets
    Key32 seal;    ///< seals PINs chosen by the caller and signature secrets
    Key32 checks;  ///< seals the codes that people typed
};

/// Immutable once the server runs; safe to share between threads.
class Keyring {
public:
    /// @param kid  not added before. The least kid's id key enciphers ids for ever
    void add(Kid kid, const Key32& master, bool active);
    [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
    [[nodiscard]] Kid active() const noexcept { return active_; }
    /// @return nullptr when that kid is not here
    [[nodiscard]] const PurposeKeys* find(Kid kid) const noexcept;
    /// @pre the kid is here
    [[nodiscard]] const PurposeKeys& keys(Kid kid) const;
    [[nodiscard]] const Key32& id_key() const;
    /// Tells two master keys apart without telling anything of them: hex of 16 bytes.
    [[nodiscard]] std::map<Kid, std::string> fingerprints() const;

private:
    std::map<Kid, PurposeKeys> keys_;
    std::map<Kid, std::string> fingerprints_;
    Kid active_ = 0;
};

}  // namespace roger::verification
