#include "dispatch/receipts.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "dispatch/route_table.hpp"

namespace roger::dispatch {
namespace {

namespace asio = boost::asio;
using channel::PeerReceipt;

std::string_view name_of(PeerReceipt::State state) {
    switch (state) {
        case PeerReceipt::State::delivered: return "delivered";
        case PeerReceipt::State::failed: return "failed";
        case PeerReceipt::State::pending: return "pending";
    }
    return "pending";
}

}  // namespace

Receipts::Receipts(Parts parts, Table routes)
    : parts_(std::move(parts)), routes_(std::move(routes)), timer_(parts_.executor) {}

void Receipts::take(PeerReceipt receipt, Done done) {
    if (receipt.state == PeerReceipt::State::pending) {
        count(receipt.peer_group, receipt.state, "skipped");  // it says nothing that a row would keep
        return done(true);
    }
    if (stopping_ || in_engine_ >= receipts_at_once_max) return done(false);
    ask(std::make_shared<Held>(
        Held{std::move(receipt), std::move(done), parts_.clock.steady_now() + early_kept, ++last_number_}));
}

void Receipts::ask(const HeldPtr& held) {
    engine::PeerReceipt command;
    command.peer_group = held->receipt.peer_group;
    command.ids = held->receipt.ids;
    command.number = held->receipt.number;
    command.delivered = held->receipt.state == PeerReceipt::State::delivered;
    command.reason = held->receipt.reason;
    command.another_route = [routes = routes_](const verification::Request& row, std::size_t index) {
        return has_another_route(*routes, row, index);
    };
    command.reply = [this, held](const Result<engine::PeerReceipt::Answer>& answer) { answered(held, answer); };
    ++in_engine_;
    parts_.engine.submit(std::move(command));
}

void Receipts::answered(const HeldPtr& held, const Result<engine::PeerReceipt::Answer>& answer) {
    --in_engine_;
    if (!answer) return held->done(false);
    if (!answer->matched) return hold(held);
    count(answer->route, held->receipt.state, "yes");
    if (parts_.matched) parts_.matched(answer->route);
    if (answer->delivered_after) {
        const std::string_view network = answer->network.empty() ? "unknown" : std::string_view(answer->network);
        parts_.metrics.observe("roger_delivery_seconds", {{"route", answer->route}, {"network", network}},
                               std::chrono::duration<double>(*answer->delivered_after).count());
    }
    held->done(true);
}

void Receipts::hold(const HeldPtr& held) {
    if (stopping_) return held->done(false);
    early_.emplace(held->number, held);
    for (const std::string& id : held->receipt.ids) {
        early_by_id_.emplace(channel::ReceiptKey{held->receipt.peer_group, id}, held->number);
    }
    if (early_.size() > early_max) give_up(*release(early_.begin()->first));
    if (watching_) return;
    watching_ = true;
    asio::co_spawn(parts_.executor, watch(), [](const std::exception_ptr& /*none*/) {});
}

Receipts::HeldPtr Receipts::release(std::uint64_t number) {
    HeldPtr held = std::move(early_.extract(number).mapped());
    for (const std::string& id : held->receipt.ids) early_by_id_.erase({{held->receipt.peer_group, id}, number});
    if (early_.empty()) timer_.cancel();
    return held;
}

void Receipts::give_up(const Held& held) {
    count(held.receipt.peer_group, held.receipt.state, "no");
    held.done(true);
}

void Receipts::known(const std::vector<channel::ReceiptKey>& ids) {
    for (const channel::ReceiptKey& id : ids) {
        // One that does not fit after all, for its number is another, comes back: so first take them, then ask.
        std::vector<HeldPtr> found;
        for (auto at = early_by_id_.lower_bound({id, 0}); at != early_by_id_.end() && at->first == id;
             at = early_by_id_.lower_bound({id, 0})) {
            found.push_back(release(at->second));
        }
        for (const HeldPtr& held : found) ask(held);
    }
}

void Receipts::stop() {
    stopping_ = true;
    while (!early_.empty()) release(early_.begin()->first)->done(false);
}

asio::awaitable<void> Receipts::watch() {
    while (!early_.empty()) {
        const auto left = early_.begin()->second->give_up_at - parts_.clock.steady_now();
        if (left <= SteadyTime::duration::zero()) {
            give_up(*release(early_.begin()->first));
            continue;
        }
        const auto length = std::chrono::ceil<milliseconds>(left);
        if (parts_.pause) {
            co_await parts_.pause(length);
            continue;
        }
        timer_.expires_after(length);
        boost::system::error_code ignored;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    watching_ = false;
}

void Receipts::count(std::string_view route, PeerReceipt::State state, std::string_view matched) {
    parts_.metrics.count("roger_receipts_total", {{"route", route}, {"state", name_of(state)}, {"matched", matched}});
}

}  // namespace roger::dispatch
