#include "dispatch/route_table.hpp"

#include <algorithm>

namespace roger::dispatch {

routing::Destination destination_of(message::Channel channel, const verification::Request& row) {
    return {.channel = channel, .country = row.country, .number = row.number, .network = row.network};
}

bool has_another_route(std::span<const routing::Route> routes, const verification::Request& row, std::size_t event) {
    const verification::Event& which = row.events[event];
    std::vector<std::string> tried = which.tried;
    tried.push_back(which.route);
    return routing::any_serves(routes, destination_of(which.channel, row), tried);
}

SteadyTime RouteTable::Entry::take_turn(SteadyTime now) {
    const SteadyTime turn = std::max(now, next_turn);
    next_turn = turn;
    charge(1);
    return turn;
}

void RouteTable::Entry::charge(unsigned more_segments) {
    const double rate = route.route.segments_per_second;
    if (rate <= 0) return;
    next_turn += std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(more_segments / rate));
}

void RouteTable::set(std::vector<Route> routes) {
    Entries fresh;
    candidates_.clear();
    for (Route& route : routes) {
        const auto before = find(route.route.name);
        auto entry = std::make_shared<Entry>(Entry{.route = std::move(route)});
        routing::Route& rules = entry->route.route;
        entry->enabled_in_file = rules.enabled;
        if (const auto word = switched_.find(rules.name); word != switched_.end()) rules.enabled = word->second;
        if (before) {
            entry->next_turn = before->next_turn;
            entry->down_since = before->down_since;
        }
        candidates_.push_back({&rules});
        fresh.push_back(std::move(entry));
    }
    entries_ = std::move(fresh);
}

bool RouteTable::set_enabled(const std::string& name, bool enabled) {
    switched_[name] = enabled;
    bool found = false;
    for (const auto& entry : entries_) {
        if (entry->route.route.name != name) continue;
        entry->route.route.enabled = enabled;
        found = true;
    }
    return found;
}

std::optional<RouteTable::Found> RouteTable::choose(const routing::Destination& destination,
                                                    std::span<const std::string> tried,
                                                    TimePoint now,
                                                    std::uint64_t random) {
    for (std::size_t i = 0; i < entries_.size(); ++i) candidates_[i].up = entries_[i]->up();
    const auto choice = router_->choose(candidates_, destination, tried, now, random);
    if (!choice) return std::nullopt;
    return Found{entries_[choice->index], choice->reason};
}

bool RouteTable::serves(const routing::Destination& destination, std::span<const std::string> tried) const {
    return std::ranges::any_of(entries_, [&](const auto& entry) {
        return routing::serves(entry->route.route, destination) &&
               std::ranges::find(tried, entry->route.route.name) == tried.end();
    });
}

RouteTable::Entries RouteTable::look(SteadyTime now) {
    Entries changed;
    for (const auto& entry : entries_) {
        if (entry->up() == !entry->down_since) continue;
        entry->down_since = entry->down_since ? std::nullopt : std::optional(now);
        changed.push_back(entry);
    }
    return changed;
}

milliseconds RouteTable::backlog(const routing::Destination& destination, TimePoint now, SteadyTime steady) {
    const auto since = [steady](SteadyTime time) { return std::chrono::duration_cast<milliseconds>(steady - time); };
    if (const auto found = choose(destination, {}, now, 0)) {
        return std::max(milliseconds(0), -since(found->entry->next_turn));
    }
    std::optional<milliseconds> shortest;
    for (const auto& entry : entries_) {
        if (!routing::serves(entry->route.route, destination) || !entry->down_since) continue;
        shortest = std::min(shortest.value_or(milliseconds::max()), since(*entry->down_since));
    }
    return shortest.value_or(milliseconds(0));
}

std::shared_ptr<RouteTable::Entry> RouteTable::find(std::string_view name) const {
    const auto found = std::ranges::find_if(entries_, [&](const auto& each) { return each->route.route.name == name; });
    return found == entries_.end() ? nullptr : *found;
}

std::shared_ptr<const std::vector<routing::Route>> RouteTable::usable_routes() const {
    auto routes = std::make_shared<std::vector<routing::Route>>();
    for (const auto& entry : entries_) {
        if (entry->up()) routes->push_back(entry->route.route);
    }
    return routes;
}

bool RouteTable::usable() const {
    return std::ranges::any_of(entries_, [](const auto& entry) { return entry->up(); });
}

}  // namespace roger::dispatch
