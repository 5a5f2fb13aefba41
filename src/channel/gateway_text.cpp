#include "channel/gateway_text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace roger::channel {
namespace {

using nlohmann::json;

constexpr std::size_t code_max = 48;
constexpr std::size_t id_max = 128;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    for (const char c : text) {
        if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 0xfU];
        }
    }
    return out;
}

std::string form_encode(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encode(name);
        out += '=';
        out += percent_encode(value);
    }
    return out;
}

std::string json_escape(std::string_view text) {
    const std::string quoted = json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

std::string xml_escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&apos;"; break;
            default:
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t') out += c;
        }
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock writes a NUL behind
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string basic_authorization(std::string_view user, std::string_view secret) {
    return "Authorization: Basic " + base64(fmt::format("{}:{}", user, secret));
}

std::string hmac_sha256_hex(std::string_view secret, std::string_view text) {
    return to_hex(Hmac(as_bytes(secret))(as_bytes(text)));
}

std::string hmac_sha1_base64(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    const bool ok =
        HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length) != nullptr;
    ROGER_ASSERT(ok, "digests of bytes in memory cannot fail");
    return base64({reinterpret_cast<const char*>(digest.data()), length});
}

std::optional<std::string> scalar_text(const json* value) {
    if (value == nullptr || value->is_null() || value->is_structured()) return std::nullopt;
    return value->is_string() ? value->get<std::string>() : value->dump();
}

const json* find(const json& root, const std::string& pointer) {
    const json::json_pointer place(pointer);
    return root.contains(place) ? &root.at(place) : nullptr;
}

const json* member(const json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

std::string member_text(const json& object, const char* name) { return scalar_text(member(object, name)).value_or(""); }

std::string code_text(std::string_view text) {
    const bool good = text.size() <= code_max && std::ranges::all_of(text, [](char c) {
                          return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
                      });
    return good ? std::string(text) : "";
}

std::string id_text(std::string_view text) {
    const bool good = text.size() <= id_max && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    return good ? std::string(text) : "";
}

std::optional<Error> judge_status(unsigned status) {
    if (status >= 200 && status < 300) return std::nullopt;
    std::string why = fmt::format("HTTP {}", status);
    if (status >= 300 && status < 400) {
        return Error{Errc::unavailable, why + ": a redirect, which is not followed; correct its URL"};
    }
    switch (status) {
        case 429: return Error{Errc::rate_limited, std::move(why)};
        case 401:
        case 403: return Error{Errc::unavailable, why + ": its credentials are refused"};
        case 404:
        case 405:
        case 407:
        case 408:
        case 502:
        case 503: return Error{Errc::unavailable, std::move(why)};
        default: return Error{status >= 400 && status < 500 ? Errc::blocked : Errc::timed_out, std::move(why)};
    }
}

Result<json> read_object(const http::ClientAnswer& answer) {
    json body = json::parse(answer.body, nullptr, false);
    if (body.is_object()) return body;
    return fail(Errc::timed_out, fmt::format("HTTP {} with an answer that is no JSON object", answer.status));
}

std::string_view x_field(const http::Request& request, std::string_view name) {
    const auto found = std::ranges::find(request.x_fields, name, &std::pair<std::string, std::string>::first);
    return found == request.x_fields.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace roger::channel
