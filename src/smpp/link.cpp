#include "smpp/link.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "observe/log.hpp"

namespace roger::smpp {
namespace {

/// Answers that the peer does not read: a flood of enquire_link must not fill the memory.
constexpr std::size_t answers_bytes_max = 1024 * 1024;

}  // namespace

void Link::start(const pdu::Bind& bind, SteadyTime now) {
    ROGER_ASSERT(state_ == State::opened, "a link binds once");
    last_sequence_ = terms_.first_sequence - 1;
    own_request_ = next_sequence();
    const auto written = pdu::append({.command = terms_.bind, .sequence = own_request_, .body = bind}, answers_);
    ROGER_ASSERT(written.has_value(), "check() has measured the options");
    state_ = State::binding;
    heard_ = now;
    own_due_ = now + terms_.timing.bind_max;
}

void Link::receive(pdu::OctetView bytes, SteadyTime now) {
    if (state_ == State::closed) return;
    const bool kept = !input_.empty();
    if (kept) input_.insert(input_.end(), bytes.begin(), bytes.end());
    pdu::OctetView rest = kept ? pdu::OctetView(input_) : bytes;
    while (state_ != State::closed) {
        const pdu::Frame frame = pdu::next_frame(rest);
        if (frame.kind == pdu::Frame::Kind::incomplete) break;
        if (frame.kind == pdu::Frame::Kind::broken) return close(Ending::broken_stream);
        handle(rest.first(frame.bytes), now);
        rest = rest.subspan(frame.bytes);
    }
    pdu::Octets left(rest.begin(), rest.end());
    input_.swap(left);
}

void Link::handle(pdu::OctetView frame, SteadyTime now) {
    heard_ = now;
    misses_ = 0;
    enquiry_.reset();
    auto pdu = pdu::decode(frame);
    if (!pdu) {
        handle_defect(pdu.error());
    } else if (pdu::is_response(pdu->command)) {
        handle_answer(*pdu, now);
    } else {
        handle_request(std::move(*pdu));
    }
    if (answers_.size() > answers_bytes_max) close(Ending::not_reading);
}

void Link::handle_defect(const pdu::Defect& defect) {
    if (!pdu::is_response(defect.command)) {
        answer(defect.command, defect.sequence, defect.status);
        return;
    }
    const auto found = window_.find(defect.sequence);
    if (defect.command != pdu::Command::submit_sm_resp || found == window_.end()) return;
    const Ticket ticket = found->second.ticket;
    window_.erase(found);
    listener_.on_unanswered(ticket);
}

void Link::handle_answer(const pdu::Pdu& pdu, SteadyTime now) {
    if (state_ == State::binding) return handle_bind_answer(pdu, now);
    const bool refused = pdu.command == pdu::Command::generic_nack;
    if (pdu.command == pdu::Command::unbind_resp || (refused && pdu.sequence == own_request_)) {
        if (state_ == State::unbinding && pdu.sequence == own_request_) close(Ending::unbound);
        return;
    }
    if (pdu.command != pdu::Command::submit_sm_resp && !refused) return;
    const auto found = window_.find(pdu.sequence);
    if (found == window_.end()) {
        observe::debug("smpp answer to nothing we wait for", {{"sequence", pdu.sequence}});
        return;
    }
    const Entry entry = found->second;
    window_.erase(found);
    const auto* body = std::get_if<pdu::MessageAnswer>(&pdu.body);
    // A generic_nack of status 0 accepts nothing.
    const std::uint32_t status =
        refused && pdu.status == pdu::status_ok ? std::uint32_t{pdu::status_system_error} : pdu.status;
    listener_.on_answer(entry.ticket, status, body != nullptr ? body->message_id : std::string(), now - entry.sent_at);
}

void Link::handle_bind_answer(const pdu::Pdu& pdu, SteadyTime now) {
    const bool refused = pdu.command == pdu::Command::generic_nack;
    if (pdu.command != pdu::response_to(terms_.bind) && !refused) return;
    if (!refused && pdu.sequence != own_request_) return;
    if (refused || pdu.status != pdu::status_ok) {
        bind_status_ = pdu.status == pdu::status_ok ? std::uint32_t{pdu::status_system_error} : pdu.status;
        return close(Ending::bind_refused);
    }
    state_ = State::bound;
    heard_ = now;
    listener_.on_bound();
}

void Link::handle_request(pdu::Pdu pdu) {
    using pdu::Command;
    switch (pdu.command) {
        case Command::enquire_link: return put(Command::enquire_link_resp, pdu::status_ok, pdu.sequence);
        case Command::unbind:
            put(Command::unbind_resp, pdu::status_ok, pdu.sequence);
            return close(Ending::peer_unbound);
        case Command::deliver_sm:
        case Command::data_sm:
            if (state_ == State::bound || state_ == State::unbinding) return listener_.on_message(std::move(pdu));
            return answer(pdu.command, pdu.sequence, pdu::status_wrong_bind_state);
        case Command::alert_notification:
        case Command::outbind: return;  // have no answer
        default: return put(Command::generic_nack, pdu::status_invalid_command, pdu.sequence);
    }
}

void Link::answer(pdu::Command request, std::uint32_t sequence, std::uint32_t status) {
    if (state_ == State::closed) return;
    if (request != pdu::Command::deliver_sm && request != pdu::Command::data_sm) {
        return put(pdu::Command::generic_nack, status, sequence);
    }
    pdu::Pdu answer{.command = pdu::response_to(request), .status = status, .sequence = sequence};
    answer.body = pdu::MessageAnswer{};  // §4.6.2: message_id is unused and empty
    const auto written = pdu::append(answer, answers_);
    ROGER_ASSERT(written.has_value(), "an empty id fits");
}

Result<void> Link::submit(const pdu::ShortMessage& message, const pdu::Tlvs& tlvs, Ticket ticket, SteadyTime now) {
    ROGER_ASSERT(has_room(), "the owner looks first");
    const std::uint32_t sequence = next_sequence();
    const std::uint64_t offset = messages_taken_ + messages_.size();
    const auto written = pdu::append_submit(message, tlvs, sequence, messages_);
    if (!written) return written;
    while (!expiries_.empty() && !is_waiting(expiries_.front())) expiries_.pop_front();
    window_.emplace(sequence, Entry{.ticket = ticket, .sent_at = now, .offset = offset});
    expiries_.push_back({.due = now + terms_.timing.answer_max, .sequence = sequence, .ticket = ticket});
    return {};
}

void Link::unbind(SteadyTime now) {
    if (state_ == State::closed || state_ == State::unbinding) return;
    if (state_ != State::bound) return close(Ending::unbound);
    own_request_ = next_sequence();
    put(pdu::Command::unbind, pdu::status_ok, own_request_);
    state_ = State::unbinding;
    own_due_ = now + terms_.timing.unbind_max;
}

void Link::enquire(SteadyTime now) {
    put(pdu::Command::enquire_link, pdu::status_ok, next_sequence());
    enquiry_ = now + terms_.timing.enquire_answer_max;
}

void Link::run_due(SteadyTime now) {
    if (state_ == State::binding && now >= own_due_) return close(Ending::bind_unanswered);
    if (state_ == State::unbinding && now >= own_due_) return close(Ending::unbound);
    if (state_ != State::bound && state_ != State::unbinding) return;
    drop_expired(now);
    if (enquiry_ && now >= *enquiry_) {
        if (++misses_ >= terms_.timing.enquire_misses_max) return close(Ending::silent);
        enquire(now);
    } else if (!enquiry_ && now >= heard_ + terms_.timing.idle_before_enquire) {
        enquire(now);
    }
}

void Link::drop_expired(SteadyTime now) {
    while (!expiries_.empty() && expiries_.front().due <= now) {
        const Expiry oldest = expiries_.front();
        expiries_.pop_front();
        if (!is_waiting(oldest)) continue;
        window_.erase(oldest.sequence);
        listener_.on_unanswered(oldest.ticket);
    }
}

bool Link::is_waiting(const Expiry& expiry) const {
    const auto found = window_.find(expiry.sequence);
    return found != window_.end() && found->second.ticket == expiry.ticket;
}

SteadyTime Link::next_due() const noexcept {
    switch (state_) {
        case State::opened:
        case State::closed: return SteadyTime::max();
        case State::binding: return own_due_;
        case State::bound:
        case State::unbinding: break;
    }
    SteadyTime due = enquiry_ ? *enquiry_ : heard_ + terms_.timing.idle_before_enquire;
    if (state_ == State::unbinding) due = std::min(due, own_due_);
    if (!expiries_.empty()) due = std::min(due, expiries_.front().due);
    return due;
}

pdu::Octets Link::take_output() {
    pdu::Octets out;
    out.swap(answers_);
    messages_taken_ += messages_.size();
    if (out.empty()) {
        out.swap(messages_);
    } else {
        out.insert(out.end(), messages_.begin(), messages_.end());
        messages_.clear();
    }
    return out;
}

std::vector<Link::Outstanding> Link::take_outstanding() {
    std::vector<Outstanding> outstanding;
    outstanding.reserve(window_.size());
    for (const auto& [sequence, entry] : window_) {
        outstanding.push_back({.ticket = entry.ticket, .sent = entry.offset < messages_taken_});
    }
    window_.clear();
    expiries_.clear();
    return outstanding;
}

void Link::close(Ending ending) noexcept {
    state_ = State::closed;
    ending_ = ending;
    messages_.clear();  // never left, so they may go elsewhere
    if (ending != Ending::peer_unbound) answers_.clear();
}

void Link::put(pdu::Command command, std::uint32_t status, std::uint32_t sequence) {
    const auto written = pdu::append({.command = command, .status = status, .sequence = sequence}, answers_);
    ROGER_ASSERT(written.has_value(), "a PDU without a body fits");
}

std::uint32_t Link::next_sequence() {
    do {
        last_sequence_ = last_sequence_ >= pdu::sequence_max ? pdu::sequence_min : last_sequence_ + 1;
    } while (window_.contains(last_sequence_));
    return last_sequence_;
}

}  // namespace roger::smpp
