// Who a request comes from when it passed through proxies of ours: X-Forwarded-For, believed from them alone.
// Pure values; safe to share between threads.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::http {

class TrustedProxies {
public:
    /// Nobody is trusted.
    TrustedProxies() = default;
    /// @param networks  "127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"; bits beyond the prefix do not count
    /// @return invalid_argument with a sentence about the first that cannot be read
    [[nodiscard]] static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

    [[nodiscard]] bool empty() const noexcept { return networks_.empty(); }
    /// Whether an IP address is in one of the networks; false for a text that is none.
    [[nodiscard]] bool contains(std::string_view address) const;
    /// The client's address. Each proxy appends whom it heard from, so the list is read from its end, for as long as
    /// the one who added the entry is trusted; what stands further left may be invented.
    /// @param peer       who is connected to us: an IP address without port, or "local"
    /// @param forwarded  X-Forwarded-For, several fields joined by ','; an entry may have a port
    /// @return `peer` when it is not trusted; else the rightmost address that is no trusted proxy; before an entry that
    ///         is no address, or when all are trusted, the furthest proxy that is known
    [[nodiscard]] std::string client_of(std::string_view peer, std::string_view forwarded) const;

private:
    using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
    struct Network {
        Address address;
        unsigned prefix_bits;
    };
    [[nodiscard]] static bool read_address(std::string_view text, Address& out);
    [[nodiscard]] bool trusts(const Address& address) const;
    std::vector<Network> networks_;
};

}  // namespace roger::http
