#include "routing/route.hpp"

#include <algorithm>

namespace roger::routing {

bool serves(const Route& route, const Destination& destination) {
    const auto begins = [&](const std::string& prefix) { return destination.number.starts_with(prefix); };
    const auto is_country = [&](const std::string& c) { return c == "*" || c == destination.country; };
    return route.enabled && route.channel == destination.channel && std::ranges::any_of(route.countries, is_country) &&
           (route.prefixes.empty() || std::ranges::any_of(route.prefixes, begins)) &&
           (route.networks.empty() || std::ranges::find(route.networks, destination.network) != route.networks.end());
}

bool any_serves(std::span<const Route> routes, const Destination& destination, std::span<const std::string> tried) {
    return std::ranges::any_of(routes, [&](const Route& route) {
        return serves(route, destination) && std::ranges::find(tried, route.name) == tried.end();
    });
}

const std::string& sender_of(const Route& route, std::string_view country, const std::string& asked) {
    if (!route.senders.empty()) {
        const auto rule = route.senders.find(std::string(country));
        if (rule != route.senders.end()) return rule->second;
    }
    return asked.empty() ? route.sender : asked;
}

}  // namespace roger::routing
