#include "app/sip_route.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "app/config_checks.hpp"
#include "sip/text.hpp"

namespace roger::app {
namespace {

constexpr std::size_t user_max = 64;
constexpr std::size_t dns_servers_max = 4;
constexpr std::int64_t calls_max = 10'000;
constexpr std::uint16_t port_min = 1024;
constexpr std::array<std::pair<std::string_view, sip::SrtpMode>, 3> srtp_words = {{
    {"off", sip::SrtpMode::off},
    {"optional", sip::SrtpMode::optional},
    {"required", sip::SrtpMode::required},
}};

bool consists_of(std::string_view text, std::string_view more) {
    return std::ranges::all_of(text, [more](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letter || more.find(c) != std::string_view::npos;
    });
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

struct HostPort {
    std::string host;  ///< without brackets
    std::uint16_t port = 0;
};

/// "host", "host:5060", "[::1]", "[::1]:5060".
std::optional<HostPort> read_host_port(std::string_view text) {
    HostPort read;
    std::string_view rest;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        read.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
        if (read.host.find(':') == std::string::npos || !sip::is_ip_address(read.host)) return std::nullopt;
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        read.host = text.substr(0, colon);
        rest = text.substr(colon);
        if (read.host.empty() || read.host.size() > 253 || !consists_of(read.host, ".-")) return std::nullopt;
    }
    if (rest.empty()) return read;
    const auto port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt;
    if (!port) return std::nullopt;
    read.port = *port;
    return read;
}

/// "sip:HOST[:PORT][;transport=udp|tcp|tls]".
bool read_uri(std::string_view uri, sip::TrunkOptions& trunk) {
    constexpr std::string_view scheme = "sip:";
    constexpr std::string_view parameter = "transport=";
    if (!uri.starts_with(scheme)) return false;
    uri.remove_prefix(scheme.size());
    const std::size_t semicolon = std::min(uri.find(';'), uri.size());
    const auto where = read_host_port(uri.substr(0, semicolon));
    if (!where) return false;
    trunk.host = where->host;
    trunk.port = where->port;
    if (semicolon == uri.size()) return true;
    const std::string_view transport = uri.substr(semicolon + 1);
    if (transport == "transport=udp") trunk.transport = sip::Transport::udp;
    if (transport == "transport=tcp") trunk.transport = sip::Transport::tcp;
    if (transport == "transport=tls") trunk.transport = sip::Transport::tls;
    return transport.starts_with(parameter) && trunk.transport.has_value();
}

Result<std::string> check_user(const std::string& text) {
    if (!text.empty() && text.size() <= user_max && consists_of(text, ".-_+~")) return text;
    return wanted("1 to 64 letters, digits, '.', '-', '_', '+' and '~'");
}

Result<std::string> check_caller_id(const std::string& text) {
    const std::string digits = text.starts_with('+') ? text.substr(1) : text;
    const bool number = digits.find_first_not_of("0123456789") == std::string::npos;
    if (number && digits.size() >= 3 && digits.size() <= 15) return text;
    return wanted("the number that phones show, as \"+441632960000\"");
}

Result<std::string> check_codec(const std::string& text) {
    if (text == "PCMA" || text == "PCMU") return text;
    return wanted(R"("PCMA" and "PCMU")");
}

Result<std::string> check_literal(const std::string& text) {
    if (sip::is_ip_address(text)) return text;
    return wanted("an IP address");
}

/// "0.0.0.0" would be told to the trunk as where we hear.
Result<std::string> check_bind(const std::string& text) {
    const auto where = read_host_port(text);
    const bool any = text == "0.0.0.0" || text == "::";
    if (where && sip::is_ip_address(where->host) && !any) return text;
    if (sip::is_ip_address(text) && !any) return text;
    return wanted("an IP address of this machine, with the port that SIP is heard at if that matters");
}

/// With its port, which is 53 when it is not given.
Result<std::string> check_dns_server(const std::string& text) {
    const bool bare = sip::is_ip_address(text);
    const auto where = bare ? HostPort{.host = text} : read_host_port(text).value_or(HostPort{});
    if (!sip::is_ip_address(where.host))
        return wanted("addresses of DNS servers, as \"192.0.2.53\" or \"192.0.2.53:5353\"");
    const bool six = where.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", six ? "[" : "", where.host, six ? "]" : "", where.port == 0 ? 53 : where.port);
}

class SipReader {
public:
    SipReader(ReadFile& file, const toml::table& table, TableReader& reader, channel::SipCallOptions& options)
        : file_(file), table_(table), reader_(reader), options_(options), trunk_(options.trunk) {}
    void read() {
        uri();
        identity();
        media();
        network();
        limits();
        tls();
    }

private:
    void uri();
    void identity();
    void media();
    void network();
    void ports(TableReader& network);
    void limits();
    void tls();

