// Calls over SIP trunks: the user agent, on a thread of its own, with the media thread beside it.
//
//   place() ─▶ INVITE ─▶ [401/407, answered] ─▶ ringing ─▶ answered ─▶ pin_spoken ─▶ ended
//                │ no answer whatever in no_response_max, or answer_max passed: CANCEL     │ BYE, by either side
//                └─▶ and the next of the addresses that DNS names, if there is one
//
// Everything of libre's lives on the agent's thread; what is asked here is put into its mailbox. Sinks are called on
// that thread, too: they hand on, and come back.
// Never followed: redirections (302) and transfers (REFER), which would let others choose whom we call. Never heard:
// anybody but the trunk, and sound before the answer.
// Sources: RFC 3261; RFC 3325 (P-Asserted-Identity); RFC 3263 (NAPTR, SRV), by libre's own DNS client.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "sip/media.hpp"
#include "sip/outcome.hpp"
#include "sip/sdp.hpp"
#include "voice/speech.hpp"

namespace roger::sip {

enum class Transport : std::uint8_t { udp, tcp, tls };

struct TlsFiles {
    std::string ca_file;      ///< PEM; "": the system's authorities
    std::string server_name;  ///< that the certificate must have; "": the trunk's host
    std::string cert_file;    ///< PEM, our own; "": none
    std::string key_file;
};

struct TrunkOptions {
    std::string name;                    ///< in logs
    std::string host;                    ///< a name, or a literal address without brackets
    std::uint16_t port = 0;              ///< 0: as SRV says, or 5060 and 5061
    std::optional<Transport> transport;  ///< none: as NAPTR says, or UDP
    std::string user;                    ///< "": the trunk knows us by our address
    Secret password;
    bool registers = false;
    std::vector<voice::G711> codecs{voice::G711::a_law, voice::G711::mu_law};
    SrtpMode srtp = SrtpMode::off;
    TlsFiles tls;
    std::string bind_address;              ///< literal, of this machine; "": that which the trunk is reached from
    std::uint16_t bind_port = 0;           ///< where SIP is heard; 0: any
    std::string external_address;          ///< literal: how the trunk sees us; "": the local one
    std::vector<std::string> dns_servers;  ///< "192.0.2.53:53", "[2001:db8::53]:53"; none: the system's
    std::uint16_t rtp_low = 20000;
    std::uint16_t rtp_high = 21999;
    milliseconds answer_max{40'000};      ///< from the INVITE to the answer
    milliseconds no_response_max{4'000};  ///< to any answer at all, of each address
    milliseconds call_max{60'000};        ///< from the answer
};

/// Whether the files of a trunk over TLS can be used; blocks.
/// @return invalid_argument with a sentence that names the file
[[nodiscard]] Result<void> check_tls(const TrunkOptions& options);

struct CallRequest {
    std::string number;     ///< digits: never log it
    std::string caller_id;  ///< as it is to be shown, "+441632960000"; "": the trunk's user, or none
    std::shared_ptr<const voice::Audio> message;
    std::shared_ptr<const voice::Audio> prompt;  ///< asks for key 1 before it; none: unasked
    unsigned repeat = 1;
};

enum class Progress : std::uint8_t { trying, ringing, answered, pin_spoken, ended };

struct CallEvent {
    Progress progress = Progress::trying;
    Ended how = Ended::completed;  ///< of `ended`
    std::string reason;            ///< likewise, for operators: "486 Busy Here"
};
/// In their order, `ended` last and once; others may be left out.
using CallSink = std::function<void(const CallEvent&)>;
/// Whether the trunk can be used: its socket is open, and it has registered us if it is to. With the reason why not.
using TrunkSink = std::function<void(bool up, const std::string& reason)>;

/// Where calls are placed. An interface, so that who places them can be tested without a network.
class Lines {
public:
    virtual ~Lines() = default;
    /// @pre  check_tls() was content. @return what the others take
    virtual std::uint64_t open(TrunkOptions options, TrunkSink sink) = 0;
    /// Ends its calls (`stopped`), withdraws the registration, and waits a second at most for the answers.
    /// @param done  called on the agent's thread when its sockets are free again
    virtual void close(std::uint64_t trunk, std::function<void()> done) = 0;

    /// Over a trunk that is gone or down the call ends at once as trunk_failed. @return what hang_up() takes
    virtual std::uint64_t place(std::uint64_t trunk, CallRequest request, CallSink sink) = 0;
    virtual void hang_up(std::uint64_t call) = 0;
};

/// Any thread may call.
class Agent final : public Lines {
public:
    Agent();
    ~Agent() override;  ///< stop(), if it was not called
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    std::uint64_t open(TrunkOptions options, TrunkSink sink) override;
    void close(std::uint64_t trunk, std::function<void()> done) override;
    std::uint64_t place(std::uint64_t trunk, CallRequest request, CallSink sink) override;
    void hang_up(std::uint64_t call) override;

    [[nodiscard]] Media::Stats media() const;
    /// Closes all trunks and ends the thread. Blocks for a second at most; nothing else may be called afterwards.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace roger::sip
