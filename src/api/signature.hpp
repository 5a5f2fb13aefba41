// Requests signed by an account's signature secret instead of carrying its secret.
// Source: the Nexmo request signature, as nexmo 2.9.1 and server-sdk 2.11 send it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "account/account.hpp"
#include "base/time.hpp"
#include "http/parameters.hpp"
#include "verification/keyring.hpp"

namespace roger::api {

/// How far a timestamp may be from our wall clock. Repeats within it are harmless: statuses 10, 6 and 19 catch them.
constexpr seconds signature_window{300};

/// What is signed: for every pair as received but `sig`, sorted by name, "&name=value", where '&' and '=' in the value
/// are replaced by '_'. It begins with '&'.
[[nodiscard]] std::string signature_base(const http::Parameters& parameters);

/// Lower-case hex. md5hash: MD5 of base and secret; the others: HMAC with the secret as key.
[[nodiscard]] std::string sign(account::SignatureMethod method, std::string_view base, std::string_view secret);

/// Whether `sig` and `timestamp` are the account's; compared without case, in constant time.
[[nodiscard]] bool is_signed_by(const account::Account& account,
                                const http::Parameters& parameters,
                                const verification::Keyring& keyring,
                                TimePoint wall_now);

}  // namespace roger::api
