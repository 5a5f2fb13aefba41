#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <fstream>
#include <optional>

#include "http/server_fixture_test.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temp_directory.hpp"

namespace roger::http {
namespace {

using testing_support::CertificateFiles;
using testing_support::make_certificate;

std::shared_ptr<const TlsContext> load(const CertificateFiles& files) {
    auto context = TlsContext::load(files.cert, files.key);
    EXPECT_TRUE(context) << (context ? "" : context.error().detail);
    return context ? *context : nullptr;
}

std::string sentence_of(const std::string& cert, const std::string& key) {
    const auto context = TlsContext::load(cert, key);
    EXPECT_FALSE(context);
    if (context) return "";
    EXPECT_EQ(context.error().code, Errc::invalid_argument);
    return context.error().detail;
}

struct FreeSsl {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

struct ClientOptions {
    int version_min = TLS1_2_VERSION;
    int version_max = TLS1_3_VERSION;
    const char* ciphers = nullptr;  ///< of TLS 1.2
    std::string alpn;               ///< as it goes over the wire
    SSL_SESSION* session = nullptr;
};

/// Blocking. Gives up after 10 s.
class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, const ClientOptions& options = {})
        : context_(SSL_CTX_new(TLS_client_method())), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        SSL_CTX_set_security_level(context_.get(), 0);  // so that the client offers what the server is to refuse
        SSL_CTX_set_min_proto_version(context_.get(), options.version_min);
        SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
        if (options.ciphers != nullptr) {
            EXPECT_EQ(SSL_CTX_set_cipher_list(context_.get(), options.ciphers), 1);
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket_);
        if (!options.alpn.empty()) {
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                                static_cast<unsigned>(options.alpn.size()));
        }
        if (options.session != nullptr) SSL_set_session(ssl_.get(), options.session);
        connected_ = SSL_connect(ssl_.get()) == 1;
        if (!connected_) reason_ = ERR_GET_REASON(ERR_peek_error());
        ERR_clear_error();
    }
    ~TlsClient() { close(); }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }
    void shrink_window() {
        const int bytes = 4096;
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] int reason() const { return reason_; }
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }
    [[nodiscard]] std::string name() {
        const std::unique_ptr<X509, FreeSsl> certificate(SSL_get1_peer_certificate(ssl_.get()));
        char text[256] = "";
        if (certificate) {
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text, sizeof text);
        }
        return text;
    }
    void send(std::string_view text) {
        EXPECT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())), static_cast<int>(text.size()));
    }
    /// One response with Content-Length: its body.
    std::string read_body() {
        std::size_t head = 0;
        while ((head = received_.find("\r\n\r\n")) == std::string::npos && receive()) {
        }
        if (head == std::string::npos) return "no head: " + received_;
        const std::size_t length = std::stoul(received_.substr(received_.find("Content-Length: ") + 16));
        while (received_.size() < head + 4 + length && receive()) {
        }
        std::string body = received_.substr(head + 4, length);
        received_.erase(0, head + 4 + length);
        return body;
    }
    std::string read_to_end() {
        while (receive()) {
        }
        return std::exchange(received_, "");
    }
    /// Whether the server said close_notify, instead of just going away.
    [[nodiscard]] bool was_told_goodbye() { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

private:
    bool receive() {
        char bytes[16 * 1024];
        const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
        ERR_clear_error();
        if (got <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    std::unique_ptr<SSL_CTX, FreeSsl> context_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
    int socket_;
    bool connected_ = false;
    int reason_ = 0;
    std::string received_;
};

constexpr std::string_view get = "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view get_and_close = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr std::string_view echoed = "0 /a b=c ";

class TlsTest : public testing::Test {
protected:
    [[nodiscard]] Options options() { return {.tls = load(files_)}; }
    testing_support::TempDirectory temporary_;
    std::string directory_ = temporary_.path();
    CertificateFiles files_ = make_certificate(directory_, "first", {.name = "first.example"});
};

TEST_F(TlsTest, AnswersRequestAfterRequestOnOneConnection) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TestServer server(options());
        TlsClient client(server.port(), {.version_min = version, .version_max = version});
        ASSERT_TRUE(client.connected());
        EXPECT_EQ(SSL_version(client.ssl()), version);
        EXPECT_EQ(client.name(), "first.example");
        for (int i = 0; i < 3; ++i) {
            client.send(get);
            EXPECT_EQ(client.read_body(), echoed);
        }
        client.send(std::string(get) + std::string(get));  // pipelined, in one record
        EXPECT_EQ(client.read_body(), echoed);
        EXPECT_EQ(client.read_body(), echoed);
    }
}

TEST_F(TlsTest, ReadsARequestThatComesByteByByte) {
    TestServer server(options());
    TlsClient client(server.port());
    for (const char c : get) client.send({&c, 1});
    EXPECT_EQ(client.read_body(), echoed);
}

TEST_F(TlsTest, SaysGoodbyeWhenItEndsAConnection) {
    TestServer server(options());
    TlsClient client(server.port());
    client.send(get_and_close);
    EXPECT_EQ(client.read_body(), "0 /last  ");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(client.was_told_goodbye());
}

