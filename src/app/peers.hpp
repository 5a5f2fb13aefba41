// The peers behind the configured routes: their channels are made here, kept over a reload that does not concern them,
// and stopped. One thread: the io thread.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/route_config.hpp"
#include "dispatch/route_table.hpp"

namespace roger::app {

/// A channel and how it begins to reach for its peer.
struct Peer {
    std::shared_ptr<channel::Channel> channel;
    std::function<void()> start;
};

class Peers {
public:
    using Make = std::function<Result<Peer>(const RouteConfig&)>;
    Peers(boost::asio::any_io_executor executor, Make make)
        : executor_(std::move(executor)), make_(std::move(make)), settled_(executor_) {}

    /// What is configured from now on. A route whose peer is the same keeps its channel; any other loses it, after what
    /// was under way, and the channel that takes its place starts only then: most peers admit only so many binds.
    /// @return a sentence when a channel cannot be made; then nothing has changed
    [[nodiscard]] Result<std::vector<dispatch::Route>> set(const std::vector<RouteConfig>& routes);
    /// From now on peers are reached for.
    void start();
    /// Ends every channel, all at once. Nothing is started afterwards.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    struct Known {
        RouteConfig config;
        Peer peer;
        bool started = false;
    };
    [[nodiscard]] bool keeps(const RouteConfig& config) const;
    void retire(const Known& known, const std::string& name);

    boost::asio::any_io_executor executor_;
    Make make_;
    std::map<std::string, Known> known_;  ///< by the route's name
    bool running_ = false;
    std::size_t retiring_ = 0;
    boost::asio::steady_timer settled_;  ///< cancelled whenever a channel has stopped
};

}  // namespace roger::app
