#include "app/health_watch.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include "app/disk.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;
using alert::Condition;
using alert::Kind;

asio::awaitable<void> retire(std::unique_ptr<AlertSender> sender) { co_await sender->stop(); }

}  // namespace

HealthWatch::HealthWatch(Parts parts) : parts_(std::move(parts)) {
    parts_.dispatcher.on_traffic([this](const std::string& route, bool receipt) {
        alert::Silence& silence = routes_[route];  // bounded by the routes: others are forgotten at apply()
        receipt ? silence.receipt() : silence.accepted(parts_.sending.clock.steady_now());
    });
}

Result<std::unique_ptr<AlertSender>> HealthWatch::prepare(const Config& config) const {
    if (sender_ && config_.same_ways(config.alert) && mail_.same_as(config.email)) return nullptr;
    return AlertSender::create(parts_.sending, config.alert, config.email);
}

void HealthWatch::apply(const Config& config, std::unique_ptr<AlertSender> sender) {
    if (sender) {
        std::swap(sender_, sender);
        if (sender) asio::co_spawn(parts_.sending.executor, retire(std::move(sender)), [](const auto& /*none*/) {});
    }
    config_ = config.alert;
    mail_ = config.email;
    alerts_.set_options(config_.options());
    certificates_ = certificates_of(config);
    std::erase_if(routes_, [&config](const auto& known) {
        return std::ranges::none_of(config.routes,
                                    [&known](const RouteConfig& each) { return each.route.name == known.first; });
    });
}

void HealthWatch::look_at_routes(SteadyTime now) {
    std::vector<Condition> down;
    std::vector<Condition> silent;
    for (const auto& entry : parts_.dispatcher.routes().entries()) {
        const std::string& name = entry->route.route.name;
        if (!entry->route.route.enabled) continue;
        if (!entry->up()) {
            down.push_back({.subject = name,
                            .text = fmt::format("Route {} is down: its peer is not reached, or does not take us. The "
                                                "log says why.",
                                                name)});
        }
        const auto known = routes_.find(name);
        const auto patience = std::chrono::minutes(config_.silent_minutes);
        if (known != routes_.end() && known->second.is_silent(now, patience)) {
            silent.push_back({.subject = name,
                              .text = fmt::format("Route {} takes messages, and for {} minutes no receipt has come.",
                                                  name, config_.silent_minutes)});
        }
    }
    alerts_.look(Kind::route_down, std::move(down), now);
    alerts_.look(Kind::route_silent, std::move(silent), now);
}

void HealthWatch::look_at_disk(SteadyTime now) {
    std::vector<Condition> wrong;
    if (now >= next_disk_) {
        next_disk_ = now + disk_every;
        const auto space = disk_space(parts_.data);
        disk_is_short_ = space && is_short(*space, disk_is_short_);
        if (disk_is_short_) {
            wrong.push_back({.subject = parts_.data, .text = fmt::format("Only {}.", describe(*space, parts_.data))});
        }
        if (!parts_.engine.writable()) {
            wrong.push_back({.subject = "store", .text = "The store cannot be written: clients are refused."});
        }
        alerts_.look(Kind::disk, std::move(wrong), now);
    }
}

void HealthWatch::look_at_certificates(SteadyTime now) {
    const TimePoint wall = parts_.sending.clock.wall_now();
    std::vector<Condition> wrong;
    for (const Certificate& each : certificates_) {
        if (each.ends - wall > certificate_warning) continue;
        wrong.push_back({.subject = each.file,
                         .text = describe(each, wall) + ". Renew it, and have the configuration read again."});
    }
    alerts_.look(Kind::certificate, std::move(wrong), now);
}

void HealthWatch::look() {
    const SteadyTime now = parts_.sending.clock.steady_now();
    look_at_routes(now);
    look_at_disk(now);
    look_at_certificates(now);
    for (const alert::Notice& notice : alerts_.due(now)) {
        if (sender_) sender_->tell(notice);
    }
}

void HealthWatch::note(alert::Condition happened) {
    alerts_.note(std::move(happened), parts_.sending.clock.steady_now());
}

asio::awaitable<void> HealthWatch::stop() {
    if (sender_) co_await sender_->stop();
}

}  // namespace roger::app
