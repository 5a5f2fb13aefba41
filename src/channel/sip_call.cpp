#include "channel/sip_call.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "channel/circuit.hpp"
#include "observe/log.hpp"

namespace roger::channel {
namespace {

namespace asio = boost::asio;
using sip::Ended;
using sip::Progress;

Cause cause_of(Ended how) {
    if (how == Ended::busy) return Cause::busy;
    return sip::is_of_trunk(how) ? Cause::route : Cause::subscriber;
}

std::string reason_of(const sip::CallEvent& event) {
    if (event.how == Ended::bad_number) return std::string(no_such_number);
    if (event.how == Ended::hung_up || event.how == Ended::completed) return "hung up before the PIN";
    return event.reason;
}

/// Wakes coroutines that look for something to have changed; the executor's thread.
class Signal {
public:
    explicit Signal(const asio::any_io_executor& executor) : timer_(executor) {}
    void raise() { timer_.cancel(); }
    asio::awaitable<void> wait(SteadyTime until) {
        timer_.expires_at(until);
        boost::system::error_code ignored;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }

private:
    asio::steady_timer timer_;
};

}  // namespace

struct SipCall::State : std::enable_shared_from_this<State> {
    State(Parts given, SipCallOptions wanted)
        : parts(std::move(given)), options(std::move(wanted)), none_left(parts.executor) {}

    /// One call, from its submission until the agent says that it has ended.
    struct Call {
        Call(Outbound& message, const asio::any_io_executor& executor)
            : reference(message.reference), account(message.account), country(message.country), decided(executor) {}
        Reference reference;
        std::string account;
        std::string country;
        std::uint64_t id = 0;  ///< the agent's; 0 before it is placed
        SteadyTime placed{};
        Signal decided;
        bool accepted = false;
        bool answered = false;
        bool receipted = false;
        bool revoked = false;
        std::optional<std::string> failed;  ///< before it was accepted: why
    };
    using CallPtr = std::shared_ptr<Call>;

    [[nodiscard]] bool line_free(const std::string& country) const;
    [[nodiscard]] asio::awaitable<bool> take_line(CallPtr call, SteadyTime until);
    void give_line_back(const CallPtr& call);
    [[nodiscard]] asio::awaitable<Result<sip::CallRequest>> prepare(Outbound message, SteadyTime deadline);
    void place(const CallPtr& call, sip::CallRequest request);
    [[nodiscard]] asio::awaitable<Result<Accepted>> outcome(CallPtr call, SteadyTime deadline);
    void on_event(const CallPtr& call, const sip::CallEvent& event);
    void on_ringing(const CallPtr& call);
    void on_ended(const CallPtr& call, const sip::CallEvent& event);
    void revoke(const CallPtr& call) const;
    void receipt(const CallPtr& call, bool delivered, std::string reason, Cause cause);
    void show_active() const;

