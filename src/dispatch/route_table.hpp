// The routes as they stand: what the operator configured and switched, which are up, and how much waits for each.
// One thread: the dispatcher's executor.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "channel/channel.hpp"
#include "routing/router.hpp"
#include "verification/request.hpp"

namespace roger::dispatch {

struct Route {
    routing::Route route;
    channel::Channel& channel;
    /// Keeps the channel while a submission is under way, though the routes have been replaced since; none: the channel
    /// outlives the dispatcher.
    std::shared_ptr<channel::Channel> owner = nullptr;
};

/// Where a message of that channel goes for a request. Refers into `row`.
[[nodiscard]] routing::Destination destination_of(message::Channel channel, const verification::Request& row);

/// Whether one of these routes could carry an event that the row's tried ones did not. Pure.
[[nodiscard]] bool has_another_route(std::span<const routing::Route> routes,
                                     const verification::Request& row,
                                     std::size_t event);

class RouteTable {
public:
    struct Entry {
        Route route;
        bool enabled_in_file = true;
        SteadyTime next_turn{};  ///< when its peer takes the next message, at the rate that was agreed
        std::optional<SteadyTime> down_since;
        /// Takes the next turn; a message of more segments than one is to be charged for the rest afterwards.
        [[nodiscard]] SteadyTime take_turn(SteadyTime now);
        void charge(unsigned more_segments);
        [[nodiscard]] bool up() const { return route.route.enabled && route.channel.up(); }
    };
    using Entries = std::vector<std::shared_ptr<Entry>>;
    struct Found {
        std::shared_ptr<Entry> entry;
        routing::Reason reason = routing::Reason::best;
    };

    explicit RouteTable(std::unique_ptr<routing::Router> router) : router_(std::move(router)) {}

    /// Replaces all routes. What waits for a route that stays keeps its turn.
    void set(std::vector<Route> routes);
    /// The operator's word on a route, which wins over the file's from now on. @return whether there is such a route
    bool set_enabled(const std::string& name, bool enabled);

    [[nodiscard]] std::optional<Found> choose(const routing::Destination& destination,
                                              std::span<const std::string> tried,
                                              TimePoint now,
                                              std::uint64_t random);
    /// Whether a route that was not tried would serve the destination, were it up.
    [[nodiscard]] bool serves(const routing::Destination& destination, std::span<const std::string> tried) const;
    /// Notes which routes went down or came up. @return those that did, by now as they stand
    [[nodiscard]] Entries look(SteadyTime now);
    /// How long a message would wait: for its turn on the route that would take it, or, when every route that serves
    /// the destination is down, as long as they have been so already.
    [[nodiscard]] milliseconds backlog(const routing::Destination& destination, TimePoint now, SteadyTime steady);

    void learn(const routing::Experience& experience, TimePoint now) { router_->learn(experience, now); }
    [[nodiscard]] const Entries& entries() const noexcept { return entries_; }
    [[nodiscard]] std::shared_ptr<Entry> find(std::string_view name) const;
    /// Those that are enabled and up, as they are now: a copy that other threads may read.
    [[nodiscard]] std::shared_ptr<const std::vector<routing::Route>> usable_routes() const;
    [[nodiscard]] bool usable() const;  ///< one at least is enabled and up

private:
    std::unique_ptr<routing::Router> router_;
    Entries entries_;
    std::vector<routing::Candidate> candidates_;  ///< of the entries, in their order
    std::map<std::string, bool> switched_;        ///< by the operator; also names that are in no file now
};

}  // namespace roger::dispatch
