#include "account/account.hpp"

#include <algorithm>
#include <array>

namespace roger::account {
namespace {

constexpr std::array<std::string_view, 5> methods{"md5hash", "md5", "sha1", "sha256", "sha512"};

}  // namespace

std::optional<SignatureMethod> parse_signature_method(std::string_view text) noexcept {
    const auto found = std::ranges::find(methods, text);
    if (found == methods.end()) return std::nullopt;
    return static_cast<SignatureMethod>(found - methods.begin());
}

std::string_view to_string(SignatureMethod method) noexcept { return methods[static_cast<std::size_t>(method)]; }

bool is_account_key(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
}

bool is_currency(std::string_view text) noexcept {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace roger::account
