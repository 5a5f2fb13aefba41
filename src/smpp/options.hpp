// How Roger connects to one SMSC account: what the configuration of a route says, as plain values.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "pdu/status.hpp"

namespace roger::smpp {

enum class BindMode : std::uint8_t {
    transceiver,  ///< messages and receipts on the same connection
    separate,     ///< each of `binds` is a transmitter and a receiver
};
/// Values as on the wire.
enum class Version : std::uint8_t { v3_4 = 0x34, v5_0 = 0x50 };

struct Tls {
    bool enabled = false;
    std::string ca_file;      ///< PEM; "": the machine's authorities
    std::string server_name;  ///< the name that the certificate must hold; "": the host that is connected to
    std::string cert_file;    ///< PEM, for peers that want a client certificate; "": none
    std::string key_file;
};

/// Deadlines and their like; the defaults suit every SMSC known to us.
struct Timing {
    milliseconds connect_max{5'000};  ///< name, TCP and TLS together
    milliseconds bind_max{10'000};    ///< from bind to its answer
    milliseconds idle_before_enquire{30'000};
    milliseconds enquire_answer_max{10'000};
    int enquire_misses_max = 2;
    milliseconds answer_max{60'000};         ///< then a place in the window is free again, its outcome unknown for good
    milliseconds waiting_max{2'000};         ///< not sent for so long (throttled, window full): another route is faster
    milliseconds back_off_min{1'000};        ///< of connecting again; doubles up to
    milliseconds back_off_max{30'000};       ///< with jitter: each wait is drawn from its upper half
    milliseconds credentials_pause{60'000};  ///< at least, after a bind refused for its password or account
    milliseconds already_bound_pause{15'000};
    milliseconds throttle_pause_min{500};  ///< of the bind, after "throttled"; doubles up to
    milliseconds throttle_pause_max{2'000};
    milliseconds drain_max{3'000};   ///< at stop: for the answers of what is in the window
    milliseconds unbind_max{2'000};  ///< then for unbind_resp
    /// Between the beginnings of two writes: after a pause one begins at once, under load they gather what comes.
    std::chrono::microseconds gather{500};
};

struct Options {
    std::string name;                ///< of the route: for logs and metrics
    std::vector<std::string> hosts;  ///< "host:port", "[::1]:2775": at least one; in order of preference
    std::string system_id;           ///< at most 15 bytes
    Secret password;                 ///< at most 8 bytes
    std::string system_type;         ///< at most 12 bytes
    BindMode mode = BindMode::transceiver;
    Version version = Version::v3_4;
    std::size_t binds = 1;                          ///< 1…16 connections (of each kind)
    std::size_t window = 10;                        ///< 1…1000 unanswered submit_sm on each
    std::uint32_t segments_per_second = 100;        ///< 1…100 000 on each bind
    std::uint32_t account_segments_per_second = 0;  ///< over all binds; 0: no other limit than the binds'
    std::size_t queue_max = 10'000;  ///< segments that wait for a place; what comes then is answered "throttled"
    Tls tls;
    pdu::ErrorMap errors;
    Timing timing;
};
/// @return invalid_argument with a sentence for what is out of range; it holds no secret
[[nodiscard]] Result<void> check(const Options& options);

struct Host {
    std::string name;  ///< of DNS, or an address (IPv6 without its brackets)
    std::uint16_t port = 0;
};
[[nodiscard]] std::optional<Host> parse_host(std::string_view text);

}  // namespace roger::smpp
