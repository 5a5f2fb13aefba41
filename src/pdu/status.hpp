// What a command_status means: its name for logs, and what follows from it for a message and for a bind.
// Source: SMPP v3.4 §5.1.3; SMPP v5.0 §4.7.6.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace roger::pdu {

constexpr std::uint32_t status_ok = 0;
constexpr std::uint32_t status_invalid_command_length = 0x02;
constexpr std::uint32_t status_invalid_command = 0x03;
constexpr std::uint32_t status_wrong_bind_state = 0x04;
constexpr std::uint32_t status_already_bound = 0x05;
constexpr std::uint32_t status_system_error = 0x08;
constexpr std::uint32_t status_invalid_source = 0x0a;
constexpr std::uint32_t status_invalid_destination = 0x0b;
constexpr std::uint32_t status_bind_failed = 0x0d;
constexpr std::uint32_t status_invalid_password = 0x0e;
constexpr std::uint32_t status_invalid_system_id = 0x0f;
constexpr std::uint32_t status_queue_full = 0x14;
constexpr std::uint32_t status_submit_failed = 0x45;
constexpr std::uint32_t status_throttled = 0x58;
/// "ESME receiver temporary application error": the peer sends its deliver_sm again.
constexpr std::uint32_t status_receiver_busy = 0x64;
/// Reserved for vendors: 0x400 to 0x4ff.
constexpr std::uint32_t status_vendor_first = 0x400;
constexpr std::uint32_t status_vendor_last = 0x4ff;

/// What a refused submit_sm says about the next step.
enum class ErrorKind : std::uint8_t {
    refused_number,  ///< final for this number
    refused_route,   ///< our sender, text or contract is at fault: no message like it will pass
    throttled,       ///< pause the bind, then the same message again
    unavailable,     ///< the peer did not take it and may not soon: another route
};
/// "refused_number", "refused_route", "throttled", "unavailable": the words of the configuration.
[[nodiscard]] std::string_view to_string(ErrorKind kind) noexcept;
[[nodiscard]] std::optional<ErrorKind> error_kind_from(std::string_view word) noexcept;

/// By command_status, for codes where a peer differs from the standard.
using ErrorMap = std::map<std::uint32_t, ErrorKind>;
/// @pre  status is not 0
[[nodiscard]] ErrorKind classify(std::uint32_t status, const ErrorMap& overrides);

/// What a refused bind says about the next attempt.
enum class BindError : std::uint8_t {
    transient,      ///< try again with the usual back-off
    credentials,    ///< somebody must act: slower, and alarmed
    already_bound,  ///< our old session still hangs there: wait for the peer to notice
};
[[nodiscard]] BindError classify_bind(std::uint32_t status) noexcept;

/// "0x00000058 ESME_RTHROTTLED"; a code without a name is the number alone.
[[nodiscard]] std::string describe_status(std::uint32_t status);
/// For metrics, of few values whatever a peer sends: "ESME_RTHROTTLED", "0x0000040a" for vendors' codes, else "other".
[[nodiscard]] std::string status_label(std::uint32_t status);

}  // namespace roger::pdu
