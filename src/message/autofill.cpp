#include "message/autofill.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace roger::message {
namespace {

constexpr std::size_t app_hash_size = 11;
constexpr std::size_t label_bytes_max = 63;  // RFC 1035 §2.3.4

bool is_small(char c) noexcept { return c >= 'a' && c <= 'z'; }

/// RFC 1123 §2.1: letters, digits, and hyphens inside.
bool is_label(std::string_view label) noexcept {
    if (label.empty() || label.size() > label_bytes_max || label.front() == '-' || label.back() == '-') return false;
    return std::ranges::all_of(label, [](char c) { return is_digit(c) || is_small(c) || c == '-'; });
}

}  // namespace

bool is_app_hash(std::string_view text) noexcept {
    return text.size() == app_hash_size && std::ranges::all_of(text, [](char c) {
               return is_digit(c) || is_small(c) || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
           });
}

std::optional<std::string> read_domain(std::string_view text) {
    if (text.size() > domain_bytes_max) return std::nullopt;
    std::string host(text);
    for (char& c : host) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    std::size_t labels = 0;
    std::string_view last;
    for (std::size_t from = 0; from <= host.size(); ++labels) {
        const std::size_t dot = std::min(host.find('.', from), host.size());
        last = std::string_view(host).substr(from, dot - from);
        if (!is_label(last)) return std::nullopt;
        from = dot + 1;
    }
    // No top-level domain is of digits alone, but the last part of an IPv4 address is.
    if (labels < 2 || std::ranges::all_of(last, is_digit)) return std::nullopt;
    return host;
}

void append_autofill(std::string& text, const Values& values) {
    if (!values.app_hash.empty()) {
        text += '\n';
        text += values.app_hash;
    } else if (!values.domain.empty()) {
        text += "\n\n@";
        text += values.domain;
        text += " #";
        text += values.pin;
    }
}

}  // namespace roger::message
