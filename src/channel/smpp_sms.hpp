// SMS over SMPP: one SMSC account, all its binds, as a Channel. Writes texts as submit_sm, one for each segment; reads
// receipts and subscribers' messages from deliver_sm and data_sm.
//
//   Outbound ──write_segments──▶ submit_sm … ──▶ smpp::Session ──▶ SMSC
//   PeerReceiptSink, InboundSink ◀── deliver_sm ◀──────┘         (acknowledged when the sink says that it is stored)
//
// Everything runs on one executor, whose context one thread runs.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/money.hpp"
#include "base/random.hpp"
#include "channel/channel.hpp"
#include "message/encoding.hpp"
#include "observe/metrics.hpp"
#include "pdu/message_id.hpp"
#include "smpp/options.hpp"

namespace roger::channel {

/// How a text of several segments says that its parts belong together.
enum class Multipart : std::uint8_t {
    udh,      ///< a user data header in each part: what every handset and nearly every SMSC knows
    sar,      ///< TLVs sar_msg_ref_num, sar_total_segments, sar_segment_seqnum
    payload,  ///< one submit_sm with all of it in TLV message_payload; the SMSC divides it
};

struct SmppSmsOptions {
    smpp::Options peer;
    std::string peer_group;  ///< what shares message ids: receipts are matched within it. "": the route's name
    std::string sender;      ///< for messages that bring none: 1–11 letters and digits, or a number
    std::map<std::string, std::string> senders;  ///< the same by country, "IN" → "ACMEIN"
    Micros price;                                ///< of one segment
    message::Alphabet alphabet = message::Alphabet::gsm;
    pdu::MessageIdForm message_id = pdu::MessageIdForm::automatic;
    Multipart multipart = Multipart::udh;
    std::string service_type;   ///< at most 5 bytes
    std::uint8_t priority = 0;  ///< 0…3
    /// Vendors' parameters that go with every message, as octets (India's DLT: 0x1400 entity, 0x1401 template).
    std::vector<std::pair<std::uint16_t, std::string>> tlvs;
};

class SmppSms final : public Channel {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        Random& random;
        observe::Metrics& metrics;
        PeerReceiptSink receipts;
        InboundSink inbound;  ///< none: subscribers' messages are acknowledged and dropped
    };
    /// The clock, the random source and the metrics outlive the channel.
    /// @return invalid_argument with a sentence for options out of range or TLS files that cannot be read
    [[nodiscard]] static Result<std::unique_ptr<SmppSms>> create(Parts parts, SmppSmsOptions options);
    ~SmppSms() override;

    /// Begins to connect; from then on the channel keeps itself bound until stop().
    void start();
    /// Whether at least one bind can take messages.
    [[nodiscard]] bool up() const override;

    [[nodiscard]] boost::asio::awaitable<Result<Accepted>> submit(Outbound message, SteadyTime deadline) override;
    /// Takes nothing more, waits for answers (≤ 3 s), unbinds (≤ 2 s), closes.
    [[nodiscard]] boost::asio::awaitable<void> stop() override;

    /// Does what the clock says is due. The channel looks by itself; a test that moved its clock says when.
    void run_due();

private:
    struct State;
    explicit SmppSms(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace roger::channel
