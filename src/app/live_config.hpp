// A configuration with the files that it names, loaded and checked: what serve starts with, and what SIGHUP puts in its
// place while the server runs.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "http/tls.hpp"
#include "http/trusted_proxies.hpp"

namespace roger::app {

struct LiveConfig {
    Config config;
    std::shared_ptr<const http::TlsContext> tls;  ///< none: the public port speaks plain HTTP
    http::TrustedProxies trusted_proxies;
};

/// @return invalid_argument with a sentence: a certificate without its key, or a file that cannot be used
[[nodiscard]] Result<LiveConfig> load_live(Config config);

/// The keys whose change takes effect at the next start only, among those that differ: "server.listen", …
[[nodiscard]] std::vector<std::string> keys_for_restart(const Config& running, const Config& fresh);

}  // namespace roger::app
