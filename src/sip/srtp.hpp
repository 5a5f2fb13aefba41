// RTP that nobody on the way can hear (RFC 3711, AES_CM_128 with HMAC-SHA1), one direction of it.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sip/sdp.hpp"

namespace roger::sip {

/// One thread at a time.
class Srtp {
public:
    static constexpr std::size_t tag_bytes_max = 10;

    explicit Srtp(const SrtpKey& key);
    ~Srtp();
    Srtp(Srtp&&) noexcept;
    Srtp& operator=(Srtp&&) noexcept;

    /// Encrypts a whole RTP packet in place; it grows by its tag. @return false when it cannot be
    [[nodiscard]] bool seal(std::vector<std::uint8_t>& packet);
    /// @return the packet in the clear, inside the datagram; empty when it is not authentic, or a repetition
    [[nodiscard]] std::span<const std::uint8_t> open(std::span<std::uint8_t> datagram);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace roger::sip