    ReadFile& file_;
    const toml::table& table_;
    TableReader& reader_;
    channel::SipCallOptions& options_;
    sip::TrunkOptions& trunk_;
};

void SipReader::uri() {
    std::string uri;
    reader_.text("uri", uri);
    if (!reader_.has("uri")) {
        file_.complain(table_, "a route of kind sip needs 'uri'");
    } else if (!read_uri(uri, trunk_)) {
        reader_.complain("uri", "is written as \"sip:HOST:PORT;transport=udp\", tcp or tls");
    }
}

void SipReader::identity() {
    reader_.checked_text("user", trunk_.user, check_user);
    reader_.checked_text("caller_id", options_.caller_id, check_caller_id);
    reader_.boolean("register", trunk_.registers);
    if (trunk_.registers && trunk_.user.empty()) reader_.complain("register", "needs 'user'");
}

void SipReader::media() {
    std::vector<std::string> codecs{"PCMA", "PCMU"};
    reader_.list("codecs", codecs, check_codec);
    trunk_.codecs.clear();
    for (const std::string& codec : codecs) {
        const auto law = codec == "PCMA" ? voice::G711::a_law : voice::G711::mu_law;
        if (std::ranges::find(trunk_.codecs, law) == trunk_.codecs.end()) trunk_.codecs.push_back(law);
    }
    if (codecs.empty()) reader_.complain("codecs", "is empty, so that nothing could be said");
    reader_.word<sip::SrtpMode>("srtp", trunk_.srtp, srtp_words);
}

void SipReader::network() {
    TableReader network = reader_.table("network");
    std::string bind;
    network.checked_text("bind", bind, check_bind);
    if (sip::is_ip_address(bind)) {
        trunk_.bind_address = bind;
    } else if (const auto where = read_host_port(bind)) {
        trunk_.bind_address = where->host;
        trunk_.bind_port = where->port;
    }
    std::string external;
    network.text("external_address", external);
    if (!external.empty()) network.checked_text("external_address", trunk_.external_address, check_literal);
    network.list("dns_servers", trunk_.dns_servers, check_dns_server);
    if (trunk_.dns_servers.size() > dns_servers_max) network.complain("dns_servers", "has more than four");
    ports(network);
    network.end();
}

void SipReader::ports(TableReader& network) {
    if (!network.has("rtp_ports")) return;
    std::string range;
    network.text("rtp_ports", range);
    const std::size_t dash = std::min(range.find('-'), range.size());
    const auto low = port_of(range.substr(0, dash));
    const auto high = dash == range.size() ? std::nullopt : port_of(range.substr(dash + 1));
    if (low && high && *low >= port_min && *low + 1 < *high) {
        trunk_.rtp_low = *low;
        trunk_.rtp_high = *high;
    } else {
        network.complain("rtp_ports", "is written as \"20000-21999\": two ports a call, none below 1024");
    }
}

void SipReader::limits() {
    TableReader limits = reader_.table("limits");
    std::int64_t calls = 500;
    std::int64_t answer = 40;
    std::int64_t no_response = 4;
    std::int64_t call = 60;
    limits.whole("max_calls", calls, 1, calls_max);
    limits.whole("answer_seconds", answer, 5, 120);
    limits.whole("no_response_seconds", no_response, 1, 30);
    limits.whole("call_seconds", call, 10, 600);
    std::map<std::string, std::string> countries;
    limits.map("max_calls_in", countries, check_one_country, [](const std::string& text) -> Result<std::string> {
        const auto number = port_of(text);
        if (number && *number <= calls_max) return text;
        return wanted("how many calls at a time, as \"20\"");
    });
    limits.end();
    options_.max_calls = static_cast<std::size_t>(calls);
    for (const auto& [country, most] : countries) options_.max_calls_in[country] = *port_of(most);
    trunk_.answer_max = seconds(answer);
    trunk_.no_response_max = seconds(no_response);
    trunk_.call_max = seconds(call);
    const std::int64_t pairs = (trunk_.rtp_high - trunk_.rtp_low + 1) / 2;
    if (calls > pairs) {
        limits.complain("max_calls", fmt::format("is more than the {} pairs of ports in network.rtp_ports", pairs));
    }
}

void SipReader::tls() {
    TableReader tls = reader_.table("tls");
    tls.text("ca_file", trunk_.tls.ca_file);
    tls.text("server_name", trunk_.tls.server_name);
    tls.text("cert_file", trunk_.tls.cert_file);
    tls.text("key_file", trunk_.tls.key_file);
    tls.end();
    const bool given = tls.has("ca_file") || tls.has("server_name") || tls.has("cert_file") || tls.has("key_file");
    if (given && trunk_.transport != sip::Transport::tls) {
        reader_.complain("tls", "is for an uri with transport=tls");
    }
    if (trunk_.tls.cert_file.empty() != trunk_.tls.key_file.empty()) {
        reader_.complain("tls", "needs cert_file and key_file, or neither");
    }
}

}  // namespace

void read_sip(ReadFile& file, const toml::table& table, TableReader& reader, channel::SipCallOptions& options) {
    SipReader(file, table, reader, options).read();
}

bool same_trunk(const channel::SipCallOptions& one, const channel::SipCallOptions& other) {
    const auto as_tuple = [](const channel::SipCallOptions& options) {
        const sip::TrunkOptions& trunk = options.trunk;
        return std::tie(trunk.host, trunk.port, trunk.transport, trunk.user, trunk.registers, trunk.codecs, trunk.srtp,
                        trunk.tls.ca_file, trunk.tls.server_name, trunk.tls.cert_file, trunk.tls.key_file,
                        trunk.bind_address, trunk.bind_port, trunk.external_address, trunk.dns_servers, trunk.rtp_low,
                        trunk.rtp_high, trunk.answer_max, trunk.no_response_max, trunk.call_max, options.caller_id,
                        options.max_calls, options.max_calls_in);
    };
    return as_tuple(one) == as_tuple(other) && one.trunk.password.matches(other.trunk.password.reveal());
}

Result<void> check_trunk(const channel::SipCallOptions& options) {
    if (options.trunk.transport != sip::Transport::tls) return {};
    return sip::check_tls(options.trunk);
}

}  // namespace roger::app
