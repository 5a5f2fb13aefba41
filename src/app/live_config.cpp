#include "app/live_config.hpp"

namespace roger::app {

Result<LiveConfig> load_live(Config config) {
    LiveConfig live;
    auto proxies = http::TrustedProxies::parse(config.trusted_proxies);
    if (!proxies) return tl::unexpected<Error>(proxies.error());
    live.trusted_proxies = std::move(*proxies);
    if (config.tls_cert.empty() != config.tls_key.empty()) {
        return fail(Errc::invalid_argument, config.tls_key.empty()
                                                ? "tls.cert is given without tls.key; TLS needs both"
                                                : "tls.key is given without tls.cert; TLS needs both");
    }
    if (!config.tls_cert.empty()) {
        auto tls = http::TlsContext::load(config.tls_cert, config.tls_key);
        if (!tls) return tl::unexpected<Error>(tls.error());
        live.tls = std::move(*tls);
    }
    if (auto loaded = load_passwords(config.routes); !loaded) return tl::unexpected<Error>(loaded.error());
    if (auto mail = config.email.mailer_options(); !mail) return tl::unexpected<Error>(mail.error());
    if (auto loaded = load_secret(config.alert); !loaded) return tl::unexpected<Error>(loaded.error());
    live.config = std::move(config);
    return live;
}

std::vector<std::string> keys_for_restart(const Config& running, const Config& fresh) {
    std::vector<std::string> keys;
    if (running.listen != fresh.listen) keys.emplace_back("server.listen");
    if (running.admin_listen != fresh.admin_listen) keys.emplace_back("server.admin_listen");
    if (running.data != fresh.data) keys.emplace_back("server.data");
    // Clients of http:// and of https:// would not find each other's port.
    if (running.tls_cert.empty() != fresh.tls_cert.empty()) keys.emplace_back("tls");
    if (!running.voice.same_engine(fresh.voice)) keys.emplace_back("voice.engine");
    return keys;
}

}  // namespace roger::app
