#include "app/route_config.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "app/config_checks.hpp"
#include "app/sip_route.hpp"

namespace roger::app {
namespace {

constexpr std::size_t routes_max = 64;       ///< an event keeps the names of those it tried
constexpr std::size_t system_id_max = 15;    ///< SMPP v3.4 §5.2.1, without the NUL
constexpr std::size_t password_max = 8;      ///< SMPP v3.4 §5.2.2, without the NUL
constexpr std::size_t system_type_max = 12;  ///< SMPP v3.4 §5.2.3, without the NUL
constexpr std::size_t hosts_max = 8;
constexpr std::size_t dlt_id_max = 30;       ///< the registry's ids have 19 digits today
constexpr std::size_t service_type_max = 5;  ///< SMPP v3.4 §5.2.11, without the NUL
constexpr std::int64_t segments_per_second_max = 100'000;
constexpr std::string_view kinds[] = {"smpp", "http", "sip"};
constexpr std::string_view channels[] = {"sms", "tts"};
constexpr std::string_view modes[] = {"transceiver", "separate"};
constexpr std::string_view versions[] = {"3.4", "5.0"};
constexpr std::string_view alphabets[] = {"gsm", "latin1", "ascii", "ucs2"};
constexpr std::string_view multiparts[] = {"udh", "sar", "payload"};
constexpr std::string_view message_ids[] = {"auto", "as-is", "hex-in-resp", "hex-in-receipt"};
constexpr std::string_view error_meanings[] = {"refused_number", "refused_route", "throttled", "unavailable"};

Check at_most(std::size_t bytes) {
    return [bytes](const std::string& text) -> Result<std::string> {
        const auto printable = [](char c) { return c >= ' ' && c < '\x7f'; };
        if (!text.empty() && text.size() <= bytes && std::ranges::all_of(text, printable)) return text;
        return wanted(fmt::format("1 to {} ASCII characters", bytes));
    };
}

Check one_of(std::span<const std::string_view> words) {
    return [words](const std::string& text) -> Result<std::string> {
        if (std::ranges::find(words, text) != words.end()) return text;
        std::string list;
        for (const std::string_view word : words) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
        return wanted("one of " + list);
    };
}

Result<std::string> check_dlt_id(const std::string& text) {
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    if (!text.empty() && digits && text.size() <= dlt_id_max) return text;
    return wanted("an id of digits, as the DLT registry gave it");
}

/// command_status, in one form: "0x0000040a".
Result<std::string> check_command_status(const std::string& text) {
    const bool prefixed = text.size() > 2 && text.size() <= 10 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    if (!prefixed || text.find_first_not_of("0123456789abcdefABCDEF", 2) != std::string::npos) {
        return wanted("command_status in hexadecimal, as \"0x0000040A\"");
    }
    return fmt::format("0x{:08x}", std::stoul(text.substr(2), nullptr, 16));
}

class RouteReader {
public:
    RouteReader(ReadFile& file, const toml::table& table, std::string public_url)
        : file_(file), table_(table), reader_(file, &table, "route."), public_url_(std::move(public_url)) {
        config_.line = table.source().begin.line;
    }
    RouteConfig read() &&;

private:
    bool kind();
    void policy();
    void password();
    void peer();
    void bind();
    void tls();
    void require(bool given, const char* key) {
        if (!given) file_.complain(table_, fmt::format("a route of kind {} needs '{}'", config_.route.kind, key));
    }

