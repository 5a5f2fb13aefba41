#include "app/route_config.hpp"

#include <sys/stat.h>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/live_config.hpp"
#include "app/read_config_test.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

/// A route with what it needs, and `more`, whose first line is line 6.
std::string route_with(const std::string& more) {
    return "[[route]]\nname = \"a\"\nhosts = [\"127.0.0.1:2775\"]\nsystem_id = \"roger\"\npassword_file = \"/p\"\n" +
           more;
}

TEST(RouteConfigTest, EveryKeyIsRead) {
    const RouteConfig config = only_route(R"(
[[route]]
name = "smsc-a"
kind = "smpp"
channel = "sms"
hosts = ["127.0.0.1:2775", "[::1]:2776", "smsc.example.com:3550"]
system_id = "roger"
system_type = "otp"
password_env = "SMSC_A"
countries = ["GB", "IN"]
prefixes = ["+4477"]
networks = ["234-15", "310-260"]
sender = "ACME"
senders = { IN = "ACMEIN", US = "+12015550123" }
price = "0.0350"
priority = 3
enabled = false
bind = { mode = "separate", count = 2, window = 20, segments_per_second = 50, interface = "5.0" }
tls = { enabled = true, ca_file = "/ca.pem", server_name = "smsc.example.com", cert_file = "/c.pem", key_file = "/c.key" }
alphabet = "latin1"
message_id = "hex-in-resp"
multipart = "sar"
service_type = "OTP"
errors = { "0x0000040A" = "refused_number", "0x45" = "throttled" }
dlt = { entity = "1101234567890123456", content = "1107123456789012345" }
)");
    const routing::Route& route = config.route;
    EXPECT_EQ(config.line, 2U);
    EXPECT_EQ(route.name, "smsc-a");
    EXPECT_EQ(route.channel, message::Channel::sms);
    EXPECT_EQ(route.countries, (std::vector<std::string>{"GB", "IN"}));
    EXPECT_EQ(route.prefixes, std::vector<std::string>{"4477"});
    EXPECT_EQ(route.networks, (std::vector<std::string>{"23415", "310260"}));
    EXPECT_EQ(route.sender, "ACME");
    EXPECT_EQ(route.senders, (std::map<std::string, std::string>{{"IN", "ACMEIN"}, {"US", "12015550123"}}));
    EXPECT_EQ(route.price, Micros{35'000});
    EXPECT_EQ(route.priority, 3);
    EXPECT_FALSE(route.enabled);
    EXPECT_EQ(route.segments_per_second, 100) << "of all binds";
    const SmppPeer& peer = config.smpp;
    EXPECT_EQ(peer.hosts, (std::vector<std::string>{"127.0.0.1:2775", "[::1]:2776", "smsc.example.com:3550"}));
    EXPECT_EQ(peer.system_id, "roger");
    EXPECT_EQ(peer.system_type, "otp");
    EXPECT_EQ(config.password.environment, "SMSC_A");
    EXPECT_EQ(peer.mode, "separate");
    EXPECT_EQ(peer.binds, 2);
    EXPECT_EQ(peer.window, 20);
    EXPECT_EQ(peer.segments_per_second, 50);
    EXPECT_EQ(peer.interface, "5.0");
    EXPECT_TRUE(peer.tls);
    EXPECT_EQ(peer.ca_file, "/ca.pem");
    EXPECT_EQ(peer.server_name, "smsc.example.com");
    EXPECT_EQ(peer.cert_file, "/c.pem");
    EXPECT_EQ(peer.key_file, "/c.key");
    EXPECT_EQ(peer.alphabet, "latin1");
    EXPECT_EQ(peer.multipart, "sar");
    EXPECT_EQ(peer.service_type, "OTP");
    EXPECT_EQ(peer.message_id, "hex-in-resp");
    EXPECT_EQ(peer.errors,
              (std::map<std::string, std::string>{{"0x0000040a", "refused_number"}, {"0x00000045", "throttled"}}));
    EXPECT_EQ(peer.dlt_entity, "1101234567890123456");
    EXPECT_EQ(peer.dlt_content, "1107123456789012345");
}

TEST(RouteConfigTest, AShortRouteHasTheDefaults) {
    const RouteConfig config = only_route(route_with(""));
    EXPECT_EQ(config.route.countries, std::vector<std::string>{"*"});
    EXPECT_EQ(config.route.priority, 10);
    EXPECT_TRUE(config.route.enabled);
    EXPECT_EQ(config.route.price, Micros{});
    EXPECT_EQ(config.route.segments_per_second, 100);
    EXPECT_EQ(config.smpp.mode, "transceiver");
    EXPECT_EQ(config.smpp.binds, 1);
    EXPECT_EQ(config.smpp.window, 10);
    EXPECT_EQ(config.smpp.alphabet, "gsm");
    EXPECT_EQ(config.smpp.message_id, "auto");
    EXPECT_FALSE(config.smpp.tls);
}

TEST(RouteConfigTest, EachMistakeHasItsLineAndSaysWhatBelongsThere) {
    const std::pair<const char*, const char*> cases[] = {
        {"host = []", "unknown key 'route.host'; the nearest known key is 'route.hosts'"},
        {"bind = { windw = 1 }", "unknown key 'route.bind.windw'; the nearest known key is 'route.bind.window'"},
        {"bind = 3", "route.bind is a table: { key = value, … }"},
        {"bind = { window = 0 }", "route.bind.window is a whole number from 1 to 1000"},
        {"bind = { count = 1.5 }", "route.bind.count is a whole number from 1 to 16"},
        {"bind = { mode = \"trx\" }", "route.bind.mode is one of \"transceiver\", \"separate\""},
        {"tls = { enabled = 1 }", "route.tls.enabled is true or false"},
        {"price = 0.035", "route.price is a text in quotes"},
        {"price = \"3,5\"", "route.price is the price of one segment, as \"0.0350\""},
        {"networks = [\"23415\"]", "route.networks holds mobile networks as MCC-MNC, as \"234-15\""},
        {"prefixes = [\"44x\"]", "route.prefixes holds numbers or prefixes in international form, as \"+4477\""},
        {"countries = []", "route.countries is empty, so that the route serves nobody"},
        {"senders = { india = \"A\" }",
         "route.senders has keys that are ISO 3166-1 countries in capitals, as GB, not 'india'"},
        {"senders = { IN = \"a-b\" }",
         "route.senders holds a sender ID: 1 to 11 letters, digits and spaces, or a number of up to 15 digits"},
        {"channel = \"tts\"", "route.channel \"tts\" does not go over SMPP; its channel is \"sms\""},
        {"errors = { \"1034\" = \"throttled\" }",
         "route.errors has keys that are command_status in hexadecimal, as \"0x0000040A\", not '1034'"},
        {"errors = { \"0x1\" = \"bad\" }",
         "route.errors holds one of \"refused_number\", \"refused_route\", \"throttled\", \"unavailable\""},
        {"dlt = { entity = \"ACME\" }", "route.dlt.entity is an id of digits, as the DLT registry gave it"},
        {"kind = \"smp\"", "route.kind is one of \"smpp\", \"http\", \"sip\""},
    };
    for (const auto& [more, sentence] : cases) {
        EXPECT_EQ(error_of(route_with(more)), "roger.toml:6: " + std::string(sentence)) << more;
    }
}

TEST(RouteConfigTest, WhatARouteCannotDoWithoutIsAskedFor) {
    EXPECT_EQ(error_of("[[route]]\n"), "roger.toml:1: a route of kind smpp needs 'name'");
    EXPECT_EQ(error_of("[[route]]\nname = \"a\"\npassword_file = \"p\"\nsystem_id = \"r\"\n"),
              "roger.toml:1: a route of kind smpp needs 'hosts'");
    EXPECT_EQ(error_of("[[route]]\nname = \"a\"\nhosts = [\"h:1\"]\npassword_file = \"p\"\n"),
              "roger.toml:1: a route of kind smpp needs 'system_id'");
    EXPECT_EQ(error_of("[[route]]\nname = \"a\"\nhosts = [\"h:1\"]\nsystem_id = \"r\"\n"),
              "roger.toml:1: a route of kind smpp needs one of 'password_file', 'password_env' and 'password'");
    EXPECT_EQ(error_of(route_with("password_env = \"P\"\n")),
              "roger.toml:1: a route of kind smpp needs one of 'password_file', 'password_env' and 'password'");
    EXPECT_EQ(error_of("route = 1\n"), "roger.toml:1: routes are written as [[route]] tables");
    EXPECT_EQ(error_of(route_with("") + route_with("")), "roger.toml:6: there are two routes 'a'");
}

TEST(RouteConfigTest, NamesAndAddressesAreChecked) {
    for (const auto* name : {"", "A", "a b", "handset", "ä", "a23456789012345678901234567890123"}) {
        EXPECT_NE(error_of("[[route]]\nname = \"" + std::string(name) + "\"\n").find("small letters"),
                  std::string::npos)
            << name;
    }
    for (const auto* host : {"", "h", "h:", ":1", "h:0", "h:65536", "h:1x", "::1:2775", "h/x:1"}) {
        const auto text = "[[route]]\nname = \"a\"\npassword_file = \"p\"\nhosts = [\"" + std::string(host) + "\"]\n";
        EXPECT_NE(error_of(text).find("HOST:PORT"), std::string::npos) << host;
    }
}

TEST(RouteConfigTest, APasswordInTheFileNeedsAFileOfItsOwners) {
    const std::string text = "[[route]]\nname = \"a\"\nhosts = [\"h:1\"]\nsystem_id = \"r\"\npassword = \"hush\"\n";
    EXPECT_EQ(error_of(text),
              "roger.toml:5: route.password may stand in a file that only its owner can read (chmod 600); else use "
              "password_file");
    EXPECT_EQ(error_of(text, true), "none");

    const testing_support::TempDirectory directory;
    const std::string path = directory.path() / "roger.toml";
    std::ofstream(path) << text;
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    EXPECT_FALSE(read_config(path));
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    const auto live = read_config(path).and_then(load_live);
    ASSERT_TRUE(live) << live.error().detail;
    EXPECT_EQ(live->config.routes.at(0).smpp.password.reveal(), "hush");
}

TEST(RouteConfigTest, PasswordsComeFromAFileOrTheEnvironment) {
    const testing_support::TempDirectory directory;
    const std::string path = directory.path() / "password";
    const auto load = [](const PasswordSource& source) {
        RouteConfig route;
        route.route.name = "a";
        route.password = source;
        std::vector<RouteConfig> routes{route};
        const auto loaded = load_passwords(routes);
        return loaded ? std::string(routes[0].smpp.password.reveal()) : loaded.error().detail;
    };
    EXPECT_EQ(load({.file = path, .environment = "", .literal = {}}),
              "route 'a': the password file " + path + " cannot be read");
    std::ofstream(path) << "hush\r\nmore\n";
    EXPECT_EQ(load({.file = path, .environment = "", .literal = {}}), "hush");
    std::ofstream(path) << "far too long\n";
    EXPECT_EQ(load({.file = path, .environment = "", .literal = {}}),
              "route 'a': its password has more than 8 characters, which SMPP cannot carry");
    ASSERT_EQ(::setenv("ROGER_TEST_PASSWORD", "quiet", 1), 0);
    EXPECT_EQ(load({.file = "", .environment = "ROGER_TEST_PASSWORD", .literal = {}}), "quiet");
    ASSERT_EQ(::unsetenv("ROGER_TEST_PASSWORD"), 0);
    EXPECT_EQ(load({.file = "", .environment = "ROGER_TEST_PASSWORD", .literal = {}}),
              "route 'a': the environment has no ROGER_TEST_PASSWORD");
}

TEST(RouteConfigTest, OnlyWhatThePeerSeesMakesItAnotherPeer) {
    const RouteConfig one = only_route(route_with(""));
    EXPECT_TRUE(one.smpp.same_as(only_route(route_with("price = \"1\"\npriority = 1\nsender = \"B\"\n")).smpp));
    EXPECT_FALSE(one.smpp.same_as(only_route(route_with("bind = { window = 11 }\n")).smpp));
    RouteConfig other = one;
    other.smpp.password = Secret("another");
    EXPECT_FALSE(one.smpp.same_as(other.smpp));
}

}  // namespace
}  // namespace roger::app
