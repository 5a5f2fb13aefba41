// One verification request as it is stored: a row. Its events and checks live inside it.
// The event's state is the outbox: `sending` means "to be carried out", `due` is the timer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "base/time.hpp"
#include "numbering/number.hpp"
#include "verification/request_id.hpp"
#include "verification/workflow.hpp"

namespace roger::verification {

/// Stored by value: never renumber.
enum class Status : std::uint8_t { in_progress = 0, success = 1, failed = 2, expired = 3, cancelled = 4 };
[[nodiscard]] std::string_view to_string(Status status) noexcept;

/// scheduled is not stored: an event enters the row when it begins.
/// Stored by value: never renumber.
enum class EventState : std::uint8_t {
    sending = 0,    ///< claimed: to be handed to a peer, or just being so
    submitted = 1,  ///< a peer took it, or may have taken it (reason "outcome unknown")
    delivered = 2,  ///< the delivery receipt says the handset has it
    failed = 3,
};
[[nodiscard]] std::string_view to_string(EventState state) noexcept;

enum class Voice : std::uint8_t { female = 0, male = 1 };

/// One delivery attempt of the workflow; over several routes or recoveries it is handed over more than once.
struct Event {
    Channel channel = Channel::sms;
    EventState state = EventState::sending;
    std::uint8_t attempt = 1;      ///< of the handover claimed last; fences off outcomes of earlier ones
    std::uint8_t generation = 0;   ///< of the PIN it carries
    std::uint8_t pin_minutes = 1;  ///< whole minutes the PIN lived when the event began: stands in the text
    std::uint8_t segments = 0;     ///< billed, over all attempts
    std::uint8_t open = 0;         ///< bit N: attempt N+1 was given up before its outcome was known
    std::uint16_t node = 0;        ///< that claimed it
    bool ambiguous = false;        ///< the subscriber may have got it more than once
    TimePoint begun{};
    TimePoint claimed{};                   ///< of the latest attempt
    TimePoint lease_until{};               ///< the claim is void from here on
    std::optional<TimePoint> handed_over;  ///< the first time: waits count from here
    std::optional<TimePoint> receipted;
    std::string route;               ///< of the latest attempt; "" before its outcome
    std::vector<std::string> tried;  ///< routes that must not be used again for this event
    std::string reason;              ///< why it failed, or what is doubtful
    std::vector<std::string> peer_ids;
    Micros price;                       ///< over all attempts
    std::uint64_t parts_delivered = 0;  ///< of messages in several segments: bit 16 N + M is segment M of attempt N+1

    friend bool operator==(const Event&, const Event&) = default;
};

/// How a peer's delivery receipt is known again: the id that the peer gave one segment.
struct ReceiptKey {
    std::string peer_group;  ///< the peer that gave it, over all its connections
    std::string id;          ///< in normal form: compared byte by byte

    friend auto operator<=>(const ReceiptKey&, const ReceiptKey&) = default;
};

struct Check {
    TimePoint at{};
    Bytes sealed_code;  ///< what the person typed, bound to the row and the check's index
    bool valid = false;

    friend bool operator==(const Check&, const Check&) = default;
};

/// PSD2 dynamic linking (RTS Art. 5): the PIN is bound to both.
struct Payment {
    std::string payee;
    std::string amount;  ///< canonical, "48.50"; always EUR

    friend bool operator==(const Payment&, const Payment&) = default;
};

struct Request {
    RowKey key;
    std::uint64_t random = 0;  ///< the other half of the id
    std::string account;
    std::string number;   ///< E.164 digits without '+'
    std::string country;  ///< ISO 3166-1 alpha-2 or ""
    std::string network;  ///< MCC+MNC or ""
    numbering::NumberType number_type = numbering::NumberType::unknown;
    std::string brand;  ///< PSD2: the payee
    std::optional<Payment> payment;
    std::string sender;  ///< "" when defaulted
    std::string locale;
    std::uint32_t sms_template = 0;  ///< version of the account's own text that its SMS are written with; 0: none
    std::uint32_t tts_template = 0;  ///< likewise its calls
    std::string app_hash;            ///< how its SMS end (message/autofill.hpp); "" when not; not both
    std::string domain;
    Voice voice = Voice::female;
    std::string idempotency_key;  ///< "" when none
    Plan plan;

    std::uint8_t code_length = 4;
    std::uint16_t kid = 0;        ///< of the keys that the PIN is derived with and codes are sealed with
    std::uint8_t generation = 0;  ///< of the PIN that is good now
    TimePoint pin_made{};
    Bytes sealed_pin;               ///< the caller's own PIN; empty when derived, or wiped at the end
    bool caller_pin = false;        ///< stays true after the wipe
    std::uint8_t wrong_checks = 0;  ///< of this PIN

    Status status = Status::in_progress;
    TimePoint submitted{};
    std::optional<TimePoint> finalized;
    std::optional<TimePoint> due;  ///< when the engine must look next; none at the end
    Micros price;                  ///< charged for a success
    std::string currency = "EUR";
    std::vector<Event> events;  ///< those begun, ≤ 3
    std::vector<Check> checks;  ///< ≤ 8

    friend bool operator==(const Request&, const Request&) = default;
};

/// The PIN is good while now < this.
[[nodiscard]] inline TimePoint pin_dead_at(const Request& row) { return row.pin_made + row.plan.pin_expiry; }
/// Takes the person out of a row that has ended: number, brand and payment, what was typed, the client's own key, and
/// what a peer could name the number by. What is left is an account's, a network's and a route's. A second time changes
/// nothing.
void blank(Request& row);
/// The sum of the prices of submitted messages.
[[nodiscard]] Micros messages_price(const Request& row);

}  // namespace roger::verification
