// The life of one verification request, as a pure function: no clock, no I/O, no randomness.
//
//   IN PROGRESS ──right PIN──▶ SUCCESS        event:              sending ─▶ submitted ─▶ delivered
//               ──third wrong PIN──▶ FAILED                         │            └──▶ failed ──▶ next route, else give
//               up ──cancel──▶ CANCELLED                               └──▶ failed ──▶ next route, else give up ──all
//               over──▶ EXPIRED
//
// What moves the machine is an Input; what it asks of the world is a Claim: an event that now is `sending`, to be
// carried out after the commit. Handing in an input twice, or late, is harmless.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "verification/request.hpp"

namespace roger::verification {

constexpr std::uint8_t wrong_checks_max = 3;  ///< of one PIN: the third ends the request
constexpr seconds cancel_not_before{30};
/// A failed receipt later than this no longer moves the message to another route: the next event is nearer.
constexpr seconds retry_after_receipt_max{60};
/// Segments of one message whose receipts are told apart; those after them are taken for delivered.
constexpr std::uint8_t parts_max = 16;
/// A spoken PIN is not read out again sooner than this after a crash: the first call may still be going on.
constexpr seconds voice_recovery_pause{30};

/// Somebody who is busy is called again after this, if that is before the next event (telephony's usual 20–30 s).
constexpr seconds busy_pause{20};

/// How often one event may be handed to peers, over all routes and recoveries.
[[nodiscard]] std::uint8_t attempts_max(Channel channel);
/// How long a claim holds. Longer than anything a sender does before it reports.
[[nodiscard]] seconds lease_of(Channel channel);

/// The engine looks because `due` has come, or for any other reason: nothing happens before its time.
struct TimerDue {};
/// @param right  matches the PIN of the row's generation; whether it is still good is judged here
/// @param last_wrong  if it is wrong it is the last, however many this PIN has had: a budget is used up
struct PinChecked {
    bool right = false;
    Bytes sealed_code;
    bool last_wrong = false;
};
struct TriggerNext {};
struct Cancel {
    bool lenient = false;
};
/// The sender of a claim is known to be gone (the process that held it has ended).
struct SenderLost {
    std::size_t event = 0;
};

/// The row is from a backup: what the subscriber, the peers and the client did with the request since, nobody knows.
struct Restored {};

enum class Handover : std::uint8_t {
    accepted,  ///< the peer has it
    refused,   ///< the peer said no, for this number or this route
    not_sent,  ///< no route could take it; nothing went out
    unknown,   ///< sent, no answer
};
/// What became of a claim.
struct Outcome {
    std::size_t event = 0;
    std::uint8_t attempt = 0;
    Handover handover = Handover::not_sent;
    TimePoint at{};  ///< when it was handed to the peer (service time)
    std::string route;
    bool another_route = false;  ///< there is a route that was not tried yet
    std::string reason;          ///< for operators: no PIN, no number
    std::vector<std::string> peer_ids;
    std::uint8_t segments = 0;
    Micros price;
    std::optional<TimePoint> delivered;    ///< the peer's answer was the delivery receipt, too
    std::vector<ReceiptKey> receipt_keys;  ///< by which its receipts will be known; not kept in the row
};
/// A delivery receipt of one segment. A message is delivered when all its segments are, and failed when one is.
///
/// Of an older attempt than the event's, `delivered` still counts, for the subscriber has the PIN; `failed` does not,
/// for it says nothing of the newer one. The first receipt that decides wins.
struct Receipt {
    std::size_t event = 0;
    std::uint8_t attempt = 0;
    std::uint8_t part = 0;   ///< 0 …
    std::uint8_t parts = 1;  ///< … of so many, ≤ parts_max
    bool delivered = false;
    TimePoint at{};
    std::string reason;
    bool another_route = false;
    bool busy = false;  ///< failed because the subscriber was: the same may work soon
    Micros price;       ///< that the handover turned out to cost, beside its outcome's
};

using Input = std::variant<TimerDue, PinChecked, TriggerNext, Cancel, SenderLost, Restored, Outcome, Receipt>;

enum class Verdict : std::uint8_t {
    done,            ///< the input did what it is for
    ignored,         ///< it no longer applies; nothing changed
    right,           ///< PinChecked: the request ended in success
    wrong,           ///< PinChecked
    wrong_last,      ///< PinChecked: the request ended as failed
    gone,            ///< PinChecked, TriggerNext, Cancel: the request is not live
    too_early,       ///< Cancel
    too_late,        ///< Cancel
    no_events_left,  ///< TriggerNext
};

/// An event to carry out now. Stale when the row's event has another attempt.
struct Claim {
    std::size_t event = 0;
    std::uint8_t attempt = 0;
    friend bool operator==(const Claim&, const Claim&) = default;
};

struct Transition {
    Request next;
    Verdict verdict = Verdict::ignored;
    std::optional<Claim> send;
};

/// The first event of a new row, claimed at birth: call once, on a row without events.
/// @pre   row.events is empty, row.submitted and row.plan are set
/// @post  generation 0, its PIN made now, the first event `sending`
[[nodiscard]] Transition begin(Request row, std::uint16_t node);

/// @param node  that claims what is to be sent
/// @param now   service time, not before the row's last input but for clock steps
[[nodiscard]] Transition step(Request row, const Input& input, std::uint16_t node, TimePoint now);

/// When each event that has not begun would begin if all ran at their time; in order.
[[nodiscard]] std::vector<TimePoint> planned_events(const Request& row);
/// When the request would end if all its remaining events ran at their time: the later of (last event + its wait) and
/// (newest PIN made + pin_expiry).
[[nodiscard]] TimePoint planned_end(const Request& row);

}  // namespace roger::verification