    ReadFile& file_;
    const toml::table& table_;
    TableReader reader_;
    std::string public_url_;
    RouteConfig config_;
};

/// @return whether the rest can be read
bool RouteReader::kind() {
    std::string& kind = config_.route.kind;
    reader_.checked_text("kind", kind, one_of(kinds));
    return !file_.error;
}

void RouteReader::policy() {
    routing::Route& route = config_.route;
    require(reader_.has("name"), "name");
    reader_.checked_text("name", route.name, check_route_name);
    const bool calls = route.kind == "sip";
    std::string channel = calls ? "tts" : "sms";
    reader_.checked_text("channel", channel, one_of(channels));
    if (!calls && channel == "tts") {
        const char* over = route.kind == "http" ? "HTTP" : "SMPP";
        reader_.complain("channel", fmt::format("\"tts\" does not go over {}; its channel is \"sms\"", over));
    }
    if (calls && channel == "sms") reader_.complain("channel", R"("sms" does not go over SIP; its channel is "tts")");
    route.channel = calls ? message::Channel::tts : message::Channel::sms;
    reader_.list("countries", route.countries, check_country);
    reader_.list("prefixes", route.prefixes, check_prefix);
    reader_.list("networks", route.networks, check_mcc_mnc);
    if (route.countries.empty()) reader_.complain("countries", "is empty, so that the route serves nobody");
    if (!calls) {
        reader_.checked_text("sender", route.sender, check_sender);
        reader_.map("senders", route.senders, check_one_country, check_sender);
    }
    std::string price = "0";
    reader_.checked_text("price", price, [calls](const std::string& text) -> Result<std::string> {
        if (parse_price(text)) return text;
        return wanted(fmt::format("the price of one {}, as \"0.0350\"", calls ? "call" : "segment"));
    });
    route.price = parse_price(price).value_or(Micros{});
    std::int64_t priority = route.priority;
    reader_.whole("priority", priority, 0, 1'000'000);
    route.priority = static_cast<int>(priority);
    reader_.boolean("enabled", route.enabled);
}

void RouteReader::password() {
    const int sources = static_cast<int>(reader_.has("password")) + static_cast<int>(reader_.has("password_file")) +
                        static_cast<int>(reader_.has("password_env"));
    const bool needed = config_.route.kind != "sip" || reader_.has("user");
    if (!needed && sources > 0) {
        file_.complain(table_, "a password is of no use without 'user'");
    } else if (sources != (needed ? 1 : 0)) {
        file_.complain(table_, fmt::format("a route of kind {} {}needs one of 'password_file', 'password_env' and "
                                           "'password'",
                                           config_.route.kind, config_.route.kind == "sip" ? "with 'user' " : ""));
    }
    reader_.secret("password", config_.password);
}

void RouteReader::peer() {
    SmppPeer& peer = config_.smpp;
    reader_.list("hosts", peer.hosts, check_endpoint);
    if (peer.hosts.size() > hosts_max) reader_.complain("hosts", fmt::format("holds at most {} addresses", hosts_max));
    require(!peer.hosts.empty(), "hosts");
    require(reader_.has("system_id"), "system_id");
    reader_.checked_text("system_id", peer.system_id, at_most(system_id_max));
    reader_.checked_text("system_type", peer.system_type, at_most(system_type_max));
    reader_.checked_text("alphabet", peer.alphabet, one_of(alphabets));
    reader_.checked_text("message_id", peer.message_id, one_of(message_ids));
    reader_.checked_text("multipart", peer.multipart, one_of(multiparts));
    reader_.checked_text("service_type", peer.service_type, at_most(service_type_max));
    reader_.map("errors", peer.errors, check_command_status, one_of(error_meanings));
    TableReader dlt = reader_.table("dlt");
    dlt.checked_text("entity", peer.dlt_entity, check_dlt_id);
    dlt.checked_text("content", peer.dlt_content, check_dlt_id);
    dlt.end();
}

void RouteReader::bind() {
    SmppPeer& peer = config_.smpp;
    TableReader bind = reader_.table("bind");
    bind.checked_text("mode", peer.mode, one_of(modes));
    bind.whole("count", peer.binds, 1, 16);
    bind.whole("window", peer.window, 1, 1000);
    bind.whole("segments_per_second", peer.segments_per_second, 1, segments_per_second_max);
    bind.whole("account_segments_per_second", peer.account_segments_per_second, 0, segments_per_second_max);
    bind.checked_text("interface", peer.interface, one_of(versions));
    bind.end();
    const auto all_binds = peer.segments_per_second * peer.binds;
    const auto account = peer.account_segments_per_second;
    config_.route.segments_per_second = static_cast<double>(account == 0 ? all_binds : std::min(all_binds, account));
}

void RouteReader::tls() {
    SmppPeer& peer = config_.smpp;
    TableReader tls = reader_.table("tls");
    tls.boolean("enabled", peer.tls);
    tls.text("ca_file", peer.ca_file);
    tls.text("server_name", peer.server_name);
    tls.text("cert_file", peer.cert_file);
    tls.text("key_file", peer.key_file);
    tls.end();
}

RouteConfig RouteReader::read() && {
    if (!kind()) return std::move(config_);
    policy();
    if (config_.route.kind == "http") {
        config_.http = read_http_peer(file_, table_, reader_, public_url_, config_.route.segments_per_second);
    } else if (config_.route.kind == "sip") {
        password();
        read_sip(file_, table_, reader_, config_.sip);
        config_.sip.trunk.name = config_.route.name;
    } else {
        password();
        peer();
        bind();
        tls();
    }
    reader_.end();
    return std::move(config_);
}

}  // namespace

bool SmppPeer::same_as(const SmppPeer& other) const {
    const auto as_tuple = [](const SmppPeer& peer) {
        return std::tie(peer.hosts, peer.system_id, peer.system_type, peer.mode, peer.binds, peer.window,
                        peer.segments_per_second, peer.account_segments_per_second, peer.interface, peer.tls,
                        peer.ca_file, peer.server_name, peer.cert_file, peer.key_file, peer.multipart,
                        peer.service_type, peer.alphabet, peer.message_id, peer.errors, peer.dlt_entity,
                        peer.dlt_content);
    };
    return as_tuple(*this) == as_tuple(other) && password.matches(other.password.reveal());
}

bool RouteConfig::same_peer_as(const RouteConfig& other) const {
    if (route.kind != other.route.kind) return false;
    if (route.kind == "http") return http.same_as(other.http);
    return route.kind == "sip" ? same_trunk(sip, other.sip) : smpp.same_as(other.smpp);
}

std::vector<RouteConfig> read_routes(ReadFile& file, const toml::table& root, const std::string& public_url) {
    std::vector<RouteConfig> routes;
    const toml::node* node = root.get("route");
    if (node == nullptr) return routes;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous<toml::table>()) {
        file.complain(*node, "routes are written as [[route]] tables");
        return routes;
    }
    if (array->size() > routes_max) file.complain(*node, fmt::format("at most {} routes", routes_max));
    for (const toml::node& element : *array) {
        const toml::table& table = *element.as_table();
        routes.push_back(RouteReader(file, table, public_url).read());
        const std::string& name = routes.back().route.name;
        const auto same = [&](const RouteConfig& other) { return other.route.name == name; };
        if (!name.empty() && std::ranges::count_if(routes, same) > 1) {
            file.complain(table, fmt::format("there are two routes '{}'", name));
        }
    }
    return routes;
}

Result<void> load_passwords(std::vector<RouteConfig>& routes) {
    for (RouteConfig& route : routes) {
        if (route.route.kind == "http") {
            const auto loaded = route.http.load();
            if (!loaded) return wanted(fmt::format("route '{}': {}", route.route.name, loaded.error().detail));
            continue;
        }
        auto secret = route.password.read();
        if (!secret) return wanted(fmt::format("route '{}': {}", route.route.name, secret.error().detail));
        if (route.route.kind == "sip") {
            route.sip.trunk.password = std::move(*secret);
            continue;
        }
        if (secret->reveal().size() > password_max) {
            return wanted(fmt::format("route '{}': its password has more than {} characters, which SMPP cannot carry",
                                      route.route.name, password_max));
        }
        route.smpp.password = std::move(*secret);
    }
    return {};
}

}  // namespace roger::app
