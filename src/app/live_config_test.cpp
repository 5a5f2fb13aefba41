#include "app/live_config.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/certificates.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::app {
namespace {

using testing_support::make_certificate;

std::string live_error_of(const Config& config) {
    const auto live = load_live(config);
    if (live) return "none";
    EXPECT_EQ(live.error().code, Errc::invalid_argument);
    return live.error().detail;
}

TEST(LiveConfigTest, TlsAndTrustedProxiesAreReadFromTheFile) {
    const auto config = parse_config(
        "[server]\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n[tls]\ncert = \"c.pem\"\nkey = \"k.pem\"\n", "r");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"127.0.0.1", "10.0.0.0/8"}));
    EXPECT_EQ(config->tls_cert, "c.pem");
    EXPECT_EQ(config->tls_key, "k.pem");
}

TEST(LiveConfigTest, AProxyThatIsNoNetworkIsRefusedWithItsLine) {
    const auto config = parse_config("[server]\ntrusted_proxies = [\"127.0.0.1\",\n\"10.0.0.0/99\"]\n", "roger.toml");
    ASSERT_FALSE(config);
    EXPECT_EQ(
        config.error().detail,
        "roger.toml:3: server.trusted_proxies holds IP addresses or networks, as \"127.0.0.1\" or \"10.0.0.0/8\"");
}

TEST(LiveConfigTest, AMistypedKeyOfTlsIsNamedWithItsNeighbour) {
    const auto config = parse_config("[tls]\ncertt = \"c.pem\"\n", "roger.toml");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().detail, "roger.toml:2: unknown key 'tls.certt'; the nearest known key is 'tls.cert'");
}

TEST(LiveConfigTest, WithoutACertificateThereIsNoTls) {
    const auto live = load_live({});
    ASSERT_TRUE(live);
    EXPECT_EQ(live->tls, nullptr);
    EXPECT_TRUE(live->trusted_proxies.empty());
}

TEST(LiveConfigTest, ACertificateIsLoadedWithItsKey) {
    const testing_support::TempDirectory directory;
    const auto files = make_certificate(directory.path(), "a");
    const auto live = load_live({.trusted_proxies = {"127.0.0.1"}, .tls_cert = files.cert, .tls_key = files.key});
    ASSERT_TRUE(live) << live.error().detail;
    EXPECT_NE(live->tls, nullptr);
    EXPECT_EQ(live->trusted_proxies.client_of("127.0.0.1", "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(live->config.tls_cert, files.cert);
}

TEST(LiveConfigTest, HalfATlsAndBadFilesAreRefusedWithASentence) {
    const testing_support::TempDirectory directory;
    const auto files = make_certificate(directory.path(), "a");
    const auto other = make_certificate(directory.path(), "b");
    EXPECT_EQ(live_error_of({.tls_cert = files.cert}), "tls.cert is given without tls.key; TLS needs both");
    EXPECT_EQ(live_error_of({.tls_key = files.key}), "tls.key is given without tls.cert; TLS needs both");
    EXPECT_EQ(live_error_of({.tls_cert = files.cert, .tls_key = other.key}),
              "the key in " + other.key + " is not that of the certificate in " + files.cert);
    EXPECT_EQ(live_error_of({.tls_cert = files.cert, .tls_key = "/nowhere/key"}),
              "the key file /nowhere/key cannot be read: No such file or directory");
    EXPECT_EQ(live_error_of({.trusted_proxies = {"nobody"}}),
              "'nobody' is no IP address or network, such as 127.0.0.1 or 10.0.0.0/8");
}

TEST(LiveConfigTest, AddressesDataAndTheSchemeNeedARestart) {
    const Config running{.tls_cert = "c", .tls_key = "k"};
    Config fresh = running;
    fresh.rate = 1;
    fresh.burst = 2;
    fresh.numbers.deny = {"44"};
    fresh.numbers.countries = {"GB"};
    fresh.trusted_proxies = {"127.0.0.1"};
    fresh.tls_cert = "another";
    fresh.tls_key = "another";
    EXPECT_TRUE(keys_for_restart(running, fresh).empty());
    const Config other{.listen = "127.0.0.1:1", .admin_listen = "127.0.0.1:2", .data = "/other"};
    EXPECT_EQ(keys_for_restart(running, other),
              (std::vector<std::string>{"server.listen", "server.admin_listen", "server.data", "tls"}));
}

}  // namespace
}  // namespace roger::app
