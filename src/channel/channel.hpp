// One way to reach a phone, behind one interface: SMS over a peer, a spoken call, or the sandbox's handset.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "message/message.hpp"
#include "verification/request.hpp"

namespace roger::channel {

/// Which event of which request a message belongs to.
struct Reference {
    verification::RowKey key;
    std::size_t event = 0;
    std::uint8_t attempt = 0;
};

/// One message to hand over. `text` holds the PIN: never log it.
struct Outbound {
    Reference reference;
    message::Channel channel = message::Channel::sms;
    std::string account;  ///< whose request it is
    std::string number;   ///< E.164 digits without '+'
    std::string country;  ///< ISO 3166-1 alpha-2 or ""
    std::string sender;   ///< "" when the route's own is to be used
    std::string locale;
    verification::Voice voice = verification::Voice::female;
    std::string text;
    /// Of a call: recordings to play in place of the words (voice/speech.hpp); by name and id.
    std::vector<std::pair<std::string, std::string>> media = {};
    TimePoint pin_dead_at{};  ///< service time: from here on the PIN is of no use (SMPP v3.4 §5.2.16 validity_period)
};

using ReceiptKey = verification::ReceiptKey;

struct Accepted {
    std::vector<std::string> peer_ids;
    std::uint8_t segments = 1;
    Micros price;
    bool priced_later = false;             ///< the DeliveryReceipt says whether the peer is to be paid
    std::optional<TimePoint> delivered;    ///< service time; set when the answer itself was the delivery receipt
    std::vector<ReceiptKey> receipt_keys;  ///< one per segment, in order; empty: the peer promises no receipt
};

/// What a peer says of one segment that it accepted, by its own id. It may come twice, out of order, before the answer
/// to the submission, on another connection, or for a message of somebody else.
struct PeerReceipt {
    enum class State : std::uint8_t {
        delivered,
        failed,
        pending,  ///< not final, or the peer does not know
    };
    std::string peer_group;
    /// Normal forms that the one id may have, likeliest first: what is decimal to one peer is hexadecimal to another.
    std::vector<std::string> ids;
    std::string number;  ///< the subscriber's digits as the receipt names them, or ""
    State state = State::pending;
    std::string reason;  ///< for operators: no text of the message, no number
};
/// Called on the channel's executor, and so is `done`, exactly once: with true when the receipt is stored or of no use
/// to anybody (acknowledge it to the peer), with false when it could not be stored (the peer shall send it again).
using PeerReceiptSink = std::function<void(PeerReceipt receipt, std::function<void(bool stored)> done)>;

/// Why a message did not reach its subscriber.
enum class Cause : std::uint8_t {
    subscriber,  ///< another route would not help
    busy,        ///< likewise, but the same may work soon
    route,       ///< another route may help
};

/// The reason of an event whose number does not exist; no other event of its request calls it again.
inline constexpr std::string_view no_such_number = "there is no such number";
/// The reason of an event that was not carried out, or not to its end, because nobody needs its PIN any more.
inline constexpr std::string_view request_ended = "the request ended first";

/// What became of an accepted message, told later by a channel that keeps its references itself.
struct DeliveryReceipt {
    Reference reference;
    bool delivered = false;
    std::string reason;
    std::string account;              ///< whose pages are to be told, or ""
    std::string route;                ///< that carried it
    Cause cause = Cause::subscriber;  ///< when not delivered
    bool charged = false;             ///< the peer is to be paid the price of the route; with priced_later only
};
/// Called on the channel's executor.
using ReceiptSink = std::function<void(DeliveryReceipt)>;

/// A subscriber's message to us, one segment: STOP words, answers. `text` is theirs: never log it.
struct InboundMessage {
    std::string route;
    std::string number;  ///< of the subscriber, digits only
    std::string to;      ///< what they wrote to, as the peer has it
    std::string text;    ///< UTF-8
};
/// `done` is called once, on the channel's executor, now or later: true acknowledges the message to the peer, false has
/// the peer send it again.
using InboundSink = std::function<void(InboundMessage, std::function<void(bool stored)> done)>;

class CallbackTaker;

/// Every call is made on the channel's executor; the owner awaits stop() before destroying it.
class Channel {
public:
    virtual ~Channel() = default;
    /// Hands one message to the peer, at most once, and waits for its answer (submit_sm_resp, SIP final response).
    /// `Accepted` says nothing about the handset; that comes later, as a DeliveryReceipt.
    /// @return blocked      refused for good (SMPP v3.4 §5.1.3: ESME_RINVDSTADR, ESME_RINVSRCADR)
    ///         rate_limited the peer is throttling (ESME_RTHROTTLED; SIP 503 with Retry-After); nothing was sent
    ///         unavailable  not bound; nothing was sent
    ///         timed_out    sent, no answer by the deadline: the message may still arrive
    [[nodiscard]] virtual boost::asio::awaitable<Result<Accepted>> submit(Outbound message, SteadyTime deadline) = 0;
    [[nodiscard]] virtual boost::asio::awaitable<void> stop() = 0;
    /// The request has ended. A channel that can takes back what has not brought its PIN yet: the submission under way
    /// fails as unavailable, what was accepted gets its receipt, both with the reason request_ended.
    virtual void revoke(verification::RowKey /*key*/) {}
    /// Whether the peer would take a message now: bound, as far as is known.
    [[nodiscard]] virtual bool up() const { return true; }
    /// Where its peer's HTTP requests to us go, for channels whose peer makes any; else nullptr.
    [[nodiscard]] virtual CallbackTaker* callbacks() noexcept { return nullptr; }
};

}  // namespace roger::channel
