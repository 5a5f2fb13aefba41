#include "api/signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api/accounts.hpp"
#include "base/assert.hpp"
#include "base/secret.hpp"

namespace roger::api {
namespace {

using account::SignatureMethod;

const EVP_MD* digest_of(SignatureMethod method) {
    switch (method) {
        case SignatureMethod::md5hash:
        case SignatureMethod::md5: return EVP_md5();
        case SignatureMethod::sha1: return EVP_sha1();
        case SignatureMethod::sha256: return EVP_sha256();
        case SignatureMethod::sha512: return EVP_sha512();
    }
    return EVP_sha256();
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

}  // namespace

std::string signature_base(const http::Parameters& parameters) {
    std::vector<const http::Pair*> pairs;
    for (const http::Pair& pair : parameters.pairs()) {
        if (pair.name != "sig") pairs.push_back(&pair);
    }
    // By name, and of equal names by their place: a pointer into one vector is its place.
    std::ranges::sort(pairs, [](const auto* a, const auto* b) { return std::tie(a->name, a) < std::tie(b->name, b); });
    std::string base;
    for (const http::Pair* pair : pairs) {
        base += '&';
        base += pair->name;
        base += '=';
        for (const char c : pair->value) base += c == '&' || c == '=' ? '_' : c;
    }
    return base;
}

std::string sign(SignatureMethod method, std::string_view base, std::string_view secret) {
    std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
    auto* out = reinterpret_cast<unsigned char*>(digest.data());
    unsigned length = 0;
    bool ok = false;
    if (method == SignatureMethod::md5hash) {
        std::string text(base);
        text += secret;
        ok = EVP_Digest(text.data(), text.size(), out, &length, digest_of(method), nullptr) == 1;
        wipe(text);
    } else {
        ok = HMAC(digest_of(method), secret.data(), static_cast<int>(secret.size()),
                  reinterpret_cast<const unsigned char*>(base.data()), base.size(), out, &length) != nullptr;
    }
    ROGER_ASSERT(ok, "digests of bytes in memory cannot fail");
    return to_hex(std::span(digest).first(length));
}

bool is_signed_by(const account::Account& account,
                  const http::Parameters& parameters,
                  const verification::Keyring& keyring,
                  TimePoint wall_now) {
    const std::string* signature = parameters.find("sig");
    const std::string* timestamp = parameters.find("timestamp");
    if (signature == nullptr || timestamp == nullptr) return false;
    const Secret secret = open_signature_secret(account, keyring);
    if (secret.empty()) return false;
    std::int64_t at = 0;
    const auto [end, ec] = std::from_chars(timestamp->data(), timestamp->data() + timestamp->size(), at);
    if (ec != std::errc{} || end != timestamp->data() + timestamp->size()) return false;
    const std::int64_t now = std::chrono::floor<seconds>(wall_now).time_since_epoch().count();
    if (at < now - signature_window.count() || at > now + signature_window.count()) return false;
    const std::string right = sign(account.signature_method, signature_base(parameters), secret.reveal());
    return equal_in_constant_time(as_bytes(right), as_bytes(lower(*signature)));
}

}  // namespace roger::api
