#include "app/sip_route.hpp"

#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/route_config.hpp"
#include "app/smpp_peer.hpp"

namespace roger::app {
namespace {

constexpr std::string_view plain = R"([[route]]
name = "trunk-a"
kind = "sip"
uri = "sip:127.0.0.1:5060;transport=udp"
)";

Result<Config> read_trunk(const std::string& more) {
    return parse_config(std::string(plain) + more, "roger.toml", true);
}

RouteConfig route(const std::string& more) {
    const auto config = read_trunk(more);
    if (!config) {
        ADD_FAILURE() << config.error().detail;
        return {};
    }
    return config->routes.at(0);
}

TEST(SipRouteTest, EveryKeyIsRead) {
    const auto config = parse_config(R"(
[[route]]
name = "trunk-a"
kind = "sip"
channel = "tts"
uri = "sip:sip.example.com:5071;transport=tls"
user = "roger"
password_file = "/run/trunk"
caller_id = "+441632960000"
countries = ["GB"]
price = "0.0120"
priority = 3
register = true
codecs = ["PCMU"]
srtp = "required"
network = { bind = "192.0.2.1:5070", external_address = "198.51.100.7", rtp_ports = "30000-30999", dns_servers = ["192.0.2.53", "[2001:db8::53]:5353"] }
limits = { max_calls = 50, answer_seconds = 30, no_response_seconds = 5, call_seconds = 90, max_calls_in = { GB = "20" } }
tls = { ca_file = "/ca.pem", server_name = "trunk.example.com", cert_file = "/c.pem", key_file = "/c.key" }
)",
                                     "roger.toml", true);
    ASSERT_TRUE(config) << config.error().detail;
    const RouteConfig& route = config->routes.at(0);
    EXPECT_EQ(route.route.kind, "sip");
    EXPECT_EQ(route.route.channel, message::Channel::tts);
    EXPECT_EQ(route.route.price, Micros{12'000});
    const sip::TrunkOptions& trunk = route.sip.trunk;
    EXPECT_EQ(trunk.name, "trunk-a");
    EXPECT_EQ(trunk.host, "sip.example.com");
    EXPECT_EQ(trunk.port, 5071);
    EXPECT_EQ(trunk.transport, sip::Transport::tls);
    EXPECT_EQ(trunk.user, "roger");
    EXPECT_TRUE(trunk.registers);
    EXPECT_EQ(trunk.codecs, std::vector{voice::G711::mu_law});
    EXPECT_EQ(trunk.srtp, sip::SrtpMode::required);
    EXPECT_EQ(trunk.bind_address, "192.0.2.1");
    EXPECT_EQ(trunk.bind_port, 5070);
    EXPECT_EQ(trunk.external_address, "198.51.100.7");
    EXPECT_EQ(trunk.dns_servers, (std::vector<std::string>{"192.0.2.53:53", "[2001:db8::53]:5353"}));
    EXPECT_EQ(trunk.rtp_low, 30000);
    EXPECT_EQ(trunk.rtp_high, 30999);
    EXPECT_EQ(trunk.answer_max, seconds(30));
    EXPECT_EQ(trunk.no_response_max, seconds(5));
    EXPECT_EQ(trunk.call_max, seconds(90));
    EXPECT_EQ(trunk.tls.ca_file, "/ca.pem");
    EXPECT_EQ(trunk.tls.server_name, "trunk.example.com");
    EXPECT_EQ(route.sip.caller_id, "+441632960000");
    EXPECT_EQ(route.sip.max_calls, 50U);
    EXPECT_EQ(route.sip.max_calls_in.at("GB"), 20U);
}

TEST(SipRouteTest, DefaultsAreThoseOfTheContract) {
    const RouteConfig got = route("");
    EXPECT_EQ(got.route.channel, message::Channel::tts);
    EXPECT_EQ(got.sip.trunk.codecs, (std::vector{voice::G711::a_law, voice::G711::mu_law}));
    EXPECT_EQ(got.sip.trunk.srtp, sip::SrtpMode::off);
    EXPECT_EQ(got.sip.trunk.answer_max, seconds(40));
    EXPECT_EQ(got.sip.trunk.no_response_max, seconds(4));
    EXPECT_EQ(got.sip.trunk.call_max, seconds(60));
    EXPECT_EQ(got.sip.max_calls, 500U);
    EXPECT_FALSE(got.sip.trunk.registers);
}

TEST(SipRouteTest, UrisAreReadOrRefused) {
    const auto uri = [](const std::string& text) {
        return parse_config("[[route]]\nname = \"a\"\nkind = \"sip\"\nuri = \"" + text + "\"\n", "roger.toml", true);
    };
    EXPECT_EQ(uri("sip:trunk.example.com")->routes.at(0).sip.trunk.port, 0);
    EXPECT_EQ(uri("sip:trunk.example.com")->routes.at(0).sip.trunk.transport, std::nullopt);
    EXPECT_EQ(uri("sip:[2001:db8::1]:5062;transport=tcp")->routes.at(0).sip.trunk.host, "2001:db8::1");
    for (const char* text : {"", "trunk.example.com", "sips:h", "sip:", "sip:h:0", "sip:h:70000", "sip:h:", "sip:u@h",
                             "sip:h;transport=sctp", "sip:h;lr", "sip:h;transport=udp;x", "sip:[::1", "sip:[h]",
                             "sip:h\\r\\nX", "sip:a b"}) {
        const auto refused = uri(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().detail,
                  "roger.toml:4: route.uri is written as \"sip:HOST:PORT;transport=udp\", tcp or tls")
            << text;
    }
}

TEST(SipRouteTest, MistakesAreNamed) {
    const std::pair<const char*, const char*> cases[] = {
        {"channel = \"sms\"", "route.channel \"sms\" does not go over SIP; its channel is \"tts\""},
        {"sender = \"ACME\"", "unknown key 'route.sender'"},
        {"hosts = [\"h:1\"]", "unknown key 'route.hosts'"},
        {"user = \"a\\\"b\"\npassword_env = \"P\"",
         "route.user is 1 to 64 letters, digits, '.', '-', '_', '+' and '~'"},
        {"caller_id = \"ACME\"", "route.caller_id is the number that phones show, as \"+441632960000\""},
        {"register = true", "route.register needs 'user'"},
        {"codecs = [\"opus\"]", "route.codecs holds \"PCMA\" and \"PCMU\""},
        {"codecs = []", "route.codecs is empty, so that nothing could be said"},
        {"srtp = \"dtls\"", "route.srtp is one of \"off\", \"optional\", \"required\""},
        {"network = { bind = \"0.0.0.0\" }",
         "route.network.bind is an IP address of this machine, with the port that SIP is heard at if that matters"},
        {"network = { dns_servers = [\"dns.example.com\"] }",
         "route.network.dns_servers holds addresses of DNS servers, as \"192.0.2.53\" or \"192.0.2.53:5353\""},
        {"network = { external_address = \"me\" }", "route.network.external_address is an IP address"},
        {"network = { rtp_ports = \"20000\" }",
         "route.network.rtp_ports is written as \"20000-21999\": two ports a call, none below 1024"},
        {"network = { rtp_ports = \"20000-20009\" }\nlimits = { max_calls = 6 }",
         "route.limits.max_calls is more than the 5 pairs of ports in network.rtp_ports"},
        {"tls = { ca_file = \"/ca.pem\" }", "route.tls is for an uri with transport=tls"},
        {"limits = { max_calls_in = { GB = \"many\" } }",
         "route.limits.max_calls_in holds how many calls at a time, as \"20\""},
        {"limits = { calls = 1 }", "unknown key 'route.limits.calls'"},
    };
    for (const auto& [more, sentence] : cases) {
        const auto config = read_trunk(more);
        ASSERT_FALSE(config) << more;
        EXPECT_NE(config.error().detail.find(sentence), std::string::npos) << config.error().detail;
    }
    EXPECT_NE(read_trunk("user = \"roger\"\n").error().detail.find("a route of kind sip with 'user' needs one of"),
              std::string::npos);
    EXPECT_NE(read_trunk("password = \"x\"\n").error().detail.find("a password is of no use without 'user'"),
              std::string::npos);
}

TEST(SipRouteTest, ATrunkStaysWhenOnlyItsRouteChanges) {
    const RouteConfig one = route("");
    EXPECT_TRUE(one.same_peer_as(route("price = \"1\"\npriority = 1\n")));
    EXPECT_FALSE(one.same_peer_as(route("codecs = [\"PCMA\"]\n")));
    EXPECT_FALSE(one.same_peer_as(route("limits = { max_calls = 7 }\n")));
    RouteConfig other = one;
    other.sip.trunk.password = Secret("x");
    EXPECT_FALSE(one.same_peer_as(other));
    other = one;
    other.route.kind = "smpp";
    EXPECT_FALSE(one.same_peer_as(other));
}

TEST(SipRouteTest, TheFilesOfATrunkOverTlsAreOpened) {
    std::vector<RouteConfig> routes{route("")};
    EXPECT_TRUE(check_peers(routes));
    routes[0].sip.trunk.transport = sip::Transport::tls;
    routes[0].sip.trunk.tls.ca_file = "/nonexistent/ca.pem";
    const auto refused = check_peers(routes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail, "route 'trunk-a': the authorities' file /nonexistent/ca.pem cannot be used");
}

}  // namespace
}  // namespace roger::app
