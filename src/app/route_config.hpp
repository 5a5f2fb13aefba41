// [[route]]: one way over one peer, as the operator configures it.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/http_peer.hpp"
#include "app/password_source.hpp"
#include "app/table_reader.hpp"
#include "base/secret.hpp"
#include "channel/sip_call.hpp"
#include "routing/route.hpp"

namespace roger::app {

/// What an SMSC wants to know and gets (SMPP v3.4). A change of any of it means new binds.
struct SmppPeer {
    std::vector<std::string> hosts;  ///< "HOST:PORT", tried in turn
    std::string system_id;
    Secret password;  ///< as it was when the configuration was loaded
    std::string system_type;
    std::string mode = "transceiver";
    std::int64_t binds = 1;
    std::int64_t window = 10;                      ///< of each bind
    std::int64_t segments_per_second = 100;        ///< of each bind
    std::int64_t account_segments_per_second = 0;  ///< over all binds; 0: no other limit
    std::string interface = "3.4";
    bool tls = false;
    std::string ca_file;      ///< PEM; "": the system's authorities
    std::string server_name;  ///< that the certificate must have; "": the host
    std::string cert_file;    ///< PEM, our own; "": none
    std::string key_file;
    std::string alphabet = "gsm";
    std::string multipart = "udh";
    std::string service_type;
    std::string message_id = "auto";
    std::map<std::string, std::string> errors;  ///< command_status as "0x0000040a" to what it means
    std::string dlt_entity;                     ///< India's DLT registry: principal entity …
    std::string dlt_content;                    ///< … and content template

    [[nodiscard]] bool same_as(const SmppPeer& other) const;
};

struct RouteConfig {
    routing::Route route;
    PasswordSource password;
    SmppPeer smpp;                ///< of kind smpp
    HttpPeer http;                ///< of kind http
    channel::SipCallOptions sip;  ///< of kind sip
    std::size_t line = 0;         ///< where it stands in its file

    /// Whether the peer sees no difference: then its channel is kept.
    [[nodiscard]] bool same_peer_as(const RouteConfig& other) const;
};

/// All [[route]] tables of a file; the first mistake goes to `file`.
/// @param public_url  of the server: where gateways' callbacks go, or ""
[[nodiscard]] std::vector<RouteConfig> read_routes(ReadFile& file,
                                                   const toml::table& root,
                                                   const std::string& public_url);

/// Reads the passwords' files and environment. @return invalid_argument with a sentence that names the route
[[nodiscard]] Result<void> load_passwords(std::vector<RouteConfig>& routes);

}  // namespace roger::app
