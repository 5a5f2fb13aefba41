#include "app/smpp_peer.hpp"

#include <boost/asio/io_context.hpp>

#include "app/sip_route.hpp"
#include "app/system.hpp"

namespace roger::app {
namespace {

constexpr std::uint16_t tag_dlt_entity = 0x1400;  ///< of vendors' range; so all Indian operators have it
constexpr std::uint16_t tag_dlt_content = 0x1401;

message::Alphabet alphabet_of(const std::string& word) {
    if (word == "latin1") return message::Alphabet::latin1;
    if (word == "ascii") return message::Alphabet::ascii;
    return word == "ucs2" ? message::Alphabet::ucs2 : message::Alphabet::gsm;
}

channel::Multipart multipart_of(const std::string& word) {
    if (word == "sar") return channel::Multipart::sar;
    return word == "payload" ? channel::Multipart::payload : channel::Multipart::udh;
}

}  // namespace

channel::SmppSmsOptions smpp_options(const RouteConfig& config) {
    const SmppPeer& peer = config.smpp;
    channel::SmppSmsOptions options;
    options.peer.name = config.route.name;
    options.peer.hosts = peer.hosts;
    options.peer.system_id = peer.system_id;
    options.peer.password = peer.password;
    options.peer.system_type = peer.system_type;
    options.peer.mode = peer.mode == "separate" ? smpp::BindMode::separate : smpp::BindMode::transceiver;
    options.peer.version = peer.interface == "5.0" ? smpp::Version::v5_0 : smpp::Version::v3_4;
    options.peer.binds = static_cast<std::size_t>(peer.binds);
    options.peer.window = static_cast<std::size_t>(peer.window);
    options.peer.segments_per_second = static_cast<std::uint32_t>(peer.segments_per_second);
    options.peer.account_segments_per_second = static_cast<std::uint32_t>(peer.account_segments_per_second);
    options.peer.tls = {.enabled = peer.tls,
                        .ca_file = peer.ca_file,
                        .server_name = peer.server_name,
                        .cert_file = peer.cert_file,
                        .key_file = peer.key_file};
    for (const auto& [status, meaning] : peer.errors) {
        const auto code = static_cast<std::uint32_t>(std::stoul(status.substr(2), nullptr, 16));
        if (const auto kind = pdu::error_kind_from(meaning)) options.peer.errors.emplace(code, *kind);
    }
    // Sender and price are the route's, and the dispatcher's business: they change without another bind.
    options.alphabet = alphabet_of(peer.alphabet);
    options.message_id = pdu::message_id_form_from(peer.message_id).value_or(pdu::MessageIdForm::automatic);
    options.multipart = multipart_of(peer.multipart);
    options.service_type = peer.service_type;
    if (!peer.dlt_entity.empty()) options.tlvs.emplace_back(tag_dlt_entity, peer.dlt_entity);
    if (!peer.dlt_content.empty()) options.tlvs.emplace_back(tag_dlt_content, peer.dlt_content);
    return options;
}

Result<void> check_peers(const std::vector<RouteConfig>& routes) {
    boost::asio::io_context io;
    const SystemClock clock;
    SystemRandom random;
    observe::Metrics metrics;
    for (const RouteConfig& route : routes) {
        if (route.route.kind == "sip") {
            if (const auto good = check_trunk(route.sip); !good) {
                return fail(good.error().code, "route '" + route.route.name + "': " + good.error().detail);
            }
            continue;
        }
        if (route.route.kind != "smpp") continue;
        const auto made = channel::SmppSms::create({.executor = io.get_executor(),
                                                    .clock = clock,
                                                    .random = random,
                                                    .metrics = metrics,
                                                    .receipts = nullptr,
                                                    .inbound = nullptr},
                                                   smpp_options(route));
        if (!made) return fail(made.error().code, "route '" + route.route.name + "': " + made.error().detail);
    }
    return {};
}

}  // namespace roger::app
