#include "dispatch/dispatcher.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "observe/log.hpp"

namespace roger::dispatch {
namespace {

namespace asio = boost::asio;
using verification::Handover;
using verification::Outcome;

/// A report must reach the store before the lease runs out.
constexpr seconds lease_margin{3};

std::string_view name_of(Handover handover) {
    switch (handover) {
        case Handover::accepted: return "accepted";
        case Handover::refused: return "refused";
        case Handover::not_sent: return "not_sent";
        case Handover::unknown: return "unknown";
    }
    return "unknown";
}

/// A trunk has said so of an earlier call: to try once more annoys it and helps nobody.
bool knows_no_such_number(const verification::Request& row) {
    return std::ranges::any_of(row.events, [](const verification::Event& event) {
        return event.state == verification::EventState::failed && event.reason == channel::no_such_number;
    });
}

}  // namespace

Dispatcher::Dispatcher(Parts parts, std::vector<Route> routes, std::unique_ptr<routing::Router> router)
    : parts_(std::move(parts)),
      table_(std::move(router)),
      inbox_(parts_.engine, parts_.metrics),
      tests_(parts_.executor, parts_.clock),
      receipts_({parts_.executor, parts_.engine, parts_.clock, parts_.metrics, parts_.pause,
                 [this](const std::string& route) { tell_traffic(route, true); }},
                table_.usable_routes()),
      vault_(parts_.keyring) {
    set_routes(std::move(routes));
}

void Dispatcher::set_routes(std::vector<Route> routes) {
    std::vector<std::string> gone;
    for (const auto& entry : table_.entries()) gone.push_back(entry->route.route.name);
    table_.set(std::move(routes));
    (void)table_.look(parts_.clock.steady_now());
    for (const auto& name : gone) {
        if (!table_.find(name)) parts_.metrics.set("roger_route_up", {{"route", name}}, 0);
    }
    for (const auto& entry : table_.entries()) {
        parts_.metrics.set("roger_route_up", {{"route", entry->route.route.name}}, entry->up() ? 1 : 0);
    }
    receipts_.set_routes(table_.usable_routes());
}

bool Dispatcher::set_enabled(const std::string& name, bool enabled) {
    const bool found = table_.set_enabled(name, enabled);
    look_at_routes();
    return found;
}

void Dispatcher::look_at_routes() {
    const RouteTable::Entries changed = table_.look(parts_.clock.steady_now());
    if (!changed.empty()) receipts_.set_routes(table_.usable_routes());
    for (const auto& entry : changed) {
        const std::string& name = entry->route.route.name;
        parts_.metrics.set("roger_route_up", {{"route", name}}, entry->up() ? 1 : 0);
        if (entry->up()) {
            observe::info("a route is up", {{"route", name}});
        } else {
            const bool enabled = entry->route.route.enabled;
            observe::warning("a route is down", {{"route", name}, {"why", enabled ? "its peer" : "disabled"}});
        }
    }
}

milliseconds Dispatcher::backlog(message::Channel channel, const verification::Request& row) {
    return table_.backlog(destination_of(channel, row), parts_.clock.service_now(), parts_.clock.steady_now());
}

bool Dispatcher::serves(message::Channel channel, const verification::Request& row) const {
    return table_.serves(destination_of(channel, row), {});
}

Micros Dispatcher::dearest(message::Channel channel, const verification::Request& row) const {
    Micros most;
    for (const auto& entry : table_.entries()) {
        const routing::Route& route = entry->route.route;
        if (routing::serves(route, destination_of(channel, row))) most = std::max(most, route.price);
    }
    return most;
}

void Dispatcher::carry_out(engine::Work work) {
    if (stopping_) return;  // its row says `sending`: the next process recovers it
    const verification::Event& event = work.row.events[work.claim.event];
    const auto lease = event.lease_until - event.claimed - lease_margin;
    const Place place{work.row.key, work.claim.event};
    auto task =
        std::make_shared<Task>(Task{std::move(work), ++last_number_, false, parts_.clock.steady_now() + lease, {}});
    under_way_.insert(task->number);
    tasks_.emplace(place, task);
    asio::co_spawn(parts_.executor, hand_over(task), [this, task](const std::exception_ptr& error, Outcome outcome) {
        if (error) {
            // Nobody knows how far it came.
            outcome.handover = Handover::unknown;
            outcome.at = parts_.clock.service_now();
            observe::error("a channel failed while handing over", {{"route", outcome.route}});
        }
        outcome.event = task->work.claim.event;
        outcome.attempt = task->work.claim.attempt;
        report(task, std::move(outcome));
    });
}

void Dispatcher::revoke(verification::RowKey key) {
    for (auto task = tasks_.lower_bound(Place{key, 0}); task != tasks_.end() && task->first.first == key; ++task) {
        task->second->revoked = true;
    }
    for (const auto& entry : table_.entries()) entry->route.channel.revoke(key);
}

bool Dispatcher::opted_out_of(const routing::Route& route, const verification::Request& row) const {
    return route.channel == message::Channel::sms &&
           inbox_.opted_out(routing::sender_of(route, row.country, row.sender), row.number);
}

bool Dispatcher::opted_out(const verification::Request& row) const {
    const auto channels = verification::channels(row.plan);
    if (std::ranges::find(channels, message::Channel::sms) == channels.end()) return false;
    const auto destination = destination_of(message::Channel::sms, row);
    bool served = false;
    for (const auto& entry : table_.entries()) {
        if (!routing::serves(entry->route.route, destination)) continue;
        if (!opted_out_of(entry->route.route, row)) return false;
        served = true;
    }
    return served;
}

/// Routes tried before, and those whose sender the subscriber does not want.
std::vector<std::string> Dispatcher::not_to_be_used(const Task& task) const {
    const auto& row = task.work.row;
    std::vector<std::string> names = row.events[task.work.claim.event].tried;
    for (const auto& entry : table_.entries()) {
        if (opted_out_of(entry->route.route, row)) names.push_back(entry->route.route.name);
    }
    return names;
}

/// The last look before a message leaves the house.
std::string Dispatcher::why_not(const Task& task) const {
    if (task.revoked) return std::string(channel::request_ended);
    // Service time runs ahead of the steady clock where a sandbox is moved on.
    const verification::Event& event = task.work.row.events[task.work.claim.event];
    if (parts_.clock.steady_now() >= task.deadline || parts_.clock.service_now() >= event.lease_until - lease_margin) {
        return "the claim ran out";
    }
    if (parts_.clock.service_now() >= verification::pin_dead_at(task.work.row)) return "the PIN would arrive dead";
    if (event.channel == message::Channel::tts && knows_no_such_number(task.work.row)) {
        return std::string(channel::no_such_number);
    }
    return "";
}

/// The next route; when those that are left are all down, one that comes up soon.
asio::awaitable<std::optional<RouteTable::Found>> Dispatcher::find_route(const Task& task,
                                                                         std::vector<std::string> tried) {
    const auto& row = task.work.row;
    const auto destination = destination_of(row.events[task.work.claim.event].channel, row);
    for (milliseconds waited{0}; why_not(task).empty(); waited += throttled_pause) {
        auto found = table_.choose(destination, tried, parts_.clock.service_now(), parts_.random());
        // A message that has been refused elsewhere is better off with the next event than with a route that is down.
        const bool worth_waiting = tried.empty() && waited < down_max && table_.serves(destination, tried);
        if (found || !worth_waiting || stopping_) co_return found;
        co_await pause(throttled_pause);
    }
    co_return std::nullopt;
}

asio::awaitable<Outcome> Dispatcher::hand_over(std::shared_ptr<Task> task) {
    const auto& row = task->work.row;
    const verification::Event& event = row.events[task->work.claim.event];
    const auto destination = destination_of(event.channel, row);
    std::vector<std::string> tried = not_to_be_used(*task);
    Outcome outcome;
    outcome.reason = table_.serves(destination, tried) ? "every route is down" : "no route";
    while (true) {
        const auto found = co_await find_route(*task, tried);
        std::string refusal = why_not(*task);
        if (!found || !refusal.empty()) {
            if (!refusal.empty()) outcome.reason = std::move(refusal);
            co_return outcome;
        }
        const routing::Route& route = found->entry->route.route;
        tried.push_back(route.name);
        outcome.route = route.name;
        auto result = co_await submit(*task, found->entry, tried, outcome.at);
        if (result) {
            outcome.handover = Handover::accepted;
            outcome.reason.clear();
            outcome.peer_ids = std::move(result->peer_ids);
            outcome.segments = result->segments;
            outcome.price = result->price;
            outcome.delivered = result->delivered;
            outcome.receipt_keys = std::move(result->receipt_keys);
            co_return outcome;
        }
        outcome.reason = result.error().detail;
        const auto next = table_.choose(destination, tried, parts_.clock.service_now(), 0);
        outcome.another_route = next.has_value();
        if (result.error().code == Errc::blocked) {
            outcome.handover = Handover::refused;
            co_return outcome;
        }
        if (result.error().code == Errc::timed_out) {
            outcome.handover = Handover::unknown;
            co_return outcome;
        }
        // Nothing was sent: the next route may have it at once, within the same claim.
    }
}

/// One route, when the message's turn has come. A peer that throttles is asked again: for a short while when another
/// route could have the message, and to the claim's end when none could. Each try takes a turn of its own, so a peer
/// that is slower than agreed shows as a longer backlog, and starts are refused in time.
/// The entry stays alive, and its channel with it, when the routes are replaced in the meantime.
asio::awaitable<Result<channel::Accepted>> Dispatcher::submit(Task& task,
                                                              std::shared_ptr<RouteTable::Entry> entry,
                                                              const std::vector<std::string>& tried,
                                                              TimePoint& handed_over) {
    const Route& route = entry->route;
    const auto& row = task.work.row;
    const auto destination = destination_of(row.events[task.work.claim.event].channel, row);
    if (entry->next_turn >= task.deadline) co_return fail(Errc::unavailable, "too much waits for this route");
    SteadyTime turn = entry->take_turn(parts_.clock.steady_now());
    SteadyTime first_try{};
    milliseconds wait{0};
    while (true) {
        if (const auto left = std::chrono::ceil<milliseconds>(turn - parts_.clock.steady_now()); left.count() > 0) {
            co_await pause(left);
            if (std::string refusal = why_not(task); !refusal.empty())
                co_return fail(Errc::unavailable, std::move(refusal));
        }
        if (wait == milliseconds(0)) first_try = parts_.clock.steady_now();
        channel::Outbound outbound = render(task, route.route);
        handed_over = parts_.clock.service_now();  // of the last try: the wait for the next event counts from it
        // A phone rings longer than any peer needs for the answer to a text.
        const bool call = outbound.channel == message::Channel::tts;
        const SteadyTime answer_by = call ? task.deadline : parts_.clock.steady_now() + answer_max;
        auto result = co_await route.channel.submit(std::move(outbound), answer_by);
        if (result) {
            if (result->segments > 1) entry->charge(result->segments - 1U);
            if (result->price == Micros{} && !result->priced_later)
                result->price = Micros{route.route.price.value * result->segments};
        }
        if (result || result.error().code != Errc::rate_limited) co_return result;
        wait = std::clamp(wait * 2, throttled_pause, throttled_max);
        const bool elsewhere = table_.choose(destination, tried, parts_.clock.service_now(), 0).has_value();
        const SteadyTime give_up = elsewhere ? std::min(task.deadline, first_try + throttled_max) : task.deadline;
        turn = std::max(entry->take_turn(parts_.clock.steady_now()), parts_.clock.steady_now() + wait);
        if (turn >= give_up) co_return result;
    }
}

asio::awaitable<void> Dispatcher::pause(milliseconds length) {
    if (parts_.pause) {
        co_await parts_.pause(length);
        co_return;
    }
    asio::steady_timer timer(parts_.executor, length);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

channel::Outbound Dispatcher::render(const Task& task, const routing::Route& route) {
    const auto& row = task.work.row;
    const verification::Event& event = row.events[task.work.claim.event];
    channel::Outbound outbound;
    outbound.reference = {row.key, task.work.claim.event, task.work.claim.attempt};
    outbound.channel = event.channel;
    outbound.account = row.account;
    outbound.number = row.number;
    outbound.country = row.country;
    outbound.sender = routing::sender_of(route, row.country, row.sender);
    outbound.locale = message::written_locale(row.locale, row.payment.has_value());
    outbound.voice = row.voice;
    const auto accounts = parts_.engine.accounts();
    outbound.text = message_text(row, task.work.claim.event, vault_, *accounts).value_or("");
    outbound.media = message_media(row, task.work.claim.event, *accounts);
    outbound.pin_dead_at = verification::pin_dead_at(row);
    return outbound;
}

void Dispatcher::count(const Task& task, const Outcome& outcome) {
    const auto channel = message::to_string(task.work.row.events[task.work.claim.event].channel);
    const std::string_view result = outcome.delivered ? "delivered" : name_of(outcome.handover);
    parts_.metrics.count("roger_events_total", {{"channel", channel}, {"route", outcome.route}, {"result", result}});
    if (outcome.handover == Handover::accepted) tell_traffic(outcome.route, false);
    if (outcome.delivered) count_receipt(outcome.route, true);
}

void Dispatcher::tell_traffic(const std::string& route, bool receipt) const {
    if (on_traffic_) on_traffic_(route, receipt);
}

void Dispatcher::count_receipt(const std::string& route, bool delivered) {
    tell_traffic(route, true);
    parts_.metrics.count("roger_receipts_total",
                         {{"route", route}, {"state", delivered ? "delivered" : "failed"}, {"matched", "yes"}});
}

void Dispatcher::learn(const Task& task, const Outcome& outcome) {
    using Kind = routing::Experience::Kind;
    if (outcome.route.empty()) return;
    Kind kind = Kind::accepted;
    if (outcome.delivered) {
        kind = Kind::delivered;
    } else if (outcome.handover == Handover::refused) {
        kind = Kind::refused;
    } else if (outcome.handover == Handover::not_sent) {
        kind = Kind::not_sent;
    } else if (outcome.handover == Handover::unknown) {
        kind = Kind::unknown;
    }
    const auto& row = task.work.row;
    const auto destination = destination_of(row.events[task.work.claim.event].channel, row);
    table_.learn({kind, outcome.route, destination}, parts_.clock.service_now());
}

void Dispatcher::report(const std::shared_ptr<Task>& task, Outcome outcome) {
    const Place place{task->work.row.key, task->work.claim.event};
    // What was not sent because the house closes is for the next process: its row says `sending`.
    if (stopping_ && outcome.handover == Handover::not_sent) return done(place, task);
    count(*task, outcome);
    learn(*task, outcome);
    engine::Report report;
    report.key = place.first;
    std::vector<channel::ReceiptKey> ids = outcome.receipt_keys;
    report.what = std::move(outcome);
    report.reply = [this, place, task, ids = std::move(ids)](const Result<engine::Report::Answer>& saved) {
        // A report that the store refused leaves the row `sending`; its lease brings it back.
        if (!saved) observe::error("a report could not be saved", {{"error", saved.error().detail}});
        if (saved) receipts_.known(ids);
        done(place, task);
    };
    parts_.engine.submit(std::move(report));
}

void Dispatcher::receipt(const channel::DeliveryReceipt& receipt) {
    if (tests_.receipt(receipt)) return;
    const auto [first, last] = tasks_.equal_range(Place{receipt.reference.key, receipt.reference.event});
    for (auto task = first; task != last; ++task) {
        if (task->second->work.claim.attempt != receipt.reference.attempt) continue;
        return task->second->early.push_back(receipt);
    }
    const std::uint64_t number = ++last_number_;
    under_way_.insert(number);
    const auto entry = table_.find(receipt.route);
    engine::Report report;
    report.key = receipt.reference.key;
    report.what = verification::Receipt{.event = receipt.reference.event,
                                        .attempt = receipt.reference.attempt,
                                        .delivered = receipt.delivered,
                                        .at = parts_.clock.service_now(),
                                        .reason = receipt.reason,
                                        .another_route = false,
                                        .busy = receipt.cause == channel::Cause::busy,
                                        .price = receipt.charged && entry ? entry->route.route.price : Micros{}};
    if (receipt.cause == channel::Cause::route) {
        report.another_route = [routes = table_.usable_routes()](const verification::Request& row, std::size_t event) {
            return has_another_route(*routes, row, event);
        };
    }
    report.reply = [this, number, account = receipt.account](const Result<engine::Report::Answer>& /*saved*/) {
        settle(number);
        if (!account.empty() && on_reported_) on_reported_(account);
    };
    count_receipt(receipt.route, receipt.delivered);
    parts_.engine.submit(std::move(report));
}

void Dispatcher::peer_receipt(channel::PeerReceipt receipt, Receipts::Done done) {
    if (tests_.receipt(receipt)) return done(true);
    receipts_.take(std::move(receipt), std::move(done));
}

void Dispatcher::done(const Place& place, const std::shared_ptr<Task>& task) {
    const auto [first, last] = tasks_.equal_range(place);
    const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == task; });
    if (found != last) tasks_.erase(found);
    for (const channel::DeliveryReceipt& early : task->early) receipt(early);
    settle(task->number);
    if (on_reported_) on_reported_(task->work.row.account);
}

