// TLS towards a peer: 1.2 or later, and the certificate must be the host's. Source: RFC 8446, RFC 9525.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "base/result.hpp"
#include "smpp/options.hpp"

namespace roger::smpp {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// @return invalid_argument with a sentence that names the file that cannot be used
[[nodiscard]] Result<TlsContext> make_tls_context(const Tls& options);

/// Has the handshake refuse any other certificate than that of `name`, a DNS name or an address, and says that name to
/// the peer (SNI). @return whether OpenSSL took it
[[nodiscard]] bool expect_name(SSL* session, const std::string& name);

}  // namespace roger::smpp
