#include "verification/keyring.hpp"

#include <span>

#include "base/assert.hpp"

namespace roger::verification {

PurposeKeys::PurposeKeys(const Key32& master)
    : pin(derive_key(master, "roger pin")),
      id(derive_key(master, "roger id")),
      secret(derive_key(master, "roger secret")),
      seal(derive_key(master, "roger seal")),
      checks(derive_key(master, "roger checks")) {}

void Keyring::add(Kid kid, const Key32& master, bool active) {
    const bool fresh = keys_.emplace(kid, PurposeKeys(master)).second;
    ROGER_ASSERT(fresh, "the reader of the key file refuses a kid that stands twice");
    const Key32 print = derive_key(master, "roger fingerprint");
    fingerprints_[kid] = to_hex(std::span(print).first(16));
    if (active) active_ = kid;
}

const PurposeKeys* Keyring::find(Kid kid) const noexcept {
    const auto found = keys_.find(kid);
    return found == keys_.end() ? nullptr : &found->second;
}

const PurposeKeys& Keyring::keys(Kid kid) const {
    const PurposeKeys* found = find(kid);
    ROGER_ASSERT(found != nullptr,
                 "retiring a kid that a row uses is refused, and the store's kids are checked at start");
    return *found;
}

const Key32& Keyring::id_key() const {
    ROGER_ASSERT(!keys_.empty(), "a keyring is filled before it is used");
    return keys_.begin()->second.id;
}

std::map<Kid, std::string> Keyring::fingerprints() const { return fingerprints_; }

}  // namespace roger::verification
