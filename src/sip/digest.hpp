// Digest authentication: what a server asks for, and what is answered. Pure.
// Source: RFC 3261 §22, RFC 2617 §3.2 (MD5), RFC 7616 and RFC 8760 (SHA-256).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace roger::sip {

enum class DigestAlgorithm : std::uint8_t { md5, sha256 };

/// One WWW-Authenticate or Proxy-Authenticate header. Texts are as they stand between the quotes.
struct Challenge {
    std::string realm;
    std::string nonce;
    std::string opaque;  ///< "" when there is none
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool auth = false;   ///< qop "auth" is offered; else the older form without a count is answered
    bool stale = false;  ///< the nonce was too old, the password was right
    bool proxy = false;  ///< of a proxy (407): the answer goes into Proxy-Authorization
};

/// Longer values are no challenge: they would go back with each request.
inline constexpr std::size_t challenge_value_max = 512;

/// @param value  of the header, as "Digest realm=\"x\", nonce=\"y\""
/// @return invalid_argument for anything but a Digest challenge that can be answered: another scheme or algorithm, only
///         qop "auth-int", no nonce, control characters, a value over challenge_value_max
[[nodiscard]] Result<Challenge> read_challenge(std::string_view value);

/// The one to answer: SHA-256 before MD5, then the first. @return nullptr when there is none
[[nodiscard]] const Challenge* best_of(std::span<const Challenge> challenges);

struct DigestRequest {
    std::string_view method;
    std::string_view uri;        ///< the request URI, byte by byte
    std::uint32_t count = 1;     ///< how often the nonce was answered, this time included
    std::string_view own_nonce;  ///< fresh: hexadecimal digits
};

/// The whole header line: "Authorization: Digest …\r\n".
/// @param user  without '"' and '\'
[[nodiscard]] std::string answer(const Challenge& challenge,
                                 std::string_view user,
                                 const Secret& password,
                                 const DigestRequest& request);

}  // namespace roger::sip
