#include "base/password.hpp"

#include <sodium.h>

namespace roger {

static_assert(sizeof(Salt) == crypto_pwhash_SALTBYTES);
static_assert(PasswordCost{}.operations >= crypto_pwhash_OPSLIMIT_MODERATE);
static_assert(PasswordCost{}.memory_bytes >= crypto_pwhash_MEMLIMIT_MODERATE);

Result<Digest> hash_password(std::string_view password, const Salt& salt, const PasswordCost& cost) {
    Digest digest{};
    const int rc = crypto_pwhash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(), password.data(),
                                 password.size(), reinterpret_cast<const unsigned char*>(salt.data()), cost.operations,
                                 static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13);
    if (rc != 0) return fail(Errc::unavailable, "there is not enough memory to look at a password; try again later");
    return digest;
}

}  // namespace roger
