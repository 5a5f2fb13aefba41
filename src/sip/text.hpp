// Words that SIP and SDP have in common. Pure.
#pragma once
#include <string>
#include <string_view>

namespace roger::sip {

/// What every request and answer of ours allows (RFC 3261 §20.5).
inline constexpr std::string_view allow_header = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n";

/// Equal but for the case of ASCII letters (RFC 3261 §7.3.1).
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);
/// A literal IPv4 or IPv6 address, without brackets and port.
[[nodiscard]] bool is_ip_address(const std::string& text);

}  // namespace roger::sip
