#include "verification/machine.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace roger::verification {
namespace {

bool live(const Request& row) { return row.status == Status::in_progress; }
bool events_left(const Request& row) { return row.events.size() < channels(row.plan).size(); }
bool current(const Request& row, std::size_t event) { return event + 1 == row.events.size(); }

/// Waits count from the handover; until it is known, from the moment the event began.
TimePoint wait_from(const Event& event) { return event.handed_over.value_or(event.begun); }

std::uint8_t bit_of(std::uint8_t attempt) { return static_cast<std::uint8_t>(1U << ((attempt - 1U) & 7U)); }

void charge(Event& event, const Outcome& outcome) {
    event.price += outcome.price;
    event.segments = static_cast<std::uint8_t>(std::min(event.segments + outcome.segments, UINT8_MAX));
}

/// Notes that the segment has arrived. @return whether its whole message has
bool completes(Event& event, const Receipt& receipt) {
    if (receipt.parts <= 1) return true;
    const unsigned first = parts_max * ((receipt.attempt - 1U) & 3U);
    const std::uint64_t all = (std::uint64_t{1} << std::min(receipt.parts, parts_max)) - 1;
    if (receipt.part < parts_max) event.parts_delivered |= std::uint64_t{1} << (first + receipt.part);
    return (event.parts_delivered >> first & all) == all;
}

/// The event waits, claimed by nobody, until it may be handed over once more: its lease ends where it would begin.
bool postponed(const Event& event) { return event.state == EventState::sending && event.claimed == event.lease_until; }

/// Works on one row; `send` is what the row asks of the world afterwards.
class Machine {
public:
    Machine(Request row, std::uint16_t node, TimePoint now) : row_(std::move(row)), node_(node), now_(now) {}

    Transition finish(Verdict verdict) && {
        if (verdict != Verdict::ignored) reschedule();
        return {std::move(row_), verdict, send_};
    }

    Verdict operator()(const TimerDue& /*timer*/);
    Verdict operator()(const PinChecked& check);
    Verdict operator()(const TriggerNext& /*trigger*/);
    Verdict operator()(const Cancel& cancel);
    Verdict operator()(const SenderLost& lost);
    Verdict operator()(const Restored& restored);
    Verdict operator()(const Outcome& outcome);
    Verdict operator()(const Receipt& receipt);
    void begin_event();

private:
    void end(Status status);
    void claim(std::size_t index);
    void reschedule();
    void fail_event(std::size_t index, std::string reason);
    [[nodiscard]] bool may_try_again(std::size_t index) const;
    bool recover(std::size_t index);
    [[nodiscard]] bool may_call_again(std::size_t index) const;
    void postpone(std::size_t index);
    bool resume(std::size_t index);
    void follow_up(std::size_t index, const Outcome& outcome);
    Verdict charge_late(Event& event, const Outcome& outcome);
    Verdict deliver(Event& event, const Receipt& receipt);

