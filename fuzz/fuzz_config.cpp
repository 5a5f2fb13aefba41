// roger.toml. It is the operator's own, but a mistake in it must end in a sentence and never in a crash.
#include <cstdint>

#include "app/config.hpp"
#include "base/assert.hpp"
#include "http/trusted_proxies.hpp"

namespace {

void check_peer(const roger::app::RouteConfig& route) {
    const std::string& kind = route.route.kind;
    if (kind == "smpp") {
        ROGER_ASSERT(!route.smpp.hosts.empty() && !route.smpp.system_id.empty(), "so is its peer");
        ROGER_ASSERT(route.route.segments_per_second >= 1, "every account has a rate");
    } else if (kind == "sip") {
        ROGER_ASSERT(!route.sip.trunk.host.empty() && !route.sip.trunk.codecs.empty(), "a trunk can be called over");
        ROGER_ASSERT(route.sip.max_calls >= 1, "and has a line");
    } else {
        ROGER_ASSERT(kind == "http", "there are no other kinds");
        ROGER_ASSERT(route.route.segments_per_second >= 0, "a gateway's rate is from 0 on");
        const auto gateway = route.http.gateway();
        ROGER_ASSERT(gateway || !gateway.error().detail.empty(), "what cannot be is said");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto config = roger::app::parse_config(text, "roger.toml", (size & 1U) != 0);
    if (!config) {
        ROGER_ASSERT(config.error().detail.starts_with("roger.toml:"), "a mistake has its file and line");
        return 0;
    }
    ROGER_ASSERT(config->rate >= 0 && config->burst >= 0, "limits are from 0 on");
    for (const std::string& digits : config->numbers.deny) {
        ROGER_ASSERT(!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos, "digits");
    }
    for (const roger::app::RouteConfig& each : config->routes) {
        const roger::routing::Route& route = each.route;
        ROGER_ASSERT(!route.name.empty() && !route.countries.empty() && route.price.value >= 0, "a route is whole");
        check_peer(each);
        for (const std::string& network : route.networks) {
            ROGER_ASSERT(network.size() == 5 || network.size() == 6, "MCC and MNC");
        }
        for (const auto& [status, meaning] : each.smpp.errors) {
            ROGER_ASSERT(status.size() == 10 && !meaning.empty(), "one form of command_status");
        }
    }
    const auto proxies = roger::http::TrustedProxies::parse(config->trusted_proxies);
    ROGER_ASSERT(proxies.has_value(), "networks are checked where they are read");
    (void)proxies->client_of("127.0.0.1", config->listen);
    return 0;
}
