// Request ids as clients write them, and what they open to.
#include <cstdint>

#include "base/assert.hpp"
#include "verification/vault.hpp"

namespace {

using namespace roger::verification;

Vault& vault() {
    static const Keyring keyring = [] {
        Keyring made;
        made.add(1, roger::Key32{}, true);
        return made;
    }();
    static Vault vault(keyring);
    return vault;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto id = RequestId::parse(text);
    if (!id) return 0;
    ROGER_ASSERT(size == 32 || size == 36, "an id is 32 hex digits, or a UUID");
    ROGER_ASSERT(RequestId::parse(id->to_string()) == id, "the form that we write is read");
    const IdParts parts = vault().open_id(*id);
    ROGER_ASSERT(vault().id_of(parts) == *id, "opening loses nothing");
    ROGER_ASSERT(vault().event_id(parts, 2).size() == 16, "16 digits");
    (void)made_at(parts.key);
    return 0;
}
