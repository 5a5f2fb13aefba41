#include "http/trusted_proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace roger::http {
namespace {

constexpr unsigned bits_before_v4 = 96;  // of ::ffff:0:0/96
constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "192.0.2.1:4711" → "192.0.2.1", "[2001:db8::1]:4711" → "2001:db8::1". @return "" when it cannot be one
std::string_view without_port(std::string_view entry) {
    if (entry.starts_with('[')) {
        const std::size_t end = entry.find(']');
        if (end == std::string_view::npos) return {};
        const std::string_view rest = entry.substr(end + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))) ? entry.substr(1, end - 1)
                                                                                : std::string_view();
    }
    const std::size_t colon = entry.find(':');
    const bool v4_with_port = colon != std::string_view::npos && entry.find(':', colon + 1) == std::string_view::npos;
    if (!v4_with_port) return entry;
    return is_port(entry.substr(colon + 1)) ? entry.substr(0, colon) : std::string_view();
}

/// As peer_address() writes it.
std::string to_text(const std::array<std::uint8_t, 16>& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = std::equal(v4_prefix.begin(), v4_prefix.end(), address.begin());
    const void* raw = v4 ? address.data() + v4_prefix.size() : address.data();
    return ::inet_ntop(v4 ? AF_INET : AF_INET6, raw, text.data(), text.size()) != nullptr ? text.data() : "";
}

}  // namespace

bool TrustedProxies::read_address(std::string_view text, Address& out) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.empty() || text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
    std::memcpy(terminated.data(), text.data(), text.size());
    if (::inet_pton(AF_INET6, terminated.data(), out.data()) == 1) return true;
    std::copy(v4_prefix.begin(), v4_prefix.end(), out.begin());
    return ::inet_pton(AF_INET, terminated.data(), out.data() + v4_prefix.size()) == 1;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
    TrustedProxies proxies;
    for (const std::string& text : networks) {
        const std::size_t slash = text.find('/');
        Network network{};
        bool good = read_address(std::string_view(text).substr(0, slash), network.address);
        const bool v4 = text.find(':') == std::string::npos;
        unsigned bits = v4 ? 32 : 128;
        if (good && slash != std::string::npos) {
            const char* end = text.data() + text.size();
            unsigned given = 0;
            const auto [stopped, error] = std::from_chars(text.data() + slash + 1, end, given);
            good = error == std::errc() && stopped == end && given <= bits;
            bits = given;
        }
        if (!good) {
            return fail(Errc::invalid_argument,
                        fmt::format("'{}' is no IP address or network, such as 127.0.0.1 or 10.0.0.0/8", text));
        }
        network.prefix_bits = v4 ? bits + bits_before_v4 : bits;
        proxies.networks_.push_back(network);
    }
    return proxies;
}

bool TrustedProxies::trusts(const Address& address) const {
    return std::ranges::any_of(networks_, [&](const Network& network) {
        const unsigned whole = network.prefix_bits / 8;
        if (!std::equal(address.begin(), address.begin() + whole, network.address.begin())) return false;
        const unsigned rest = network.prefix_bits % 8;
        return rest == 0 || (address[whole] ^ network.address[whole]) >> (8 - rest) == 0;
    });
}

bool TrustedProxies::contains(std::string_view address) const {
    Address known{};
    return read_address(address, known) && trusts(known);
}

std::string TrustedProxies::client_of(std::string_view peer, std::string_view forwarded) const {
    Address known{};
    if (!read_address(peer, known) || !trusts(known)) return std::string(peer);
    while (!forwarded.empty()) {
        const std::size_t comma = forwarded.rfind(',');
        const std::string_view entry = trim(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
        forwarded = forwarded.substr(0, comma == std::string_view::npos ? 0 : comma);
        if (entry.empty()) continue;
        Address address{};
        if (!read_address(without_port(entry), address)) break;
        known = address;
        if (!trusts(known)) break;
    }
    return to_text(known);
}

}  // namespace roger::http
