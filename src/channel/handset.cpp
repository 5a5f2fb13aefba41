#include "channel/handset.hpp"

namespace roger::channel {
namespace {

constexpr seconds late_receipt_after{20};
constexpr seconds failed_receipt_after{5};
constexpr int throttled_times = 2;

/// Who answers a call; nullopt: it does not get as far as ringing.
std::optional<Callee> callee_of(Fate fate) {
    switch (fate) {
        case Fate::delivered: return Callee::listener;
        case Fate::unanswered: return Callee::nobody;
        case Fate::voicemail: return Callee::voicemail;
        case Fate::hangs_up: return Callee::impatient;
        default: return std::nullopt;
    }
}

}  // namespace

Fate fate_of(std::string_view number) noexcept {
    constexpr std::string_view fictitious = "447700900";  // Ofcom's numbers for drama use, 07700 900000–900999
    if (number.size() != 12 || !number.starts_with(fictitious)) return Fate::delivered;
    const std::string_view last = number.substr(9);
    if (last == "900") return Fate::late_receipt;
    if (last == "901") return Fate::no_receipt;
    if (last == "902") return Fate::refused;
    if (last == "903") return Fate::failed_receipt;
    if (last == "904") return Fate::busy;
    if (last == "905") return Fate::unanswered;
    if (last == "906") return Fate::voicemail;
    if (last == "907") return Fate::hangs_up;
    if (last == "908") return Fate::unknown;
    if (last == "909") return Fate::throttled_twice;
    return Fate::delivered;
}

bool reaches_phone(Fate fate, const verification::Event& event) noexcept {
    using verification::EventState;
    if (event.state == EventState::delivered) return true;
    if (event.state != EventState::submitted || fate == Fate::refused || fate == Fate::failed_receipt) return false;
    const auto callee = callee_of(fate);
    return event.channel == message::Channel::sms || !callee || *callee == Callee::listener;
}

boost::asio::awaitable<Result<Accepted>> Handset::submit(Outbound message, SteadyTime /*deadline*/) {
    const TimePoint now = clock_.service_now();
    const Fate fate = fate_of(message.number);
    Accepted accepted;
    if (message.channel == message::Channel::tts) {
        if (fate == Fate::busy) co_return fail(Errc::blocked, "busy");
        if (const auto callee = callee_of(fate)) {
            calls_.ring({message.reference, message.account, message.number, *callee, now});
            co_return accepted;
        }
    }
    switch (fate) {
        case Fate::delivered:
        case Fate::busy:
        case Fate::unanswered:
        case Fate::voicemail:
        case Fate::hangs_up: accepted.delivered = now; break;
        case Fate::late_receipt:
        case Fate::failed_receipt: owe_receipt(fate, message.reference, now); break;
        case Fate::no_receipt: break;
        case Fate::refused: co_return fail(Errc::blocked, "the handset refuses this number");
        case Fate::unknown: co_return fail(Errc::timed_out, "the handset's answer was lost");
        case Fate::throttled_twice: {
            const std::pair place{message.reference.key, message.reference.event};
            if (++throttled_[place] <= throttled_times) co_return fail(Errc::rate_limited, "the handset is throttling");
            throttled_.erase(place);
            accepted.delivered = now;
            break;
        }
    }
    co_return accepted;
}

void Handset::owe_receipt(Fate fate, const Reference& reference, TimePoint submitted) {
    if (fate == Fate::late_receipt) {
        pending_.emplace(submitted + late_receipt_after, DeliveryReceipt{.reference = reference, .delivered = true});
    } else if (fate == Fate::failed_receipt) {
        pending_.emplace(submitted + failed_receipt_after,
                         DeliveryReceipt{.reference = reference, .reason = "UNDELIV"});
    }
}

void Handset::resume(const verification::Request& row, std::string_view route) {
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        const verification::Event& event = row.events[i];
        if (event.state != verification::EventState::submitted || event.route != route) continue;
        const Fate fate = fate_of(row.number);
        const Reference reference{row.key, i, event.attempt};
        const TimePoint submitted = event.handed_over.value_or(event.begun);
        const auto callee = callee_of(fate);
        if (event.channel == message::Channel::tts && callee) {
            calls_.ring({reference, row.account, row.number, *callee, submitted});
        } else {
            owe_receipt(fate, reference, submitted);
        }
    }
}

boost::asio::awaitable<void> Handset::stop() {
    pending_.clear();
    calls_.clear();
    co_return;
}

std::optional<TimePoint> Handset::next_due() const {
    const auto of_calls = calls_.next_due();
    if (pending_.empty() || (of_calls && *of_calls < pending_.begin()->first)) return of_calls;
    return pending_.begin()->first;
}

void Handset::run_due() {
    calls_.run_due();
    const TimePoint now = clock_.service_now();
    while (!pending_.empty() && pending_.begin()->first <= now) {
        DeliveryReceipt receipt = std::move(pending_.begin()->second);
        pending_.erase(pending_.begin());
        receipts_(std::move(receipt));
    }
}

}  // namespace roger::channel
