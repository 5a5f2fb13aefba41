#include "app/peers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "observe/log.hpp"

namespace roger::app {

namespace asio = boost::asio;

bool Peers::keeps(const RouteConfig& config) const {
    const auto before = known_.find(config.route.name);
    return before != known_.end() && before->second.config.same_peer(config);
}

Result<std::vector<dispatch::Route>> Peers::set(const std::vector<RouteConfig>& routes) {
    std::map<std::string, Peer> made;
    for (const RouteConfig& config : routes) {
        if (keeps(config)) continue;
        auto peer = make_(config);
        if (!peer) return fail(peer.error().code, "route '" + config.route.name + "': " + peer.error().detail);
        made.emplace(config.route.name, std::move(*peer));
    }
    std::map<std::string, Known> fresh;
    std::vector<dispatch::Route> table;
    for (const RouteConfig& config : routes) {
        const std::string& name = config.route.name;
        auto before = known_.extract(name);
        Known known{config, {}};
        if (const auto anew = made.find(name); anew == made.end()) {
            known.peer = before.mapped().peer;
            known.started = before.mapped().started;
        } else {
            known.peer = std::move(anew->second);
            if (before) retire(before.mapped(), name);
            // One that was never started itself waits for the one before it, which then starts whoever has its place.
            known.started = !before && running_;
            if (known.started) known.peer.start();
        }
        table.push_back({config.route, *known.peer.channel, known.peer.channel});
        fresh.emplace(name, std::move(known));
    }
    for (auto& [name, known] : known_) retire(known, name);
    known_ = std::move(fresh);
    return table;
}

void Peers::start() {
    running_ = true;
    for (auto& [name, known] : known_) {
        known.started = true;
        known.peer.start();
    }
}

void Peers::retire(const Known& known, const std::string& name) {
    ++retiring_;
    auto ended = [this, channel = known.peer.channel, started = known.started, name](const std::exception_ptr& error) {
        if (error) observe::error("a channel failed while it stopped", {{"route", name}});
        const auto heir = known_.find(name);
        if (started && running_ && heir != known_.end() && !heir->second.started) {
            heir->second.started = true;
            heir->second.peer.start();
        }
        --retiring_;
        settled_.cancel();
    };
    // Not before the caller is done: what ends at once would find no heir yet.
    asio::post(executor_, [this, channel = known.peer.channel, ended = std::move(ended)]() mutable {
        asio::co_spawn(executor_, channel->stop(), std::move(ended));
    });
}

asio::awaitable<void> Peers::stop() {
    running_ = false;
    for (const auto& [name, known] : known_) retire(known, name);
    known_.clear();
    while (retiring_ > 0) {
        settled_.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code ignored;
        co_await settled_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace roger::app