void Dispatcher::settle(std::uint64_t number) {
    under_way_.erase(number);
    for (asio::steady_timer* waiter : waiters_) waiter->cancel();
}

asio::awaitable<bool> Dispatcher::wait_settled(SteadyTime deadline) {
    const std::uint64_t mark = last_number_;
    const auto settled = [this, mark] { return under_way_.empty() || *under_way_.begin() > mark; };
    while (!settled() && parts_.clock.steady_now() < deadline) {
        asio::steady_timer timer(parts_.executor, deadline);
        waiters_.push_back(&timer);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        std::erase(waiters_, &timer);
    }
    co_return settled();
}

asio::awaitable<void> Dispatcher::stop(SteadyTime deadline) {
    stopping_ = true;
    receipts_.stop();
    if (!co_await wait_settled(deadline))
        observe::warning("claims left to the next start", {{"claims", tasks_.size()}});
}

std::optional<std::string> message_text(const verification::Request& row,
                                        std::size_t event,
                                        verification::Vault& vault,
                                        const account::AccountBook& accounts) {
    const verification::Event& which = row.events[event];
    const auto pin = vault.pin_of(row, which.generation);
    if (!pin) return std::nullopt;
    message::Values values;
    values.brand = row.brand;
    values.pin = pin->reveal();
    values.minutes = which.pin_minutes;
    if (row.payment) values.amount = row.payment->amount;
    values.app_hash = row.app_hash;
    values.domain = row.domain;
    const std::uint32_t version = which.channel == message::Channel::sms ? row.sms_template : row.tts_template;
    const auto account = version == 0 ? accounts.end() : accounts.find(row.account);
    if (account != accounts.end()) {
        values.custom = account::template_text(account->second->templates, {which.channel, row.locale}, version);
    }
    return message::render(row.locale, which.channel, values);
}

account::Media message_media(const verification::Request& row,
                             std::size_t event,
                             const account::AccountBook& accounts) {
    if (row.events[event].channel != message::Channel::tts || row.tts_template == 0) return {};
    const auto account = accounts.find(row.account);
    if (account == accounts.end()) return {};
    return account::template_media(account->second->templates, {message::Channel::tts, row.locale}, row.tts_template);
}

}  // namespace roger::dispatch
