#include "http/parameters.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "http/parameters_json.hpp"

namespace roger::http {
namespace {

constexpr std::size_t shown_name_bytes_max = 64;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// How many bytes the UTF-8 sequence at the start of `text` has; 0 if there is none (RFC 3629 §4: no surrogates, no
/// overlong forms, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    return length;
}

/// Whether it is UTF-8 without NUL.
bool is_text(std::string_view text) {
    // ASCII but NUL: nearly all there is.
    const auto plain = [](char c) { return static_cast<signed char>(c) > 0; };
    while (true) {
        const auto odd = std::find_if_not(text.begin(), text.end(), plain);
        text.remove_prefix(static_cast<std::size_t>(odd - text.begin()));
        if (text.empty()) return true;
        const std::size_t length = sequence_length(text);
        if (length == 0 || text.front() == '\0') return false;
        text.remove_prefix(length);
    }
}

/// Appends the pairs of "a=1&b=2".
Result<void> read_form(std::string_view text, std::vector<Pair>& pairs) {
    constexpr std::size_t usual_pairs = 8;
    if (!text.empty()) pairs.reserve(pairs.size() + usual_pairs);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view item = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (item.empty()) continue;
        const std::size_t equals = std::min(item.find('='), item.size());
        std::optional<std::string> name = decode_form(item.substr(0, equals));
        if (!name) return fail_parameter("", "a broken percent escape in a name");
        if (!is_text(*name)) return fail_parameter("", "a name that is not UTF-8 text");
        std::optional<std::string> value = decode_form(item.substr(std::min(equals + 1, item.size())));
        if (!value) return fail_parameter(*name, "a broken percent escape");
        if (!is_text(*value)) return fail_parameter(*name, "not UTF-8 text");
        if (pairs.size() >= parameter_pairs_max) return fail_parameter(*name, "too many values");
        pairs.push_back(Pair{.name = std::move(*name), .value = std::move(*value)});
    }
    return {};
}

bool has_too_many_names(std::span<const Pair> pairs) {
    if (pairs.size() <= parameter_names_max) return false;
    std::vector<std::string_view> names;
    for (const Pair& pair : pairs) names.push_back(pair.name);
    std::sort(names.begin(), names.end());
    return std::unique(names.begin(), names.end()) - names.begin() > static_cast<std::ptrdiff_t>(parameter_names_max);
}

enum class BodyKind { none, form, json, unknown };

BodyKind kind_of(const Request& request) {
    const std::size_t first = request.body.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return BodyKind::none;
    const std::string_view type = request.content_type;
    if (type == "application/json" || type == "text/json" || type.ends_with("+json")) return BodyKind::json;
    if (type == "application/x-www-form-urlencoded") return BodyKind::form;
    if (type.empty()) return request.body[first] == '{' ? BodyKind::json : BodyKind::form;
    return BodyKind::unknown;
}

bool is_identity(std::string_view encoding) {
    constexpr std::string_view identity = "identity";
    return encoding.empty() || std::equal(encoding.begin(), encoding.end(), identity.begin(), identity.end(),
                                          [](char a, char b) { return (a | 0x20) == b; });
}

Result<void> read_body(const Request& request, std::vector<Pair>& pairs) {
    switch (kind_of(request)) {
        case BodyKind::none: return {};
        case BodyKind::form: return read_form(request.body, pairs);
        case BodyKind::unknown: return fail_parameter("Content-Type", "neither a form nor JSON");
        case BodyKind::json: break;
    }
    Result<std::vector<Pair>> read = read_json(request.body);
    if (!read) return tl::make_unexpected(std::move(read.error()));
    std::move(read->begin(), read->end(), std::back_inserter(pairs));
    if (pairs.size() > parameter_pairs_max) return fail_parameter("", "too many values");
    return {};
}

/// Where the value of a name is decided: the body's pairs if it has the name, else the query's.
std::span<const Pair> deciding(std::span<const Pair> pairs, std::size_t query_pairs, std::string_view name) {
    const std::span<const Pair> body = pairs.subspan(query_pairs);
    const bool in_body = std::any_of(body.begin(), body.end(), [&](const Pair& pair) { return pair.name == name; });
    return in_body ? body : pairs.first(query_pairs);
}

const Pair* first_of(std::span<const Pair> pairs, std::string_view name) {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.name == name; });
    return found == pairs.end() ? nullptr : &*found;
}

}  // namespace

const std::string* Parameters::find(std::string_view name) const noexcept {
    const Pair* pair = first_of(deciding(pairs_, query_pairs_, name), name);
    return pair != nullptr && !pair->nested ? &pair->value : nullptr;
}

std::vector<std::string> Parameters::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const Pair& pair : deciding(pairs_, query_pairs_, name)) {
        if (pair.name == name && (!pair.nested || pair.element)) values.push_back(pair.value);
    }
    return values;
}

bool Parameters::nested(std::string_view name) const noexcept {
    const Pair* pair = first_of(deciding(pairs_, query_pairs_, name), name);
    return pair != nullptr && pair->nested;
}

tl::unexpected<Error> fail_parameter(std::string_view name, std::string_view why) {
    if (name.empty() || name.size() > shown_name_bytes_max || !is_text(name)) {
        return fail(Errc::invalid_argument, std::string(why));
    }
    return fail(Errc::invalid_argument, fmt::format("{}: {}", name, why));
}

Result<Parameters> read_parameters(const Request& request) {
    if (!is_identity(request.content_encoding)) {
        return fail(Errc::blocked, "bodies with a Content-Encoding are not taken");
    }
    Parameters parameters;
    if (Result<void> read = read_form(request.query, parameters.pairs_); !read) {
        return tl::make_unexpected(std::move(read.error()));
    }
    parameters.query_pairs_ = parameters.pairs_.size();
    if (Result<void> read = read_body(request, parameters.pairs_); !read) {
        return tl::make_unexpected(std::move(read.error()));
    }
    if (has_too_many_names(parameters.pairs_)) return fail_parameter("", "too many parameters");
    return parameters;
}

std::optional<std::string> decode_form(std::string_view text) {
    const auto is_escape = [](char c) { return c == '+' || c == '%'; };
    if (std::none_of(text.begin(), text.end(), is_escape)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::optional<std::pair<std::string, std::string>> read_basic(std::string_view authorization) {
    constexpr std::string_view scheme = "basic ";
    if (authorization.size() < scheme.size() || !std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                                                            [](char a, char b) { return a == (b | 0x20); })) {
        return std::nullopt;
    }
    std::string_view encoded = authorization.substr(scheme.size());
    encoded.remove_prefix(std::min(encoded.find_first_not_of(' '), encoded.size()));
    constexpr std::size_t encoded_bytes_max = 1024;
    // EVP_DecodeBlock forgives white space and padding in the middle; we do not.
    const std::size_t data = std::min(encoded.find('='), encoded.size());
    const std::size_t padding = encoded.size() - data;
    if (encoded.empty() || encoded.size() > encoded_bytes_max || encoded.size() % 4 != 0 || padding > 2 ||
        encoded.substr(data) != std::string_view("==").substr(0, padding) ||
        encoded.find_first_of(" \t\r\n") != std::string_view::npos) {
        return std::nullopt;
    }
    std::array<unsigned char, encoded_bytes_max> decoded{};
    const int length = EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                                       static_cast<int>(encoded.size()));
    if (length < 0) return std::nullopt;
    const std::string text(decoded.begin(), decoded.begin() + length - static_cast<std::ptrdiff_t>(padding));
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || !is_text(text)) return std::nullopt;
    return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace roger::http
