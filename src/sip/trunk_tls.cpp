#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sip/text.hpp"
#include "sip/trunk.hpp"

namespace roger::sip {
namespace {

tl::unexpected<Error> unusable(const std::string& what, const std::string& file) {
    ERR_clear_error();
    return fail(Errc::invalid_argument, fmt::format("{} {} cannot be used", what, file));
}

/// libre 1.1.0 verifies no certificate unless its context says so, and names no server (SNI) for lack of a call.
Result<void> set_up(SSL_CTX& context, const TrunkOptions& options) {
    const TlsFiles& files = options.tls;
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    if (files.ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(&context);
    } else if (SSL_CTX_load_verify_locations(&context, files.ca_file.c_str(), nullptr) != 1) {
        return unusable("the authorities' file", files.ca_file);
    }
    if (!files.cert_file.empty()) {
        if (SSL_CTX_use_certificate_chain_file(&context, files.cert_file.c_str()) != 1) {
            return unusable("the certificate file", files.cert_file);
        }
        if (SSL_CTX_use_PrivateKey_file(&context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
            SSL_CTX_check_private_key(&context) != 1) {
            return unusable("the key file", files.key_file);
        }
    }
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    const std::string& name = files.server_name.empty() ? options.host : files.server_name;
    X509_VERIFY_PARAM* const parameters = SSL_CTX_get0_param(&context);
    const int set = is_ip_address(name) ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
                                        : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
    if (set != 1) return fail(Errc::invalid_argument, fmt::format("'{}' is no name for a certificate", name));
    return {};
}

}  // namespace

Result<Ref<tls>> make_tls(const TrunkOptions& options) {
    tls* made = nullptr;
    if (tls_alloc(&made, TLS_METHOD_SSLV23, nullptr, nullptr) != 0) return fail(Errc::unavailable, "no TLS context");
    Ref<tls> context(made);
    if (const auto done = set_up(*tls_openssl_context(made), options); !done) {
        return tl::unexpected<Error>(done.error());
    }
    return context;
}

Result<void> check_tls(const TrunkOptions& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    if (context == nullptr) return fail(Errc::unavailable, "no TLS context");
    auto done = set_up(*context, options);
    SSL_CTX_free(context);
    return done;
}

}  // namespace roger::sip