    Parts parts;
    SipCallOptions options;
    std::uint64_t trunk = 0;  ///< the agent's; 0 before start()
    bool trunk_up = false;
    bool stopping = false;
    Circuit circuit;
    std::vector<CallPtr> without_line;  ///< still being prepared, or waiting for a line
    std::vector<CallPtr> calls;         ///< that hold a line
    Signal none_left;                   ///< of stop() alone
};

void SipCall::State::show_active() const {
    parts.metrics.set("roger_calls_active", {{"route", options.trunk.name}}, static_cast<double>(calls.size()));
}

bool SipCall::State::line_free(const std::string& country) const {
    if (calls.size() >= options.max_calls) return false;
    const auto limit = options.max_calls_in.find(country);
    if (limit == options.max_calls_in.end()) return true;
    const auto there = std::ranges::count_if(calls, [&](const CallPtr& call) { return call->country == country; });
    return static_cast<std::size_t>(there) < limit->second;
}

/// Looks every now and then: calls end at a rate, and whoever waits may be after another country's limit.
asio::awaitable<bool> SipCall::State::take_line(CallPtr call, SteadyTime until) {
    constexpr milliseconds look_again{50};
    while (stopping || call->revoked || !line_free(call->country)) {
        const SteadyTime now = parts.clock.steady_now();
        if (stopping || call->revoked || now >= until) co_return false;
        co_await call->decided.wait(std::min(until, now + look_again));
    }
    calls.push_back(call);
    show_active();
    co_return true;
}

void SipCall::State::give_line_back(const CallPtr& call) {
    std::erase(calls, call);
    show_active();
    none_left.raise();
}

/// What is to be said, before anything rings: a call without words is better not placed.
asio::awaitable<Result<sip::CallRequest>> SipCall::State::prepare(Outbound message, SteadyTime deadline) {
    voice::Utterance utterance{.locale = message.locale,
                               .voice = message.voice,
                               .text = std::move(message.text),
                               .media = std::move(message.media)};
    voice::Utterance gate{
        .locale = message.locale, .voice = message.voice, .text = std::string(message::gate_prompt(message.locale))};
    const CallPolicy policy = parts.policy;
    auto said = co_await parts.speech.speak(std::move(utterance), deadline);
    if (!said) co_return fail(Errc::unavailable, said.error().detail);
    sip::CallRequest request{.number = std::move(message.number),
                             .caller_id = options.caller_id,
                             .message = std::move(*said),
                             .repeat = policy.repeat};
    if (policy.gate) {
        auto asked = co_await parts.speech.speak(std::move(gate), deadline);
        if (!asked) co_return fail(Errc::unavailable, asked.error().detail);
        request.prompt = std::move(*asked);
    }
    co_return request;
}

void SipCall::State::place(const CallPtr& call, sip::CallRequest request) {
    call->placed = parts.clock.steady_now();
    circuit.begin();
    call->id = parts.lines.place(
        trunk, std::move(request), [executor = parts.executor, self = shared_from_this(), call](sip::CallEvent event) {
            asio::post(executor, [self, call, event = std::move(event)] { self->on_event(call, event); });
        });
}

asio::awaitable<Result<Accepted>> SipCall::State::outcome(CallPtr call, SteadyTime deadline) {
    const SteadyTime until = std::min(deadline, call->placed + accepted_after);
    while (!call->accepted && !call->failed && parts.clock.steady_now() < until) co_await call->decided.wait(until);
    if (call->failed) co_return fail(Errc::unavailable, *call->failed);
    call->accepted = true;
    Accepted accepted;
    accepted.priced_later = true;
    co_return accepted;
}

void SipCall::State::on_event(const CallPtr& call, const sip::CallEvent& event) {
    switch (event.progress) {
        case Progress::trying: break;
        case Progress::answered:
            call->answered = true;
            on_ringing(call);
            break;
        case Progress::ringing: on_ringing(call); break;
        case Progress::pin_spoken:
            receipt(call, true, "", Cause::subscriber);
            if (stopping) parts.lines.hang_up(call->id);
            break;
        case Progress::ended: on_ended(call, event); break;
    }
}

void SipCall::State::on_ringing(const CallPtr& call) {
    circuit.succeeded();
    if (call->accepted) return;
    call->accepted = true;
    const std::chrono::duration<double> took = parts.clock.steady_now() - call->placed;
    parts.metrics.observe("roger_call_setup_seconds", {{"route", options.trunk.name}}, took.count());
    call->decided.raise();
}

void SipCall::State::on_ended(const CallPtr& call, const sip::CallEvent& event) {
    parts.metrics.count("roger_calls_total", {{"route", options.trunk.name}, {"result", sip::to_string(event.how)}});
    if (!sip::is_of_trunk(event.how)) {
        event.how == Ended::stopped ? circuit.abandoned() : circuit.succeeded();
    } else {
        observe::warning("a trunk failed a call",
                         {{"route", options.trunk.name}, {"how", sip::to_string(event.how)}, {"why", event.reason}});
        const SteadyTime now = parts.clock.steady_now();
        const bool admitted = circuit.admits(now);
        circuit.failed(now);
        if (admitted && !circuit.admits(now)) {
            observe::warning("a trunk is left alone for a while", {{"route", options.trunk.name}});
        }
    }
    give_line_back(call);
    const Cause cause = cause_of(event.how);
    std::string reason = call->revoked ? std::string(request_ended) : reason_of(event);
    if (!call->accepted && (cause == Cause::route || event.how == Ended::stopped)) {
        call->failed = std::move(reason);
    } else {
        call->accepted = true;
        receipt(call, false, std::move(reason), cause);
    }
    call->decided.raise();
}

void SipCall::State::revoke(const CallPtr& call) const {
    if (call->receipted || call->revoked) return;
    call->revoked = true;
    if (call->id != 0) parts.lines.hang_up(call->id);
    call->decided.raise();
}

void SipCall::State::receipt(const CallPtr& call, bool delivered, std::string reason, Cause cause) {
    if (call->receipted) return;
    call->receipted = true;
    parts.receipts(DeliveryReceipt{.reference = call->reference,
                                   .delivered = delivered,
                                   .reason = std::move(reason),
                                   .account = call->account,
                                   .route = options.trunk.name,
                                   .cause = cause,
                                   .charged = call->answered});
}

SipCall::SipCall(Parts parts, SipCallOptions options)
    : state_(std::make_shared<State>(std::move(parts), std::move(options))) {}
SipCall::~SipCall() = default;

void SipCall::start() {
    state_->trunk = state_->parts.lines.open(
        state_->options.trunk,
        [executor = state_->parts.executor, state = std::weak_ptr<State>(state_)](bool up, const std::string& reason) {
            asio::post(executor, [state, up, reason] {
                const auto self = state.lock();
                if (!self) return;
                self->trunk_up = up;
                if (up) return;
                observe::warning("a trunk cannot be used", {{"route", self->options.trunk.name}, {"why", reason}});
            });
        });
}

bool SipCall::up() const {
    return state_->trunk_up && !state_->stopping && state_->circuit.admits(state_->parts.clock.steady_now());
}

asio::awaitable<Result<Accepted>> SipCall::submit(Outbound message, SteadyTime deadline) {
    const std::shared_ptr<State> state = state_;
    if (!up()) co_return fail(Errc::unavailable, "the trunk is down");
    const auto call = std::make_shared<State::Call>(message, state->parts.executor);
    state->without_line.push_back(call);
    const SteadyTime now = state->parts.clock.steady_now();
    auto request = co_await state->prepare(std::move(message), std::min(deadline, now + speech_max));
    const SteadyTime line_by = std::min(deadline, state->parts.clock.steady_now() + line_wait);
    const bool has_line = request && co_await state->take_line(call, line_by);
    std::erase(state->without_line, call);
    if (!request) co_return tl::make_unexpected(request.error());
    if (!has_line && call->revoked) co_return fail(Errc::unavailable, std::string(request_ended));
    if (!has_line) co_return fail(Errc::unavailable, "every line of the trunk is busy");
    state->place(call, std::move(*request));
    co_return co_await state->outcome(call, deadline);
}

void SipCall::revoke(verification::RowKey key) {
    for (const auto* each : {&state_->without_line, &state_->calls}) {
        for (const auto& call : *each) {
            if (call->reference.key == key) state_->revoke(call);
        }
    }
}

asio::awaitable<void> SipCall::stop() {
    const std::shared_ptr<State> state = state_;
    state->stopping = true;
    for (const auto& call : state->calls) {
        if (call->receipted) state->parts.lines.hang_up(call->id);
    }
    const SteadyTime until = state->parts.clock.steady_now() + stop_wait;
    while (!state->calls.empty() && state->parts.clock.steady_now() < until) co_await state->none_left.wait(until);
    if (state->trunk == 0) co_return;
    // Its sockets must be free before another channel opens the same trunk.
    const auto closed = std::make_shared<bool>(false);
    state->parts.lines.close(state->trunk, [executor = state->parts.executor, state, closed] {
        asio::post(executor, [state, closed] {
            *closed = true;
            state->none_left.raise();
        });
    });
    while (!*closed) co_await state->none_left.wait(SteadyTime::max());
}

}  // namespace roger::channel
