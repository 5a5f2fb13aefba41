// The last part of a callback's URL: our reference of one handover, sealed, so that only those who were told it can
// send receipts, and nobody can make one up. One thread.
//
//   reference  16 random bytes, 32 hex digits
//   sealed     reference ‖ the first 16 bytes of HMAC-SHA-256(key, route ‖ 0 ‖ reference), 64 hex digits
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/random.hpp"

namespace roger::channel {

[[nodiscard]] std::string make_reference(Random& random);

class CallbackSeal {
public:
    /// @param key  the same after a restart: receipts come for days
    explicit CallbackSeal(const Key32& key) : hmac_(key) {}
    [[nodiscard]] std::string seal(std::string_view route, std::string_view reference);
    /// @return the reference; nullopt when it was not sealed for this route with this key
    [[nodiscard]] std::optional<std::string> open(std::string_view route, std::string_view sealed);

private:
    Hmac hmac_;
};

}  // namespace roger::channel
