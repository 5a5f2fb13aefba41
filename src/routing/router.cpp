#include "routing/router.hpp"

#include <algorithm>

namespace roger::routing {

bool serves(const Route& route, const Destination& destination) {
    return route.enabled && route.channel == destination.channel &&
           std::ranges::any_of(route.countries,
                               [&](const std::string& c) { return c == "*" || c == destination.country; });
}

std::optional<std::size_t> choose(std::span<const Route> routes,
                                  const Destination& destination,
                                  std::span<const std::string> tried) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (!serves(routes[i], destination) || std::ranges::find(tried, routes[i].name) != tried.end()) continue;
        if (!best || routes[i].priority < routes[*best].priority) best = i;
    }
    return best;
}

}  // namespace roger::routing
