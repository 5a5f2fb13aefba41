// TLS towards the peer: only the right certificate of the right name, that has not ended, from the right authority.
#include <gtest/gtest.h>

#include "smpp/scripted_peer_test.hpp"
#include "smpp/session.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::smpp {
namespace {

class SessionTlsTest : public SessionFixture {
protected:
    /// A peer that shows this certificate, and a session that trusts that of `ca_file`.
    void begin_with(const testing_support::CertificateFiles& shown, const std::string& ca_file) {
        server.set_options(boost::asio::ssl::context::default_workarounds);
        server.use_certificate_chain_file(shown.cert);
        server.use_private_key_file(shown.key, boost::asio::ssl::context::pem);
        tls_peer.emplace(io, &server);
        options.hosts = {tls_peer->host()};
        options.tls.enabled = true;
        options.tls.ca_file = ca_file;
        options.tls.server_name = "localhost";
        begin();
    }
    /// The connection came, and no word of SMPP was said on it.
    void expect_refused() {
        run_until([&] { return !tls_peer->connections.empty() && !tls_peer->newest().open(); });
        settle();
        EXPECT_FALSE(session->up());
        EXPECT_TRUE(tls_peer->heard.empty());
    }

    testing_support::TempDirectory directory;
    boost::asio::ssl::context server{boost::asio::ssl::context::tls_server};
    std::optional<ScriptedPeer> tls_peer;
};

TEST_F(SessionTlsTest, TheRightCertificateIsAccepted) {
    const auto files = testing_support::make_certificate(directory.path().string(), "peer");
    begin_with(files, files.cert);
    run_until([&] { return session->up(); });
    EXPECT_TRUE(result(submit()));
    stop();
}

TEST_F(SessionTlsTest, AnotherAuthorityIsRefused) {
    const auto shown = testing_support::make_certificate(directory.path().string(), "peer");
    const auto other = testing_support::make_certificate(directory.path().string(), "other");
    begin_with(shown, other.cert);
    expect_refused();
}

TEST_F(SessionTlsTest, AnotherNameIsRefused) {
    const auto files =
        testing_support::make_certificate(directory.path().string(), "peer", {.name = "other.example.net"});
    begin_with(files, files.cert);
    expect_refused();
}

TEST_F(SessionTlsTest, TheHostIsTheNameUnlessAnotherIsGiven) {
    const auto files =
        testing_support::make_certificate(directory.path().string(), "peer");  // of localhost, not of 127.0.0.1
    begin_with(files, files.cert);
    run_until([&] { return session->up(); });
    session.reset();
    settle();
    tls_peer->connections.clear();
    tls_peer->heard.clear();
    options.tls.server_name = "";
    begin();
    expect_refused();
}

TEST_F(SessionTlsTest, AnEndedCertificateIsRefused) {
    const auto files = testing_support::make_certificate(directory.path().string(), "peer", {.seconds = -60});
    begin_with(files, files.cert);
    expect_refused();
}

TEST_F(SessionTlsTest, TheVersionsBefore12AreRefused) {
    const auto files = testing_support::make_certificate(directory.path().string(), "peer");
    SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_1_VERSION);
    begin_with(files, files.cert);
    expect_refused();
}

TEST_F(SessionTlsTest, APeerThatSpeaksNoTlsIsLeft) {
    options.tls.enabled = true;
    peer.accepted = [](PeerConnection& connection) {
        connection.reset_after(1);
        connection.send_raw({0, 0, 0, 16, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 1});
    };
    begin();
    run_until([&] { return !peer.connections.empty() && !peer.newest().open(); });
    EXPECT_FALSE(session->up());
}

TEST_F(SessionTlsTest, FilesThatCannotBeReadMakeNoSession) {
    options.tls = {.enabled = true, .ca_file = directory.path().string() + "/missing.pem"};
    const auto made = Session::create({io.get_executor(), clock, random, {}}, options);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().detail.find("missing.pem"), std::string::npos);
}

}  // namespace
}  // namespace roger::smpp
