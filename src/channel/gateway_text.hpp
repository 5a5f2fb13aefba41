// What the gateways share: how values are written into requests, and how answers are judged. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/crypto.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/message.hpp"

namespace roger::channel {

/// Everything but letters, digits and "-._~" as %XX (RFC 3986 §2.3).
[[nodiscard]] std::string percent_encode(std::string_view text);
/// "a=1&b=2", encoded.
[[nodiscard]] std::string form_encode(const std::vector<std::pair<std::string_view, std::string_view>>& fields);
/// For the inside of a JSON string (RFC 8259 §7). Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_escape(std::string_view text);
/// For XML text and attribute values; characters that XML 1.0 has not are left out.
[[nodiscard]] std::string xml_escape(std::string_view text);
/// RFC 4648 §4, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string basic_authorization(std::string_view user, std::string_view secret);
/// Lower-case hex of HMAC-SHA-256.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view secret, std::string_view text);
/// Base64 of HMAC-SHA-1: Twilio's signatures.
[[nodiscard]] std::string hmac_sha1_base64(std::string_view secret, std::string_view text);

/// A scalar as text: strings themselves, `true`, `48.50`. nullopt for null, objects, arrays and what is not there.
[[nodiscard]] std::optional<std::string> scalar_text(const nlohmann::json* value);
/// @return nullptr when there is nothing at that place
[[nodiscard]] const nlohmann::json* find(const nlohmann::json& root, const std::string& pointer);
/// The member of an object, or nullptr.
[[nodiscard]] const nlohmann::json* member(const nlohmann::json& object, const char* name);
/// The member as scalar_text, or "".
[[nodiscard]] std::string member_text(const nlohmann::json& object, const char* name);

/// A code of the gateway's, fit for logs: at most 48 letters, digits, '_', '-' and '.'; "" when it is anything else.
[[nodiscard]] std::string code_text(std::string_view text);
/// An id of the gateway's: at most 128 printable ASCII characters; "" when it is anything else.
[[nodiscard]] std::string id_text(std::string_view text);

/// What a status says without the body: nullopt for 2xx. 429 is rate_limited; 400, 422 and other 4xx blocked; 401, 403,
/// 404, 405, 407, 408 and redirects unavailable, for no message would pass; 502 and 503 unavailable, for the server
/// that answers has passed nothing on; other 5xx timed_out.
[[nodiscard]] std::optional<Error> judge_status(unsigned status);
/// The answer's body as a JSON object. @return timed_out when it is none: whether the message was taken is not known
[[nodiscard]] Result<nlohmann::json> read_object(const http::ClientAnswer& answer);
/// The value of a field of the request whose name begins with x-, or "". @param name  in lower case
[[nodiscard]] std::string_view x_field(const http::Request& request, std::string_view name);

}  // namespace roger::channel
