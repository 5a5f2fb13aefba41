// The protocol of one connection to an SMSC, without the connection: bytes and times come in, bytes and calls go out.
// So every rule of it is tested without a socket and without waiting.
//
//   opened ──start()──▶ binding ──bind_resp──▶ bound ──unbind()──▶ unbinding ──unbind_resp, or too late──▶ closed
//                          └── refused, no answer ──▶ closed
//                                      bound ── peer's unbind, silence, a broken stream ──▶ closed
//
// Before it is bound nothing is sent but the bind and answers. Sequence numbers run from 1 to 0x7fffffff and begin
// anew, and none that is still in the window is used twice. Answers to the peer go ahead of our own messages. Source:
// SMPP v3.4 §2.2 (states), §2.9 (timers), §4.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pdu/pdu.hpp"
#include "smpp/options.hpp"

namespace roger::smpp {

/// What the owner calls a message; it comes back with the answer.
using Ticket = std::uint64_t;

/// Called from within the link's members; may call answer() and submit(), and nothing else of it.
class LinkListener {
public:
    virtual ~LinkListener() = default;
    virtual void on_bound() = 0;
    /// The answer to a submit_sm, or a generic_nack for it. @param took  from submit() until now
    virtual void on_answer(Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) = 0;
    /// No answer will be waited for any more: it took longer than answer_max, or cannot be read.
    virtual void on_unanswered(Ticket ticket) = 0;
    /// A deliver_sm or data_sm: answer() it, now or later.
    virtual void on_message(pdu::Pdu message) = 0;
};

class Link {
public:
    enum class State : std::uint8_t { opened, binding, bound, unbinding, closed };
    enum class Ending : std::uint8_t {
        none,
        bind_refused,  ///< bind_status() says why
        bind_unanswered,
        unbound,        ///< as we asked
        peer_unbound,   ///< the peer asked; it was answered
        silent,         ///< enquire_link stayed without an answer
        broken_stream,  ///< a length that no PDU has
        not_reading,    ///< the peer takes nothing of what we answer
    };
    /// What the link needs of the options.
    struct Terms {
        pdu::Command bind = pdu::Command::bind_transceiver;
        std::size_t window = 10;
        Timing timing;
        std::uint32_t first_sequence = pdu::sequence_min;
    };
    /// A message that got no answer when the link ended.
    struct Outstanding {
        Ticket ticket;
        bool sent;  ///< false: not one of its bytes was taken out
    };

    /// @param listener  outlives the link
    Link(const Terms& terms, LinkListener& listener) : terms_(terms), listener_(listener) {}

    void start(const pdu::Bind& bind, SteadyTime now);
    /// Bytes of the peer, cut anywhere.
    void receive(pdu::OctetView bytes, SteadyTime now);
    void run_due(SteadyTime now);
    /// When run_due() has something to do; SteadyTime::max() for never.
    [[nodiscard]] SteadyTime next_due() const noexcept;

    [[nodiscard]] bool has_room() const noexcept { return state_ == State::bound && window_.size() < terms_.window; }
    /// @pre  has_room()
    /// @return invalid_argument when the message does not fit into SMPP; nothing happened then
    [[nodiscard]] Result<void> submit(const pdu::ShortMessage& message,
                                      const pdu::Tlvs& tlvs,
                                      Ticket ticket,
                                      SteadyTime now);
    /// Answers a deliver_sm or data_sm. A link that has ended does nothing.
    void answer(pdu::Command request, std::uint32_t sequence, std::uint32_t status);
    /// Asks to end. A link that is not bound ends at once.
    void unbind(SteadyTime now);

    /// What is to be written next; empty when there is nothing. After the end only the answer to the peer's unbind is.
    [[nodiscard]] pdu::Octets take_output();
    [[nodiscard]] bool has_output() const noexcept { return !answers_.empty() || !messages_.empty(); }

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] Ending ending() const noexcept { return ending_; }
    [[nodiscard]] std::uint32_t bind_status() const noexcept { return bind_status_; }
    [[nodiscard]] std::size_t in_window() const noexcept { return window_.size(); }
    /// Empties the window: for the owner of a link that has ended.
    [[nodiscard]] std::vector<Outstanding> take_outstanding();

private:
    struct Entry {
        Ticket ticket;
        SteadyTime sent_at;
        std::uint64_t offset;  ///< of its first byte among all message bytes
    };
    struct Expiry {
        SteadyTime due;
        std::uint32_t sequence;
        Ticket ticket;
    };

    void handle(pdu::OctetView frame, SteadyTime now);
    void handle_defect(const pdu::Defect& defect);
    void handle_answer(const pdu::Pdu& pdu, SteadyTime now);
    void handle_request(pdu::Pdu pdu);
    void handle_bind_answer(const pdu::Pdu& pdu, SteadyTime now);
    void enquire(SteadyTime now);
    void drop_expired(SteadyTime now);
    [[nodiscard]] bool is_waiting(const Expiry& expiry) const;
    void close(Ending ending) noexcept;
    void put(pdu::Command command, std::uint32_t status, std::uint32_t sequence);
    [[nodiscard]] std::uint32_t next_sequence();

    Terms terms_;
    LinkListener& listener_;
    State state_ = State::opened;
    Ending ending_ = Ending::none;
    std::uint32_t bind_status_ = pdu::status_ok;
    std::uint32_t last_sequence_ = 0;
    std::uint32_t own_request_ = 0;  ///< sequence of the bind or unbind under way

    pdu::Octets input_;  ///< the beginning of a PDU
    pdu::Octets answers_;
    pdu::Octets messages_;
    std::uint64_t messages_taken_ = 0;  ///< bytes of messages that take_output() has given away

    std::unordered_map<std::uint32_t, Entry> window_;
    std::deque<Expiry> expiries_;  ///< in order of time; those answered meanwhile are skipped

    SteadyTime heard_{};                 ///< when the peer's last PDU came
    SteadyTime own_due_{};               ///< of the bind or unbind under way
    std::optional<SteadyTime> enquiry_;  ///< until when an answer to enquire_link, or any other sign, is to come
    int misses_ = 0;
};

}  // namespace roger::smpp
