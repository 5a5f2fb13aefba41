#include "dispatch/test_messages.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>

#include "dispatch/dispatcher.hpp"

namespace roger::dispatch {

namespace asio = boost::asio;
using State = TestMessage::State;

namespace {

State state_of(Errc code) {
    switch (code) {
        case Errc::blocked: return State::refused;
        case Errc::timed_out: return State::unknown;
        default: return State::not_sent;
    }
}

}  // namespace

std::string_view to_string(State state) noexcept {
    switch (state) {
        case State::sending: return "sending";
        case State::accepted: return "accepted";
        case State::delivered: return "delivered";
        case State::failed: return "failed";
        case State::refused: return "refused";
        case State::not_sent: return "not_sent";
        case State::unknown: return "unknown";
    }
    return "unknown";
}

std::uint64_t TestMessages::send(std::shared_ptr<RouteTable::Entry> entry,
                                 channel::Outbound message,
                                 std::string masked_number) {
    auto kept = std::make_shared<Kept>();
    kept->shown.id = ++last_id_;
    kept->shown.route = entry->route.route.name;
    kept->shown.masked_number = std::move(masked_number);
    kept->shown.channel = message.channel;
    kept->shown.begun = clock_.steady_now();
    message.reference = {verification::RowKey{static_cast<std::int64_t>(last_id_)}, 0, attempt};
    kept_.push_back(kept);
    if (kept_.size() > kept_max) kept_.pop_front();
    asio::co_spawn(executor_, run(kept, std::move(entry), std::move(message)), [kept](const std::exception_ptr& error) {
        if (error) kept->shown.state = State::unknown;
    });
    return last_id_;
}

asio::awaitable<void> TestMessages::run(std::shared_ptr<Kept> kept,
                                        std::shared_ptr<RouteTable::Entry> entry,
                                        channel::Outbound message) {
    const bool call = message.channel == message::Channel::tts;
    const SteadyTime deadline =
        clock_.steady_now() + (call ? verification::lease_of(message.channel) : seconds(answer_max));
    kept->route_price = entry->route.route.price;
    auto result = co_await entry->route.channel.submit(std::move(message), deadline);
    TestMessage& shown = kept->shown;
    shown.answered_after = since(shown.begun);
    if (!result) {
        shown.state = state_of(result.error().code);
        shown.reason = result.error().detail;
        co_return;
    }
    // A call's receipt may come first.
    if (shown.state == State::sending) shown.state = result->delivered ? State::delivered : State::accepted;
    shown.peer_ids = std::move(result->peer_ids);
    shown.segments = result->segments;
    if (!result->priced_later) shown.price = Micros{kept->route_price.value * result->segments};
    if (result->delivered) shown.receipted_after = shown.answered_after;
    kept->keys = std::move(result->receipt_keys);
    kept->delivered.resize(kept->keys.size());
    for (const channel::PeerReceipt& receipt : early_) note(*kept, receipt);
}

bool TestMessages::receipt(const channel::PeerReceipt& receipt) {
    const auto sending = [](const auto& kept) { return kept->shown.state == State::sending; };
    for (const auto& kept : kept_) {
        if (note(*kept, receipt)) return true;
    }
    if (std::ranges::none_of(kept_, sending)) {
        early_.clear();
        return false;
    }
    early_.push_back(receipt);
    if (early_.size() > early_max) early_.pop_front();
    return false;
}

bool TestMessages::receipt(const channel::DeliveryReceipt& receipt) {
    if (receipt.reference.attempt != attempt) return false;
    const auto kept = std::ranges::find_if(kept_, [&](const auto& each) {
        return verification::RowKey{static_cast<std::int64_t>(each->shown.id)} == receipt.reference.key;
    });
    if (kept == kept_.end()) return true;
    TestMessage& shown = (*kept)->shown;
    shown.state = receipt.delivered ? State::delivered : State::failed;
    shown.reason = receipt.reason;
    shown.receipted_after = since(shown.begun);
    if (receipt.charged) shown.price = (*kept)->route_price;
    return true;
}

bool TestMessages::note(Kept& kept, const channel::PeerReceipt& receipt) {
    using Said = channel::PeerReceipt::State;
    const auto key = std::ranges::find_if(kept.keys, [&](const channel::ReceiptKey& each) {
        return each.peer_group == receipt.peer_group && std::ranges::find(receipt.ids, each.id) != receipt.ids.end();
    });
    if (key == kept.keys.end()) return false;
    TestMessage& shown = kept.shown;
    if (shown.state != State::accepted || receipt.state == Said::pending) return true;
    kept.delivered[static_cast<std::size_t>(key - kept.keys.begin())] = true;
    if (receipt.state == Said::failed) {
        shown.state = State::failed;
        shown.reason = receipt.reason;
    } else if (std::ranges::all_of(kept.delivered, [](bool each) { return each; })) {
        shown.state = State::delivered;
    }
    if (shown.state != State::accepted) shown.receipted_after = since(shown.begun);
    return true;
}

milliseconds TestMessages::since(SteadyTime begun) const {
    return std::chrono::duration_cast<milliseconds>(clock_.steady_now() - begun);
}

const TestMessage* TestMessages::find(std::uint64_t id) const {
    const auto found = std::ranges::find_if(kept_, [id](const auto& kept) { return kept->shown.id == id; });
    return found == kept_.end() ? nullptr : &(*found)->shown;
}

}  // namespace roger::dispatch
