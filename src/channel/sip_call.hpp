// Spoken calls over one SIP trunk, as a Channel.
//
//   Outbound ──Speech──▶ audio ──Lines::place──▶ rings: submit() answers accepted ──▶ PIN spoken: delivered
//                          │ no speech, no line,        │ busy, declined, hung up before the PIN … : failed
//                          └ trunk failed: unavailable  └ the trunk failed after all: failed, cause route
//
// What is the subscriber's doing comes as a receipt also when the phone never rang, so that no other trunk calls them.
// Everything runs on one executor, whose context one thread runs; what the agent's thread tells is posted there.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "channel/channel.hpp"
#include "observe/metrics.hpp"
#include "sip/agent.hpp"
#include "voice/speech.hpp"

namespace roger::channel {

/// How calls go, over all trunks: [voice].
struct CallPolicy {
    unsigned repeat = 2;  ///< how often the message is said, 1 … 5
    bool gate = false;    ///< whether key 1 must be pressed to hear it
};

struct SipCallOptions {
    sip::TrunkOptions trunk;
    std::string caller_id;                            ///< "+441632960000", or ""
    std::size_t max_calls = 500;                      ///< at a time
    std::map<std::string, std::size_t> max_calls_in;  ///< likewise, to one country (ISO 3166-1 alpha-2)
};

class SipCall final : public Channel {
public:
    static constexpr seconds line_wait{5};        ///< for one of max_calls to end
    static constexpr seconds speech_max{6};       ///< a program's 5 s, and some
    static constexpr seconds accepted_after{10};  ///< of the INVITE: a trunk that answered, but rings nowhere yet
    static constexpr seconds stop_wait{6};        ///< for a PIN that is being said when the house closes

    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        observe::Metrics& metrics;
        voice::Speech& speech;
        sip::Lines& lines;
        const CallPolicy& policy;  ///< as it stands at each call
        ReceiptSink receipts;
    };
    /// The parts outlive the channel, and its calls.
    SipCall(Parts parts, SipCallOptions options);
    ~SipCall() override;

    /// Opens the trunk.
    void start();
    [[nodiscard]] bool up() const override;
    /// @return unavailable for whatever is not the subscriber's doing: nothing was said, another route may call
    [[nodiscard]] boost::asio::awaitable<Result<Accepted>> submit(Outbound message, SteadyTime deadline) override;
    /// Takes nothing more; calls that have said the PIN end now, others in stop_wait; then the trunk is closed.
    [[nodiscard]] boost::asio::awaitable<void> stop() override;
    /// Hangs up on phones that ring for it, or listen and have not heard the PIN: CANCEL, or BYE.
    void revoke(verification::RowKey key) override;

private:
    struct State;
    std::shared_ptr<State> state_;  // with its coroutines, and with what the agent has yet to tell
};

}  // namespace roger::channel
