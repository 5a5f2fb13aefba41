#include "smpp/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

namespace roger::smpp {
namespace {

namespace ssl = boost::asio::ssl;
using ErrorCode = boost::system::error_code;

}  // namespace

Result<TlsContext> make_tls_context(const Tls& options) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    ErrorCode ec;
    if (SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1) {
        return fail(Errc::invalid_argument, "OpenSSL does not know TLS 1.2");
    }
    context->set_verify_mode(ssl::verify_peer, ec);
    if (options.ca_file.empty()) {
        context->set_default_verify_paths(ec);
        if (ec) return fail(Errc::invalid_argument, "the machine has no certificate authorities; name a ca_file");
    } else {
        context->load_verify_file(options.ca_file, ec);
        if (ec)
            return fail(Errc::invalid_argument,
                        fmt::format("the CA file {} holds no certificates in PEM form", options.ca_file));
    }
    if (!options.cert_file.empty()) {
        context->use_certificate_chain_file(options.cert_file, ec);
        if (ec)
            return fail(Errc::invalid_argument,
                        fmt::format("the certificate file {} cannot be used", options.cert_file));
        context->use_private_key_file(options.key_file, ssl::context::pem, ec);
        if (ec)
            return fail(Errc::invalid_argument,
                        fmt::format("the key file {} does not hold the certificate's key", options.key_file));
    }
    return context;
}

bool expect_name(SSL* session, const std::string& name) {
    X509_VERIFY_PARAM* wanted = SSL_get0_param(session);
    ErrorCode ec;
    boost::asio::ip::make_address(name, ec);
    if (!ec) return X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size()) == 1 &&
           SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

}  // namespace roger::smpp
