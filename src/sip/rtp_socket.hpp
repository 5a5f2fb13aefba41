// UDP ports for speech, out of the range that the operator opened in the firewall.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace roger::sip {

/// A bound UDP socket that does not block; closed with the object.
class RtpSocket {
public:
    RtpSocket() = default;
    RtpSocket(int descriptor, std::uint16_t port) : descriptor_(descriptor), port_(port) {}
    RtpSocket(RtpSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), port_(other.port_) {}
    RtpSocket& operator=(RtpSocket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        std::swap(port_, other.port_);
        return *this;
    }
    ~RtpSocket();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    int descriptor_ = -1;
    std::uint16_t port_ = 0;
};

/// Even ports only: the odd one above is RTCP's (RFC 3550 §11), which peers may send to and nobody hears.
class RtpPorts {
public:
    /// @param address  literal, of this machine
    /// @param low, high  1024 ≤ low < high
    RtpPorts(std::string address, std::uint16_t low, std::uint16_t high);
    /// @return unavailable when no port of the range is free
    [[nodiscard]] Result<RtpSocket> take();

private:
    std::string address_;
    std::uint16_t low_;
    std::uint16_t pairs_;
    std::uint16_t next_ = 0;  ///< a port just given back may still be sent to by the call before
};

}  // namespace roger::sip
