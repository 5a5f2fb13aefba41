// What can be asked of the engine. Each command is answered once, after what it caused is durable.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "account/account.hpp"
#include "base/result.hpp"
#include "store/audit.hpp"
#include "verification/machine.hpp"
#include "verification/pin.hpp"

namespace roger::engine {

using verification::RequestId;
using verification::RowKey;
using verification::Verdict;

/// How a command is answered. Errors: rate_limited (the lane was full, or a start waited over 1 s: try again later),
/// unavailable (nothing was done), and for ChangeAccount what `change` said.
/// Called on the engine's executor; never for a batch whose commit may or may not have happened.
template <class Answer>
using Reply = std::function<void(Result<Answer>)>;

/// Starts a request. `draft` has everything but key, random, kid, PIN and events.
struct Start {
    struct Answer {
        enum class Kind : std::uint8_t {
            started,
            replayed,    ///< the same idempotency key: the live request, no second message
            mismatch,    ///< the same idempotency key with another brand, workflow or amount
            concurrent,  ///< another live request of the account and number
        } kind = Kind::started;
        std::optional<RequestId> id;  ///< of the request started, or of the live one
    };
    verification::Request draft;
    std::optional<verification::Pin> caller_pin;
    std::uint64_t random = 0;   ///< fresh: becomes half of the id
    std::uint64_t entropy = 0;  ///< fresh: for the nonce that seals a caller's PIN
    Reply<Answer> reply;
};

/// Judges a code.
struct Check {
    struct Answer {
        Verdict verdict = Verdict::gone;  ///< right, wrong, wrong_last or gone
        std::string event_id;             ///< of the newest event begun; right only, and so are the next three
        Micros price;
        Micros messages_price;
        std::string currency;
    };
    RequestId id;
    std::string account;
    verification::Pin code;
    std::uint64_t entropy = 0;  ///< fresh: for the nonce that seals the code
    Reply<Answer> reply;
};

/// Cancels, or runs the next event.
struct Control {
    struct Answer {
        Verdict verdict = Verdict::gone;  ///< done, gone, too_early, too_late or no_events_left
    };
    RequestId id;
    std::string account;
    std::variant<verification::Cancel, verification::TriggerNext> what;
    Reply<Answer> reply;
    std::optional<store::AuditNote> note = std::nullopt;  ///< an operator's: kept when it is done
};

/// What became of a claim. Never refused for want of room: its number is bounded by the claims under way.
struct Report {
    struct Answer {};
    RowKey key;
    std::variant<verification::Outcome, verification::Receipt> what;
    Reply<Answer> reply;
    /// Of a receipt that says failed, as PeerReceipt's. Pure; commit thread
    std::function<bool(const verification::Request& row, std::size_t event)> another_route = nullptr;
};

/// What a peer says of one segment that it accepted, by its own id. Refused when there is no room, or the store cannot
/// be written: the peer sends it again.
struct PeerReceipt {
    struct Answer {
        bool matched = false;                         ///< false: no submission has that id (yet)
        std::string route;                            ///< of the event; matched only
        std::string network;                          ///< of the number, MCC+MNC or ""; matched only
        std::optional<milliseconds> delivered_after;  ///< the handover; set when this receipt made the event delivered
    };
    std::string peer_group;
    std::vector<std::string> ids;  ///< normal forms that its id may have, likeliest first
    std::string number;            ///< the subscriber's, as the peer writes it, or ""
    bool delivered = false;        ///< else it has failed
    std::string reason;
    /// Whether the event of that row could go over a route that it was not handed to yet. Pure; commit thread
    std::function<bool(const verification::Request& row, std::size_t event)> another_route;
    Reply<Answer> reply;
};

/// Creates or changes an account, or refuses to; judged beside all other changes, so that none is lost.
struct ChangeAccount {
    using Answer = account::Account;
    std::string key;
    /// @param current  nullptr when there is no such account. Pure
    std::function<Result<account::Account>(const account::Account* current)> change;
    Reply<Answer> reply;
    std::optional<store::AuditNote> note = std::nullopt;  ///< kept when it is changed
};

/// Keeps a setting ("clock_offset_ms", "sandbox").
struct SaveSetting {
    struct Answer {};
    std::string name;
    std::string value;
    Reply<Answer> reply;
    std::optional<store::AuditNote> note = std::nullopt;
};

/// An entry of the audit log for what changes nothing in the store: a sign-in, a whole number shown.
struct Note {
    struct Answer {};
    store::AuditNote note;
    Reply<Answer> reply;
};

/// Takes a person out of requests: number, brand, codes, and what else tells of one. What has ended stays what it was.
struct Blank {
    struct Answer {
        std::size_t blanked = 0;    ///< that were not blank before
        std::size_t cancelled = 0;  ///< of these, live ones that were ended first
    };
    std::vector<RowKey> keys;  ///< ≤ 256: bounds how long a batch takes
    /// Only rows of this number, and live ones are cancelled; none: whoever's, and live ones are left alone.
    std::optional<std::string> number;
    Reply<Answer> reply;
    std::optional<store::AuditNote> note = std::nullopt;
};

/// Sees to it that what was blanked is in no file of the store any more.
struct Scrub {
    struct Answer {
        bool clean = false;  ///< false: somebody still reads; ask again
    };
    Reply<Answer> reply;
};

/// Answered when everything that was due when it was decided has been decided: for the sandbox clock.
struct Tick {
    struct Answer {
        std::optional<TimePoint> next_due;  ///< the earliest timer after this batch
    };
    Reply<Answer> reply;
};

using Command =
    std::variant<Start, Check, Control, Report, PeerReceipt, ChangeAccount, SaveSetting, Note, Blank, Scrub, Tick>;

}  // namespace roger::engine