TEST_F(TlsTest, RefusesOldProtocolsAndCiphersWithoutForwardSecrecy) {
    TestServer server(options());
    EXPECT_FALSE(TlsClient(server.port(), {.version_min = TLS1_VERSION, .version_max = TLS1_1_VERSION}).connected());
    for (const char* ciphers :
         {"AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"}) {
        EXPECT_FALSE(TlsClient(server.port(), {.version_max = TLS1_2_VERSION, .ciphers = ciphers}).connected())
            << ciphers;
    }
    EXPECT_TRUE(TlsClient(server.port(), {.version_max = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"})
                    .connected());
}

TEST_F(TlsTest, AgreesOnHttp11AndOnNothingElse) {
    TestServer server(options());
    TlsClient both(server.port(), {.alpn = "\x02h2\x08http/1.1"});
    ASSERT_TRUE(both.connected());
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(both.ssl(), &chosen, &length);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(chosen), length), "http/1.1");
    const TlsClient other(server.port(), {.alpn = "\x02h2"});
    EXPECT_FALSE(other.connected());
    EXPECT_EQ(other.reason(), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
}

TEST_F(TlsTest, TellsAClientThatSpeaksHttpToSpeakHttps) {
    TestServer server(options());
    RawClient client(server.port());
    client.send(get);
    const Seen seen = client.read_response();
    EXPECT_NE(seen.head.find("HTTP/1.1 400 "), std::string::npos) << seen.head;
    EXPECT_EQ(seen.body, "this port speaks HTTPS; write https:// in the URL\n");
    EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(TlsTest, EndsAHandshakeThatTakesTooLong) {
    Options slow = options();
    slow.limits.header_deadline = milliseconds(200);
    TestServer server(std::move(slow));
    RawClient silent(server.port());
    RawClient half(server.port());
    half.send("\x16\x03\x01\x02");
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_EQ(half.read_to_end(), "");
}

TEST_F(TlsTest, AnswersARequestThatTakesTooLongBy408) {
    Options slow = options();
    slow.limits.header_deadline = milliseconds(200);
    TestServer server(std::move(slow));
    TlsClient client(server.port());
    client.send("GET / HTTP/1.1\r\n");
    EXPECT_EQ(client.read_to_end().substr(0, 13), "HTTP/1.1 408 ");
    EXPECT_TRUE(client.was_told_goodbye());
}

TEST_F(TlsTest, GarbageEndsTheConnectionAndNothingElse) {
    TestServer server(options());
    RawClient client(server.port());
    client.send(std::string("\x16\x03\x01\x00\x05", 5) + "aaaaaaaaaaaaaaaaaaaaaaa");
    client.read_to_end();
    EXPECT_TRUE(TlsClient(server.port()).connected());
}

// Much more than a record, and than the socket takes at once.
TEST_F(TlsTest, CarriesLargeBodiesBothWaysWhole) {
    Options large = options();
    large.limits.body_bytes_max = 8U << 20U;
    TestServer server(std::move(large));
    TlsClient client(server.port());
    std::string body(6U << 20U, 'x');
    for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
    client.send(fmt::format("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.size()));
    client.send(body);
    EXPECT_TRUE(client.read_body() == "1 /p  " + body);
    client.send(get);
    EXPECT_EQ(client.read_body(), echoed);
}

TEST_F(TlsTest, AnAnswerThatNobodyReadsEndsAtItsDeadline) {
    Options impatient = options();
    impatient.limits.write_deadline = milliseconds(200);
    TestServer server(std::move(impatient), [](const Request&) -> boost::asio::awaitable<Response> {
        Response response;
        response.body = std::string(32U << 20U, 'x');
        co_return response;
    });
    TlsClient client(server.port());
    client.shrink_window();
    client.send(get);
    while (server.connections() != 0) std::this_thread::yield();  // ctest's limit fails it otherwise
    EXPECT_LT(client.read_to_end().size(), 32U << 20U);
}

TEST_F(TlsTest, WritesAStreamAsItComes) {
    TestServer server(options(), [](const Request&) -> boost::asio::awaitable<Response> {
        Response response;
        response.stream = [](StreamWriter& writer) -> boost::asio::awaitable<void> {
            for (const char* chunk : {"one\n", "two\n"}) EXPECT_TRUE(co_await writer.write(chunk));
        };
        co_return response;
    });
    TlsClient client(server.port());
    client.send(get);
    const std::string seen = client.read_to_end();
    EXPECT_TRUE(seen.ends_with("\r\n\r\none\ntwo\n")) << seen;
    EXPECT_TRUE(client.was_told_goodbye());
}

// Writing to it must not raise SIGPIPE, which would end this process.
TEST_F(TlsTest, SurvivesAClientThatGoesAwayInTheMiddle) {
    TestServer server(options(), [](const Request&) -> boost::asio::awaitable<Response> {
        Response response;
        response.stream = [](StreamWriter& writer) -> boost::asio::awaitable<void> {
            while (co_await writer.write(std::string(100'000, 'x'))) {
            }
        };
        co_return response;
    });
    for (int i = 0; i < 8; ++i) {
        TlsClient client(server.port());
        client.send(get);
        EXPECT_NE(SSL_peek(client.ssl(), std::string(1, ' ').data(), 1), 0);
        i % 2 == 0 ? client.reset() : client.close();
    }
    while (server.connections() != 0) std::this_thread::yield();
}

TEST_F(TlsTest, ResumesASessionByItsTicket) {
    TestServer server(options());
    TlsClient first(server.port());
    first.send(get);
    EXPECT_EQ(first.read_body(), echoed);  // TLS 1.3 brings the ticket beside the first bytes
    const std::unique_ptr<SSL_SESSION, FreeSsl> session(SSL_get1_session(first.ssl()));
    TlsClient second(server.port(), {.session = session.get()});
    ASSERT_TRUE(second.connected());
    EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
    second.send(get);
    EXPECT_EQ(second.read_body(), echoed);
}

TEST_F(TlsTest, ANewCertificateIsForNewConnections) {
    TestServer server(options());
    TlsClient before(server.port());
    before.send(get);
    EXPECT_EQ(before.read_body(), echoed);
    const auto fresh = load(make_certificate(directory_, "second", {.name = "second.example"}));
    server.on_thread([&](Server& running) { running.set_tls(fresh); });
    TlsClient after(server.port());
    EXPECT_EQ(after.name(), "second.example");
    after.send(get);
    EXPECT_EQ(after.read_body(), echoed);
    before.send(get);
    EXPECT_EQ(before.read_body(), echoed);
}

TEST_F(TlsTest, AStopDoesNotWaitForHandshakes) {
    TestServer server(options());
    RawClient silent(server.port());
    while (server.connections() != 1) std::this_thread::yield();
    server.stop(std::chrono::seconds(60)).wait();
    EXPECT_EQ(silent.read_to_end(), "");
}

TEST_F(TlsTest, ATrustedProxyNamesTheClientOfEachRequest) {
    Options behind = options();
    behind.trusted_proxies = *TrustedProxies::parse({"127.0.0.0/8"});
    TestServer server(std::move(behind), [](const Request& request) -> boost::asio::awaitable<Response> {
        Response response;
        response.body = request.remote_address;
        co_return response;
    });
    TlsClient client(server.port());
    const auto ask = [&](std::string_view fields) {
        client.send(fmt::format("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", fields));
        return client.read_body();
    };
    EXPECT_EQ(ask("X-Forwarded-For: 198.51.100.7\r\n"), "198.51.100.7");
    EXPECT_EQ(ask(""), "127.0.0.1");
    EXPECT_EQ(ask("x-forwarded-for: 203.0.113.99\r\nX-Forwarded-For: 198.51.100.7\r\n"), "198.51.100.7");
    EXPECT_EQ(ask("X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 127.0.0.2\r\n"), "198.51.100.7");
    server.on_thread([](Server& running) { running.set_trusted_proxies({}); });
    EXPECT_EQ(ask("X-Forwarded-For: 198.51.100.7\r\n"), "127.0.0.1");
}

TEST_F(TlsTest, SaysWhichFileIsWrong) {
    const std::string nowhere = directory_ + "/nowhere.pem";
    EXPECT_EQ(sentence_of(nowhere, files_.key),
              "the certificate file " + nowhere + " cannot be read: No such file or directory");
    EXPECT_EQ(sentence_of(files_.cert, nowhere),
              "the key file " + nowhere + " cannot be read: No such file or directory");
    const std::string garbage = directory_ + "/garbage.pem";
    std::ofstream(garbage) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    EXPECT_EQ(sentence_of(garbage, files_.key),
              "the certificate file " + garbage + " holds no good certificate in PEM form");
    EXPECT_EQ(sentence_of(files_.key, files_.key),
              "the certificate file " + files_.key + " holds no good certificate in PEM form");
    EXPECT_EQ(sentence_of(directory_, files_.key),
              "the certificate file " + directory_ + " holds no good certificate in PEM form");
    EXPECT_EQ(sentence_of(files_.cert, garbage),
              "the key file " + garbage + " holds no private key in PEM form without a passphrase");
    const CertificateFiles locked = make_certificate(directory_, "locked", {.passphrase = "secret"});
    EXPECT_EQ(sentence_of(locked.cert, locked.key),
              "the key file " + locked.key + " holds no private key in PEM form without a passphrase");
    const CertificateFiles other = make_certificate(directory_, "other");
    EXPECT_EQ(sentence_of(files_.cert, other.key),
              "the key in " + other.key + " is not that of the certificate in " + files_.cert);
}

TEST_F(TlsTest, KnowsThatACertificateHasExpired) {
    EXPECT_FALSE(load(files_)->expired());
    EXPECT_TRUE(load(make_certificate(directory_, "past", {.seconds = -60}))->expired());
}

}  // namespace
}  // namespace roger::http