    Request row_;
    std::uint16_t node_;
    TimePoint now_;
    std::optional<Claim> send_;
};

void Machine::end(Status status) {
    row_.status = status;
    row_.finalized = now_;
    wipe(row_.sealed_pin);
    row_.sealed_pin.clear();
}

void Machine::claim(std::size_t index) {
    Event& event = row_.events[index];
    event.state = EventState::sending;
    event.node = node_;
    event.claimed = now_;
    event.lease_until = now_ + lease_of(event.channel);
    send_ = Claim{index, event.attempt};
}

void Machine::begin_event() {
    const std::size_t index = row_.events.size();
    if (now_ >= pin_dead_at(row_)) {
        row_.pin_made = now_;
        if (!row_.caller_pin) {
            ++row_.generation;
            row_.wrong_checks = 0;
        }
    }
    const auto minutes = std::chrono::floor<std::chrono::minutes>(pin_dead_at(row_) - now_).count();
    row_.events.push_back(Event{.channel = channels(row_.plan)[index],
                                .generation = row_.generation,
                                .pin_minutes = static_cast<std::uint8_t>(std::clamp<long>(minutes, 1, 60)),
                                .begun = now_});
    claim(index);
}

/// The next time anything can happen by itself.
void Machine::reschedule() {
    row_.due.reset();
    if (!live(row_)) return;
    const auto sooner = [this](TimePoint time) { row_.due = std::min(row_.due.value_or(time), time); };
    for (const Event& event : row_.events) {
        if (event.state == EventState::sending) sooner(event.lease_until);
    }
    const Event& last = row_.events.back();
    const bool on_its_way = last.state == EventState::sending && !last.handed_over;
    if (!events_left(row_)) {
        sooner(planned_end(row_));
    } else if (!on_its_way) {
        sooner(wait_from(last) + wait_after(row_.plan, row_.events.size() - 1));
    }
}

void Machine::fail_event(std::size_t index, std::string reason) {
    row_.events[index].state = EventState::failed;
    row_.events[index].reason = std::move(reason);
    if (live(row_) && current(row_, index) && events_left(row_)) begin_event();
}

bool Machine::may_try_again(std::size_t index) const {
    return live(row_) && current(row_, index) &&
           row_.events[index].attempt < attempts_max(row_.events[index].channel) && now_ < pin_dead_at(row_);
}

/// Whether there is time for another try before the next event, and for the PIN to be of use in it.
bool Machine::may_call_again(std::size_t index) const {
    const TimePoint again = now_ + busy_pause;
    const TimePoint next = wait_from(row_.events[index]) + wait_after(row_.plan, index);
    return may_try_again(index) && again < next && again < pin_dead_at(row_);
}

void Machine::postpone(std::size_t index) {
    Event& event = row_.events[index];
    ++event.attempt;
    event.state = EventState::sending;
    event.claimed = event.lease_until = now_ + busy_pause;
}

bool Machine::resume(std::size_t index) {
    const bool in_time = live(row_) && current(row_, index) && now_ < pin_dead_at(row_);
    in_time ? claim(index) : fail_event(index, "busy");
    return true;
}

/// The claim's sender is gone: nobody knows whether the peer has the message.
bool Machine::recover(std::size_t index) {
    Event& event = row_.events[index];
    event.ambiguous = true;
    if (!may_try_again(index)) {
        event.state = EventState::submitted;
        event.reason = "outcome unknown";
        event.handed_over = wait_from(event);
        event.open |= bit_of(event.attempt);
        return true;
    }
    if (event.channel == Channel::tts && now_ < event.claimed + voice_recovery_pause) {
        event.lease_until = event.claimed + voice_recovery_pause;
        return true;
    }
    event.open |= bit_of(event.attempt);
    ++event.attempt;
    claim(index);
    return true;
}

Verdict Machine::operator()(const TimerDue& /*timer*/) {
    if (!live(row_)) return Verdict::ignored;
    if (now_ >= planned_end(row_)) {
        end(Status::expired);
        return Verdict::done;
    }
    bool moved = false;
    for (std::size_t i = 0; i < row_.events.size(); ++i) {
        const Event& event = row_.events[i];
        if (event.state != EventState::sending || now_ < event.lease_until) continue;
        moved = postponed(event) ? resume(i) : recover(i);
    }
    const Event& last = row_.events.back();
    const bool on_its_way = last.state == EventState::sending && !last.handed_over;
    if (events_left(row_) && !on_its_way && now_ >= wait_from(last) + wait_after(row_.plan, row_.events.size() - 1)) {
        begin_event();
        moved = true;
    }
    return moved ? Verdict::done : Verdict::ignored;
}

Verdict Machine::operator()(const PinChecked& check) {
    if (!live(row_) || now_ >= planned_end(row_)) return Verdict::gone;
    const bool valid = check.right && now_ < pin_dead_at(row_);
    row_.checks.push_back(Check{.at = now_, .sealed_code = check.sealed_code, .valid = valid});
    if (valid) {
        end(Status::success);
        return Verdict::right;
    }
    if (++row_.wrong_checks < wrong_checks_max && !check.last_wrong) return Verdict::wrong;
    end(Status::failed);
    return Verdict::wrong_last;
}

Verdict Machine::operator()(const TriggerNext& /*trigger*/) {
    if (!live(row_)) return Verdict::gone;
    if (!events_left(row_)) return Verdict::no_events_left;
    begin_event();
    return Verdict::done;
}

Verdict Machine::operator()(const Cancel& cancel) {
    if (!live(row_)) return Verdict::gone;
    if (!cancel.lenient) {
        if (row_.events.size() >= 2) return Verdict::too_late;
        if (now_ < row_.submitted + cancel_not_before) return Verdict::too_early;
    }
    end(Status::cancelled);
    return Verdict::done;
}

Verdict Machine::operator()(const SenderLost& lost) {
    if (lost.event >= row_.events.size() || row_.events[lost.event].state != EventState::sending ||
        postponed(row_.events[lost.event])) {
        return Verdict::ignored;
    }
    if (live(row_) && now_ >= planned_end(row_)) {
        row_.events[lost.event].ambiguous = true;
        end(Status::expired);
        return Verdict::done;
    }
    recover(lost.event);
    return Verdict::done;
}

Verdict Machine::operator()(const Restored& /*restored*/) {
    if (!live(row_)) return Verdict::ignored;
    for (Event& event : row_.events) {
        if (event.state != EventState::sending) continue;
        event.ambiguous = true;
        event.state = EventState::submitted;
        event.reason = "outcome unknown";
    }
    end(Status::expired);
    return Verdict::done;
}

void Machine::follow_up(std::size_t index, const Outcome& outcome) {
    Event& event = row_.events[index];
    const bool unknown = outcome.handover == Handover::unknown;
    if (outcome.handover != Handover::not_sent && outcome.another_route && may_try_again(index)) {
        event.ambiguous = event.ambiguous || unknown;
        event.tried.push_back(outcome.route);
        ++event.attempt;
        claim(index);
    } else if (unknown) {
        event.state = EventState::submitted;
        event.reason = "outcome unknown";
    } else {
        fail_event(index, outcome.reason);
    }
}

/// Of a claim that was given up: the peer took the message all the same, and will want to be paid.
Verdict Machine::charge_late(Event& event, const Outcome& outcome) {
    const std::uint8_t bit = bit_of(outcome.attempt);
    if (outcome.attempt == 0 || (event.open & bit) == 0) return Verdict::ignored;
    event.open &= static_cast<std::uint8_t>(~bit);
    charge(event, outcome);
    if (outcome.handover != Handover::not_sent && !event.handed_over) event.handed_over = outcome.at;
    return Verdict::done;
}

Verdict Machine::operator()(const Outcome& outcome) {
    if (outcome.event >= row_.events.size()) return Verdict::ignored;
    Event& event = row_.events[outcome.event];
    if (event.attempt != outcome.attempt || event.state != EventState::sending) return charge_late(event, outcome);
    event.route = outcome.route;
    event.peer_ids = outcome.peer_ids;
    charge(event, outcome);
    if (outcome.handover != Handover::not_sent && !event.handed_over) event.handed_over = outcome.at;
    if (outcome.handover == Handover::accepted) {
        event.state = outcome.delivered ? EventState::delivered : EventState::submitted;
        event.receipted = outcome.delivered;
    } else {
        follow_up(outcome.event, outcome);
    }
    return Verdict::done;
}

Verdict Machine::deliver(Event& event, const Receipt& receipt) {
    const std::uint64_t before = event.parts_delivered;
    event.price += receipt.price;
    if (!completes(event, receipt)) return event.parts_delivered == before ? Verdict::ignored : Verdict::done;
    if (event.state == EventState::sending) event.open |= bit_of(event.attempt);  // it may be on its way
    if (receipt.attempt != event.attempt) event.ambiguous = true;
    event.state = EventState::delivered;
    event.receipted = receipt.at;
    event.reason.clear();
    return Verdict::done;
}

Verdict Machine::operator()(const Receipt& receipt) {
    if (receipt.event >= row_.events.size()) return Verdict::ignored;
    Event& event = row_.events[receipt.event];
    const bool decided = event.state == EventState::delivered || event.state == EventState::failed;
    if (decided || receipt.attempt == 0 || receipt.attempt > event.attempt) return Verdict::ignored;
    if (receipt.delivered) return deliver(event, receipt);
    if (receipt.attempt != event.attempt || event.state != EventState::submitted) return Verdict::ignored;
    event.receipted = receipt.at;
    event.price += receipt.price;
    if (receipt.busy && may_call_again(receipt.event)) {
        postpone(receipt.event);
    } else if (receipt.another_route && may_try_again(receipt.event) &&
               receipt.at - wait_from(event) <= retry_after_receipt_max) {
        event.tried.push_back(event.route);
        ++event.attempt;
        claim(receipt.event);
    } else {
        fail_event(receipt.event, receipt.reason);
    }
    return Verdict::done;
}

}  // namespace

