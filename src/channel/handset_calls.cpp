#include "channel/handset_calls.hpp"

namespace roger::channel {

void HandsetCalls::tell(const std::string& account) const {
    if (changed_) changed_(account);
}

void HandsetCalls::ring(Ring ring) {
    const Place place{ring.reference.key, ring.reference.event};
    const TimePoint due = ring.since + (ring.callee == Callee::nobody ? ringing_max : answered_after);
    const std::string account = ring.account;
    // A call that is tried again takes the place of the one before.
    if (const auto before = calls_.find(place); before != calls_.end()) by_due_.erase({before->second.due, place});
    calls_[place] = Call{.ring = std::move(ring), .due = due};
    by_due_.emplace(due, place);
    tell(account);
}

Result<void> HandsetCalls::act(const Place& place, CallAction action, char digit) {
    const auto found = calls_.find(place);
    if (found == calls_.end()) return fail(Errc::not_found, "that call is over, or was none of this sandbox's phones");
    Call& call = found->second;
    const TimePoint now = clock_.service_now();
    const bool for_ringing = action == CallAction::answer || action == CallAction::decline;
    if (for_ringing != (call.state == CallState::ringing)) {
        return fail(Errc::conflict, for_ringing ? "the call has been answered" : "the call has not been answered");
    }
    switch (action) {
        case CallAction::answer:
            call.ring.callee = Callee::listener;
            answer(place, call, now);
            if (gate_) move(place, call, now + key_max);
            call.keyed = !gate_;
            break;
        case CallAction::decline: end(place, false, "declined"); break;
        case CallAction::hang_up: end(place, false, "hung up before the PIN"); break;
        case CallAction::key:
            if (call.keyed || digit != '1') break;
            call.keyed = true;
            move(place, call, now + pin_said_after);
            break;
    }
    return {};
}

std::optional<CallState> HandsetCalls::state_of(const Place& place) const {
    const auto found = calls_.find(place);
    if (found == calls_.end()) return std::nullopt;
    return found->second.state;
}

std::optional<TimePoint> HandsetCalls::next_due() const {
    if (by_due_.empty()) return std::nullopt;
    return by_due_.begin()->first;
}

void HandsetCalls::run_due() {
    const TimePoint now = clock_.service_now();
    while (!by_due_.empty() && by_due_.begin()->first <= now) {
        const auto [due, place] = *by_due_.begin();
        run(place, calls_.at(place), due);
    }
}

void HandsetCalls::run(const Place& place, Call& call, TimePoint now) {
    if (call.state == CallState::answered) {
        if (call.ring.callee == Callee::impatient) return end(place, false, "hung up before the PIN");
        return call.keyed ? end(place, true, "") : end(place, false, "no key was pressed");
    }
    if (now >= call.ring.since + ringing_max) return end(place, false, "no answer");
    if (call.ring.callee == Callee::listener && attended_ && attended_(call.ring.account, call.ring.number)) {
        return move(place, call, call.ring.since + ringing_max);
    }
    answer(place, call, now);
}

void HandsetCalls::answer(const Place& place, Call& call, TimePoint now) {
    call.state = CallState::answered;
    call.keyed = !gate_ || call.ring.callee != Callee::voicemail;
    const seconds next = call.ring.callee == Callee::impatient ? hung_up_after : call.keyed ? pin_said_after : key_max;
    move(place, call, now + next);
    tell(call.ring.account);
}

void HandsetCalls::move(const Place& place, Call& call, TimePoint due) {
    by_due_.erase({call.due, place});
    call.due = due;
    by_due_.emplace(due, place);
}

void HandsetCalls::end(const Place& place, bool delivered, std::string reason) {
    const auto found = calls_.find(place);
    DeliveryReceipt receipt{.reference = found->second.ring.reference,
                            .delivered = delivered,
                            .reason = std::move(reason),
                            .account = found->second.ring.account};
    by_due_.erase({found->second.due, place});
    calls_.erase(found);
    receipts_(std::move(receipt));  // whose account is told when it is durable
}

void HandsetCalls::clear() noexcept {
    calls_.clear();
    by_due_.clear();
}

}  // namespace roger::channel
