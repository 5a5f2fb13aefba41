#include "app/smpp_peer.hpp"

#include <gtest/gtest.h>

namespace roger::app {
namespace {

TEST(SmppPeerTest, TheChannelGetsWhatTheRouteSays) {
    RouteConfig config;
    config.route.name = "smsc-a";
    config.smpp = {.hosts = {"h:1"},
                   .system_id = "roger",
                   .password = Secret("hush"),
                   .system_type = "otp",
                   .mode = "separate",
                   .binds = 2,
                   .window = 20,
                   .segments_per_second = 50,
                   .account_segments_per_second = 70,
                   .interface = "5.0",
                   .tls = true,
                   .ca_file = "/ca.pem",
                   .server_name = "smsc",
                   .cert_file = "/c.pem",
                   .key_file = "/c.key",
                   .alphabet = "latin1",
                   .multipart = "sar",
                   .service_type = "OTP",
                   .message_id = "hex-in-resp",
                   .errors = {{"0x0000040a", "refused_number"}},
                   .dlt_entity = "11",
                   .dlt_content = "12"};
    const channel::SmppSmsOptions options = smpp_options(config);
    EXPECT_EQ(options.peer.name, "smsc-a");
    EXPECT_EQ(options.peer.hosts, std::vector<std::string>{"h:1"});
    EXPECT_EQ(options.peer.system_id, "roger");
    EXPECT_TRUE(options.peer.password.matches("hush"));
    EXPECT_EQ(options.peer.system_type, "otp");
    EXPECT_EQ(options.peer.mode, smpp::BindMode::separate);
    EXPECT_EQ(options.peer.version, smpp::Version::v5_0);
    EXPECT_EQ(options.peer.binds, 2U);
    EXPECT_EQ(options.peer.window, 20U);
    EXPECT_EQ(options.peer.segments_per_second, 50U);
    EXPECT_EQ(options.peer.account_segments_per_second, 70U);
    EXPECT_TRUE(options.peer.tls.enabled);
    EXPECT_EQ(options.peer.tls.ca_file, "/ca.pem");
    EXPECT_EQ(options.peer.tls.server_name, "smsc");
    EXPECT_EQ(options.peer.tls.cert_file, "/c.pem");
    EXPECT_EQ(options.peer.tls.key_file, "/c.key");
    EXPECT_EQ(options.alphabet, message::Alphabet::latin1);
    EXPECT_EQ(options.multipart, channel::Multipart::sar);
    EXPECT_EQ(options.message_id, pdu::MessageIdForm::hex_in_resp);
    EXPECT_EQ(options.service_type, "OTP");
    EXPECT_EQ(options.peer.errors, (pdu::ErrorMap{{0x40a, pdu::ErrorKind::refused_number}}));
    EXPECT_EQ(options.tlvs, (std::vector<std::pair<std::uint16_t, std::string>>{{0x1400, "11"}, {0x1401, "12"}}));
    EXPECT_EQ(options.sender, "") << "the dispatcher's business";
    EXPECT_EQ(options.price, Micros{});
}

TEST(SmppPeerTest, EveryWordOfTheConfigurationIsKnown) {
    const auto with = [](auto change) {
        RouteConfig config;
        change(config.smpp);
        return smpp_options(config);
    };
    EXPECT_EQ(with([](SmppPeer&) {}).message_id, pdu::MessageIdForm::automatic);
    EXPECT_EQ(with([](SmppPeer& peer) { peer.message_id = "as-is"; }).message_id, pdu::MessageIdForm::as_is);
    EXPECT_EQ(with([](SmppPeer& peer) { peer.message_id = "hex-in-receipt"; }).message_id,
              pdu::MessageIdForm::hex_in_receipt);
    EXPECT_EQ(with([](SmppPeer& peer) { peer.alphabet = "ascii"; }).alphabet, message::Alphabet::ascii);
    EXPECT_EQ(with([](SmppPeer& peer) { peer.alphabet = "ucs2"; }).alphabet, message::Alphabet::ucs2);
    EXPECT_EQ(with([](SmppPeer& peer) { peer.multipart = "payload"; }).multipart, channel::Multipart::payload);
    for (const auto* word : {"refused_number", "refused_route", "throttled", "unavailable"}) {
        EXPECT_EQ(with([word](SmppPeer& peer) { peer.errors["0x00000045"] = word; }).peer.errors.size(), 1U) << word;
    }
}

}  // namespace
}  // namespace roger::app
