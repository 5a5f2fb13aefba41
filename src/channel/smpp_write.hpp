// A text as submit_sm: alphabet, parts, addresses, life. Pure functions of the SMPP channel.
// Source: SMPP v3.4 §4.4, §5.2; 3GPP TS 23.040 §9.2.3.24.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "channel/smpp_sms.hpp"
#include "smpp/session.hpp"

namespace roger::channel {

struct Written {
    std::vector<smpp::Segment> submits;
    std::uint8_t segments = 1;  ///< that are billed: more than submits when the SMSC divides the text
};
/// @param reference  that the parts of this message share, and of no other one to that number soon
/// @param now        service time, for the life that is left to the PIN
/// @return blocked when the text cannot be written in any alphabet or is too long
[[nodiscard]] Result<Written> write_segments(const Outbound& message,
                                             const SmppSmsOptions& options,
                                             std::uint8_t reference,
                                             TimePoint now);

/// "ACME" 5/0 (alphanumeric), "60777" 3/0 (fewer than 7 digits: a short code), "+447700900000" 1/1 (international).
[[nodiscard]] pdu::Address sender_address(std::string_view sender);
/// The relative form, "000000000500000R" for five minutes; from 1 s, rounded up, to 30 days. Source: SMPP v3.4
/// §7.1.1.2.
[[nodiscard]] std::string validity_period(milliseconds life);

}  // namespace roger::channel
