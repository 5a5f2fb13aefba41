// The seven workflows of Verify v1: which channels an event list has and how long each event waits.
//
//   1  sms tts tts   125 180 300        4  sms sms   120 180        6  sms   pin_expiry
//   2  sms sms tts   125 180 300        5  sms tts   120 180        7  tts   pin_expiry
//   3  tts tts       150 150
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"
#include "message/message.hpp"

namespace roger::verification {

using message::Channel;

constexpr std::size_t events_max = 3;
constexpr seconds pin_expiry_default{300};

/// How one request is carried out: fixed at its start, stored with it.
struct Plan {
    std::uint8_t workflow_id = 1;            ///< 1–7
    seconds pin_expiry{pin_expiry_default};  ///< 60–3600
    std::optional<seconds> next_event_wait;  ///< 60–900; every event waits this long, save in workflows 6 and 7

    friend bool operator==(const Plan&, const Plan&) = default;
};

/// Applies the rules that tie both times together: both given and not a whole multiple, or only next_event_wait given
/// and over 300 s → pin_expiry becomes next_event_wait.
/// @param workflow_id  1–7
[[nodiscard]] Plan make_plan(std::uint8_t workflow_id,
                             std::optional<seconds> pin_expiry,
                             std::optional<seconds> next_event_wait);

/// The channels of a plan's events in order; 1 to 3 of them.
[[nodiscard]] std::span<const Channel> channels(const Plan& plan);
/// How long event `index` waits, from its handover, before the next one or the end.
[[nodiscard]] seconds wait_after(const Plan& plan, std::size_t index);

}  // namespace roger::verification
