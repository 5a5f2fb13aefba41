#include "http/trusted_proxies.hpp"

#include <gtest/gtest.h>

namespace roger::http {
namespace {

TrustedProxies trusting(const std::vector<std::string>& networks) {
    auto proxies = TrustedProxies::parse(networks);
    EXPECT_TRUE(proxies) << (proxies ? "" : proxies.error().detail);
    return proxies ? *proxies : TrustedProxies();
}

TEST(TrustedProxiesTest, NobodyIsBelievedUnlessNamed) {
    EXPECT_TRUE(TrustedProxies().empty());
    EXPECT_EQ(TrustedProxies().client_of("192.0.2.1", "198.51.100.7"), "192.0.2.1");
    EXPECT_EQ(trusting({"192.0.2.2"}).client_of("192.0.2.1", "198.51.100.7"), "192.0.2.1");
    EXPECT_EQ(trusting({"0.0.0.0/0", "::/0"}).client_of("local", "198.51.100.7"), "local");
    EXPECT_EQ(trusting({"0.0.0.0/0"}).client_of("", "198.51.100.7"), "");
}

// Peer and X-Forwarded-For, and who it is when 127.0.0.1, 10.0.0.0/8, ::1 and 2001:db8:f::/48 are trusted.
TEST(TrustedProxiesTest, TheClientIsTheRightmostWhoIsNoProxy) {
    const TrustedProxies proxies = trusting({"127.0.0.1", "10.0.0.0/8", "::1", "2001:db8:f::/48"});
    struct Case {
        std::string peer, forwarded, client;
    };
    const std::vector<Case> cases{
        {"127.0.0.1", "198.51.100.7", "198.51.100.7"},
        {"::1", "198.51.100.7", "198.51.100.7"},
        {"127.0.0.1", "2001:db8::7", "2001:db8::7"},
        {"127.0.0.1", "2001:DB8:0:0::7", "2001:db8::7"},
        {"2001:db8:f:1::9", "2001:db8:e::7", "2001:db8:e::7"},
        // Through several proxies.
        {"127.0.0.1", "198.51.100.7, 10.1.2.3", "198.51.100.7"},
        {"127.0.0.1", "198.51.100.7,10.1.2.3 ,\t10.255.0.1", "198.51.100.7"},
        {"127.0.0.1", "198.51.100.7, 2001:db8:f::2", "198.51.100.7"},
        // What the client itself wrote stands further left.
        {"127.0.0.1", "203.0.113.99, 198.51.100.7", "198.51.100.7"},
        {"127.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"},
        {"127.0.0.1", "203.0.113.99, 10.0.0.9, 198.51.100.7, 10.0.0.1", "198.51.100.7"},
        // Nothing that is an address: the last who is known.
        {"127.0.0.1", "", "127.0.0.1"},
        {"127.0.0.1", " , ,", "127.0.0.1"},
        {"127.0.0.1", "unknown", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, unknown", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, garbage, 10.0.0.1", "10.0.0.1"},
        {"127.0.0.1", "198.51.100.7, 256.1.1.1", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, 1.2.3", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, 010.0.0.1.5", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, 198.51.100.8/32", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, fe80::1%eth0", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, " + std::string(400, '1'), "127.0.0.1"},
        {"127.0.0.1", std::string("198.51.100.7\0", 13), "127.0.0.1"},
        // All of them ours: the furthest.
        {"127.0.0.1", "10.0.0.7, 10.0.0.8", "10.0.0.7"},
        // With ports, as some proxies write them.
        {"127.0.0.1", "198.51.100.7:4711", "198.51.100.7"},
        {"127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"},
        {"127.0.0.1", "[2001:db8::7]", "2001:db8::7"},
        {"127.0.0.1", "198.51.100.7:", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7:http", "127.0.0.1"},
        {"127.0.0.1", "[2001:db8::7", "127.0.0.1"},
        {"127.0.0.1", "[2001:db8::7]x", "127.0.0.1"},
        // IPv4 written as IPv6 is the same address.
        {"127.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"},
        {"127.0.0.1", "198.51.100.7, ::ffff:10.0.0.1", "198.51.100.7"},
        {"::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"},
    };
    for (const auto& [peer, forwarded, client] : cases) {
        EXPECT_EQ(proxies.client_of(peer, forwarded), client) << peer << " | " << forwarded;
    }
}

TEST(TrustedProxiesTest, APrefixCutsWithinAByteToo) {
    const TrustedProxies proxies = trusting({"172.16.0.0/12", "2001:db8::/33"});
    EXPECT_EQ(proxies.client_of("172.31.255.255", "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(proxies.client_of("172.32.0.0", "192.0.2.1"), "172.32.0.0");
    EXPECT_EQ(proxies.client_of("2001:db8:7fff::1", "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(proxies.client_of("2001:db8:8000::1", "192.0.2.1"), "2001:db8:8000::1");
    const TrustedProxies all = trusting({"0.0.0.0/0"});
    EXPECT_EQ(all.client_of("203.0.113.1", "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(all.client_of("2001:db8::1", "192.0.2.1"), "2001:db8::1");
}

TEST(TrustedProxiesTest, BitsBeyondThePrefixDoNotCount) {
    EXPECT_EQ(trusting({"10.9.8.7/8"}).client_of("10.0.0.1", "192.0.2.1"), "192.0.2.1");
}

TEST(TrustedProxiesTest, ContainsTheAddressesOfItsNetworks) {
    const auto networks = *TrustedProxies::parse({"10.0.0.0/8", "2001:db8::/32"});
    for (const char* text : {"10.1.2.3", "2001:db8::7", "::ffff:10.0.0.1"})
        EXPECT_TRUE(networks.contains(text)) << text;
    for (const char* text : {"11.0.0.1", "2001:db9::1", "local", ""}) EXPECT_FALSE(networks.contains(text)) << text;
}

TEST(TrustedProxiesTest, RefusesWhatIsNoNetwork) {
    for (const char* text : {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "/8",
                             "10.0.0", "::/129", "::1/", "127.0.0.1:80", "[::1]", " 127.0.0.1", "10.0.0.0/8/8", "*"}) {
        const auto proxies = TrustedProxies::parse({"127.0.0.1", text});
        ASSERT_FALSE(proxies) << text;
        EXPECT_EQ(proxies.error().code, Errc::invalid_argument);
        EXPECT_NE(proxies.error().detail.find("'" + std::string(text) + "'"), std::string::npos);
    }
}

}  // namespace
}  // namespace roger::http
