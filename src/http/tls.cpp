#include "http/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace roger::http {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};

/// Forward secrecy and authenticated encryption only: RFC 9325 §4.2. TLS 1.3 has no others.
constexpr const char* ciphers_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::array<unsigned char, 9> alpn_http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
/// What tells our tickets from those of another program that happens to share the key: OpenSSL wants one.
constexpr std::array<unsigned char, 5> session_id_context{'r', 'o', 'g', 'e', 'r'};

// The socket, as OpenSSL reads and writes it. Its own (BIO_s_socket) writes with write(2), which raises SIGPIPE.
int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int bio_read(BIO* bio, char* room, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(socket_of(bio), room, static_cast<std::size_t>(size), 0);
    if (got < 0 && would_block()) BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && would_block()) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* socket_method() {
    static const std::unique_ptr<BIO_METHOD, Free> method = [] {
        std::unique_ptr<BIO_METHOD, Free> made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
        ROGER_ASSERT(made != nullptr, "OpenSSL has memory for its methods");
        BIO_meth_set_read(made.get(), bio_read);
        BIO_meth_set_write(made.get(), bio_write);
        BIO_meth_set_ctrl(made.get(), bio_control);
        return made;
    }();
    return method.get();
}

int select_alpn(SSL*,
                const unsigned char** out,
                unsigned char* out_length,
                const unsigned char* offered,
                unsigned offered_length,
                void*) {
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, out_length, alpn_http_1_1.data(), alpn_http_1_1.size(), offered, offered_length);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2
}

/// OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

tl::unexpected<Error> refuse(std::string sentence) { return fail(Errc::invalid_argument, std::move(sentence)); }

Result<void> check_readable(const char* what, const std::string& path) {
    std::ifstream file(path);
    if (!file) return refuse(fmt::format("{} {} cannot be read: {}", what, path, std::strerror(errno)));
    return {};
}

Result<void> load_files(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
    if (auto readable = check_readable("the certificate file", cert_file); !readable) return readable;
    if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1) {
        return refuse(fmt::format("the certificate file {} holds no good certificate in PEM form", cert_file));
    }
    if (auto readable = check_readable("the key file", key_file); !readable) return readable;
    ERR_clear_error();
    if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        const unsigned long error = ERR_peek_error();
        if (ERR_GET_LIB(error) == ERR_LIB_X509) {
            return refuse(fmt::format("the key in {} is not that of the certificate in {}", key_file, cert_file));
        }
        return refuse(fmt::format("the key file {} holds no private key in PEM form without a passphrase", key_file));
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        return refuse(fmt::format("the key in {} is not that of the certificate in {}", key_file, cert_file));
    }
    return {};
}

}  // namespace

struct TlsContext::Parts {
    std::unique_ptr<SSL_CTX, Free> context;
};

TlsContext::TlsContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& cert_file, const std::string& key_file) {
    std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
    ROGER_ASSERT(context != nullptr, "OpenSSL has memory for a context");
    SSL_CTX* raw = context.get();
    const bool known = SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1 &&
                       SSL_CTX_set_cipher_list(raw, ciphers_1_2) == 1 &&
                       SSL_CTX_set_session_id_context(raw, session_id_context.data(), session_id_context.size()) == 1;
    ROGER_ASSERT(known, "OpenSSL 3 knows TLS 1.2 and these ciphers");
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA);
    // Idle connections keep no record buffers: 34 KiB each, by the thousand.
    SSL_CTX_set_mode(raw,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // tickets need no memory here
    SSL_CTX_set_num_tickets(raw, 1);
    SSL_CTX_set_alpn_select_cb(raw, select_alpn, nullptr);
    SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
    const Result<void> loaded = load_files(raw, cert_file, key_file);
    ERR_clear_error();
    if (!loaded) return tl::unexpected<Error>(loaded.error());
    auto parts = std::make_unique<Parts>();
    parts->context = std::move(context);
    return std::shared_ptr<const TlsContext>(new TlsContext(std::move(parts)));
}

bool TlsContext::expired() const {
    const X509* certificate = SSL_CTX_get0_certificate(parts_->context.get());
    return certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0;
}

struct TlsSession::Parts {
    std::shared_ptr<const TlsContext> context;
    std::unique_ptr<SSL, Free> ssl;
    bool open = false;  ///< the handshake is done and nothing has failed since
};

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, int socket) : parts_(std::make_unique<Parts>()) {
    parts_->ssl.reset(SSL_new(context->parts_->context.get()));
    parts_->context = std::move(context);
    BIO* bio = BIO_new(socket_method());
    ROGER_ASSERT(parts_->ssl != nullptr && bio != nullptr, "OpenSSL has memory for a session");
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(parts_->ssl.get(), bio, bio);
    SSL_set_accept_state(parts_->ssl.get());
}

TlsSession::~TlsSession() = default;

TlsSession::Step TlsSession::step_of(int returned) const {
    if (returned == 1) return Step::done;
    switch (SSL_get_error(parts_->ssl.get(), returned)) {
        case SSL_ERROR_WANT_READ: return Step::wants_read;
        case SSL_ERROR_WANT_WRITE: return Step::wants_write;
        default: break;
    }
    parts_->open = false;
    const unsigned long error = ERR_peek_error();
    const bool http = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
    ERR_clear_error();
    return http ? Step::plain_http : Step::ended;
}

// The queue of errors is the thread's: what another session left there would be taken for ours.
TlsSession::Step TlsSession::handshake() {
    ERR_clear_error();
    const Step step = step_of(SSL_accept(parts_->ssl.get()));
    if (step == Step::done) parts_->open = true;
    return step;
}

TlsSession::Step TlsSession::read(std::span<char> room, std::size_t& bytes) {
    ERR_clear_error();
    return step_of(SSL_read_ex(parts_->ssl.get(), room.data(), room.size(), &bytes));
}

TlsSession::Step TlsSession::write(std::string_view text, std::size_t& bytes) {
    ERR_clear_error();
    return step_of(SSL_write_ex(parts_->ssl.get(), text.data(), text.size(), &bytes));
}

void TlsSession::say_goodbye() {
    if (!std::exchange(parts_->open, false)) return;  // after a failure OpenSSL forbids it
    ERR_clear_error();
    SSL_shutdown(parts_->ssl.get());
    ERR_clear_error();
}

}  // namespace roger::http
