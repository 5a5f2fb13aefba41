// The parameters of a request from query, form body and JSON body alike, merged as Verify v1 reads them:
// the body wins over the query; the first of a repeated query or form name wins, except in lists.
// Bounded by the server's Limits and by: at most 64 names (JSON keys of every depth), 256 pairs, JSON depth 8.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace roger::http {

/// A pair as it was received, decoded; `nested` for a JSON object or array where a scalar belongs.
struct Pair {
    std::string name;
    std::string value;
    bool nested = false;
    bool element = false;  ///< a scalar in a JSON array: `nested` for find(), a value of its own for all()
};

class Parameters {
public:
    /// The value of a name: the body's before the query's, the first before a later one. A JSON scalar is its own text
    /// (`6`, `48.50`, `true`); null is "not given". nullptr when not given or nested. Points into this object.
    [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
    /// Every value of a name in order of appearance: repeated pairs of the body (or of the query when the body has
    /// none), or the elements of a JSON array of scalars. Empty for an object or an array that holds other than
    /// scalars.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    /// Whether a name holds an object, or an array outside all(): status 3 where a scalar belongs.
    [[nodiscard]] bool nested(std::string_view name) const noexcept;
    /// Every pair as received (query, then body): what a signature covers.
    [[nodiscard]] const std::vector<Pair>& pairs() const noexcept { return pairs_; }

private:
    friend Result<Parameters> read_parameters(const Request& request);
    std::vector<Pair> pairs_;
    std::size_t query_pairs_ = 0;  ///< how many of pairs_ stood in the query
};

/// Reads query and body by content type: application/x-www-form-urlencoded (or none given and a body that is not JSON),
/// application/json, text/json or …+json (an object). An empty body is no error whatever its type and method.
/// @return invalid_argument, with the offending name where there is one (as "NAME: why"), for broken JSON, a repeated
///         JSON key, depth over 8, over 64 names, a broken percent escape, invalid UTF-8, a NUL, or a body of another
///         type;
///         blocked for a Content-Encoding other than identity (415)
[[nodiscard]] Result<Parameters> read_parameters(const Request& request);

/// Decodes %XX and '+'. @return nullopt for a broken escape
[[nodiscard]] std::optional<std::string> decode_form(std::string_view text);

/// "Basic …" → user and password. @return nullopt when it is another scheme or unreadable
[[nodiscard]] std::optional<std::pair<std::string, std::string>> read_basic(std::string_view authorization);

}  // namespace roger::http