std::uint8_t attempts_max(Channel channel) { return channel == Channel::sms ? 3 : 2; }
seconds lease_of(Channel channel) { return channel == Channel::sms ? seconds{20} : seconds{60}; }

Transition begin(Request row, std::uint16_t node) {
    ROGER_ASSERT(row.events.empty() && live(row), "a row begins once");
    const TimePoint now = row.submitted;
    row.pin_made = now;
    Machine machine(std::move(row), node, now);
    machine.begin_event();
    return std::move(machine).finish(Verdict::done);
}

Transition step(Request row, const Input& input, std::uint16_t node, TimePoint now) {
    Machine machine(std::move(row), node, now);
    const Verdict verdict = std::visit(machine, input);
    return std::move(machine).finish(verdict);
}

std::vector<TimePoint> planned_events(const Request& row) {
    ROGER_ASSERT(!row.events.empty(), "a stored row has begun");
    std::vector<TimePoint> times;
    TimePoint at = wait_from(row.events.back());
    for (std::size_t i = row.events.size(); i < channels(row.plan).size(); ++i) {
        at += wait_after(row.plan, i - 1);
        times.push_back(at);
    }
    return times;
}

TimePoint planned_end(const Request& row) {
    const std::vector<TimePoint> times = planned_events(row);
    TimePoint pin_made = row.pin_made;
    for (const TimePoint at : times) {
        if (at >= pin_made + row.plan.pin_expiry) pin_made = at;
    }
    const TimePoint last = times.empty() ? wait_from(row.events.back()) : times.back();
    return std::max(last + wait_after(row.plan, channels(row.plan).size() - 1), pin_made + row.plan.pin_expiry);
}

}  // namespace roger::verification
