// Requests with places for values: "to=${number|urlencode}". Pure.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::channel {

/// How a value is written into its place.
enum class Escape : std::uint8_t { plain, json, percent, xml };

/// Immutable once it is parsed.
class GatewayTemplate {
public:
    /// What a template may name.
    static constexpr std::string_view names[] = {"number",      "sender",  "text", "reference", "callback_url",
                                                 "ttl_seconds", "country", "user", "secret"};
    using Values = std::map<std::string_view, std::string>;

    /// Reads the template of a body: each place says its escape.
    [[nodiscard]] static Result<GatewayTemplate> parse_body(std::string_view text);
    /// Reads the template of a URL, whose values are all percent-encoded.
    [[nodiscard]] static Result<GatewayTemplate> parse_url(std::string_view text);
    /// Reads the template of a header, which may name the reference alone.
    [[nodiscard]] static Result<GatewayTemplate> parse_header(std::string_view text);

    [[nodiscard]] bool names_value(std::string_view name) const;
    /// @param values  of all names
    [[nodiscard]] std::string fill(const Values& values) const;

private:
    struct Piece {
        std::string text;       ///< as it stands, or
        std::string_view name;  ///< one of `names`
        Escape escape = Escape::plain;
    };
    enum class Kind : std::uint8_t { body, url, header };
    static Result<GatewayTemplate> parse(std::string_view text, Kind kind);
    static Result<Piece> parse_place(std::string_view inside, Kind kind);

    std::vector<Piece> pieces_;
};

}  // namespace roger::channel
