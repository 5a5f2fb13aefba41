#include "routing/router.hpp"

#include <algorithm>

namespace roger::routing {
namespace {

class OrderedRouter final : public Router {
public:
    std::optional<Choice> choose(std::span<const Candidate> routes,
                                 const Destination& destination,
                                 std::span<const std::string> tried,
                                 TimePoint /*now*/,
                                 std::uint64_t /*random*/) override {
        std::optional<Choice> best;
        std::size_t usable = 0;
        for (std::size_t i = 0; i < routes.size(); ++i) {
            const Route& route = *routes[i].route;
            const bool again = std::ranges::find(tried, route.name) != tried.end();
            if (!routes[i].up || again || !serves(route, destination)) continue;
            ++usable;
            if (!best || route.priority < routes[best->index].route->priority) best = Choice{i};
        }
        if (best && !tried.empty()) {
            best->reason = Reason::failover;
        } else if (best && usable == 1) {
            best->reason = Reason::only;
        }
        return best;
    }
    void learn(const Experience& /*experience*/, TimePoint /*now*/) override {}
};

}  // namespace

std::string_view to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::only: return "only";
        case Reason::best: return "best";
        case Reason::failover: return "failover";
    }
    return "best";
}

std::unique_ptr<Router> make_ordered_router() { return std::make_unique<OrderedRouter>(); }

}  // namespace roger::routing
