// A session with an SMSC account: all its binds, the messages that wait for them, and what comes back. The front of the
// room.
//
//   submit() ──▶ queue (in order) ──▶ the bind with most room, at its pace ──▶ SMSC
//     ▲            ▲── throttled: back to its place ──┘
//     └── answer, or none: accepted, refused, not sent, unknown
//
// A message waits at most Timing::waiting_max; what is unknown is never sent again. Losing the last bind fails what
// waits at once, since another route is faster than a new bind. Source: SMPP v3.4; docs/style.md §2 for the words.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "pdu/pdu.hpp"
#include "smpp/options.hpp"

namespace roger::smpp {

/// One submit_sm.
struct Segment {
    pdu::ShortMessage message;
    pdu::Tlvs tlvs;
};
/// The most parts of one message: what a concatenation header can number.
constexpr std::size_t segments_max = 255;

/// What the session tells, on its executor. Each may be empty.
struct Hooks {
    /// A deliver_sm or data_sm. `done` at most once, now or later: true acknowledges it, false has the peer send it
    /// again.
    std::function<void(pdu::Pdu message, std::function<void(bool stored)> done)> message;
    /// The first bind that takes messages has come, or the last has gone.
    std::function<void(bool up)> up;
    /// Each answer to a submit_sm, late ones too.
    std::function<void(std::uint32_t status, SteadyTime::duration took)> answered;
};

struct Stats {
    std::size_t binds_up = 0;
    std::size_t in_window = 0;
    std::size_t waiting = 0;  ///< segments
};

/// Every member is called on the executor's one thread; stop() is awaited before destruction.
class Session {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        Random& random;
        Hooks hooks;
    };
    /// The clock and the random source outlive the session.
    /// @return invalid_argument with a sentence for options out of range or TLS files that cannot be read
    [[nodiscard]] static Result<std::unique_ptr<Session>> create(Parts parts, Options options);
    ~Session();

    void start();

    /// Hands over the segments of one message and waits for all their answers.
    /// @param segments  1…segments_max
    /// @return the peer's message ids, one for each segment;
    ///         blocked      a segment was refused for good; the detail begins with the kind of refusal
    ///         rate_limited nothing was sent: throttled, or no room, for waiting_max or until the deadline
    ///         unavailable  nothing was sent: no bind, or the peer cannot take it
    ///         timed_out    something was sent, and the rest or the answer did not come: it may still arrive
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> submit(std::vector<Segment> segments,
                                                                                  SteadyTime deadline);
    /// Takes nothing more; waits for the answers of what was sent, unbinds, closes. Timing has the limits.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    [[nodiscard]] bool up() const;
    [[nodiscard]] Stats stats() const;
    /// Does what the clock says is due. The session looks by itself; a test that moved its clock says when.
    void run_due();

private:
    struct State;
    explicit Session(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace roger::smpp
