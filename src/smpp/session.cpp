#include "smpp/session.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include "base/assert.hpp"
#include "observe/log.hpp"
#include "smpp/bind.hpp"

namespace roger::smpp {
namespace {

namespace asio = boost::asio;
using Answer = Result<std::vector<std::string>>;

/// What of the path to the last host a network between could read.
bool leaves_the_machine(const Options& options) {
    return std::ranges::any_of(options.hosts, [](const std::string& text) {
        const auto host = parse_host(text);
        boost::system::error_code ec;
        const auto address = asio::ip::make_address(host ? host->name : "", ec);
        return ec ? !host || host->name != "localhost" : !address.is_loopback();
    });
}

/// One message under way, from submit() to its answer.
struct Submission {
    std::vector<Segment> segments;
    std::vector<std::string> ids;
    std::size_t queued = 0;
    std::size_t sent = 0;  ///< and not answered
    std::size_t accepted = 0;
    Ticket first_ticket = 0;  ///< the others follow
    SteadyTime waiting_until{};
    SteadyTime deadline{};
    std::function<void(Answer)> reply;
    bool finished = false;
    std::multimap<SteadyTime, std::shared_ptr<Submission>>::iterator due;

    /// Whether the peer has, or may have, a part of it.
    [[nodiscard]] bool touched() const noexcept { return sent + accepted > 0; }
};
using SubmissionPtr = std::shared_ptr<Submission>;

}  // namespace

struct Session::State final : public BindOwner, public std::enable_shared_from_this<Session::State> {
    State(Parts given, Options wanted)
        : parts(std::move(given)),
          options(std::move(wanted)),
          account_pace(options.account_segments_per_second, {}),
          alarm(parts.executor),
          changed(parts.executor) {}

    // What callers ask.
    void accept(std::vector<Segment> segments, SteadyTime deadline, std::function<void(Answer)> reply);
    void start();
    [[nodiscard]] asio::awaitable<void> stop();
    void run_due();
    [[nodiscard]] bool up() const;

    // What binds tell.
    void on_up() override;
    void on_down() override;
    void on_answer(
        Bind& bind, Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) override;
    void on_unanswered(Ticket ticket, bool sent) override;
    void on_message(pdu::Pdu message, std::function<void(bool stored)> done) override;
    void on_progress() override;

    void pump();
    [[nodiscard]] Bind* choose(SteadyTime now);
    void enqueue(const SubmissionPtr& submission, std::size_t index);
    void refused(Bind& bind, const SubmissionPtr& submission, std::size_t index, std::uint32_t status);
    void finish(const SubmissionPtr& submission, Answer answer);
    void give_up(const SubmissionPtr& submission, Errc untouched, std::string_view why);
    void fail_waiting();
    void check_due(SteadyTime now);
    [[nodiscard]] SteadyTime next_due() const;
    void arm();
    [[nodiscard]] asio::awaitable<void> wait_until(SteadyTime time, bool (State::*reached)() const);
    [[nodiscard]] bool nothing_sent() const { return under_way.empty(); }
    [[nodiscard]] bool all_ended() const { return running == 0; }
    [[nodiscard]] SteadyTime now() const { return parts.clock.steady_now(); }

    Parts parts;
    Options options;
    TlsContext tls;  ///< none: plain TCP
    Pace account_pace;
    std::vector<std::shared_ptr<Bind>> binds;
    std::size_t running = 0;  ///< binds whose coroutine has not ended
    bool stopping = false;

    /// A segment by its ticket; tickets rise, so this is the order of arrival.
    struct Part {
        SubmissionPtr submission;
        std::size_t index;
    };
    std::map<Ticket, Part> queue;
    std::unordered_map<Ticket, Part> under_way;
    std::multimap<SteadyTime, SubmissionPtr> due;
    Ticket last_ticket = 0;

    asio::steady_timer alarm;
    SteadyTime armed_for = SteadyTime::max();
    Signal changed;
    SteadyTime stop_due = SteadyTime::max();
};

void Session::State::accept(std::vector<Segment> segments, SteadyTime deadline, std::function<void(Answer)> reply) {
    ROGER_ASSERT(!segments.empty() && segments.size() <= segments_max, "a message has 1 to 255 segments");
    if (stopping || !up()) return reply(fail(Errc::unavailable, stopping ? "stopping" : "no bind is up"));
    if (queue.size() + segments.size() > options.queue_max) return reply(fail(Errc::rate_limited, "the queue is full"));
    auto submission = std::make_shared<Submission>();
    submission->segments = std::move(segments);
    submission->ids.resize(submission->segments.size());
    submission->first_ticket = last_ticket + 1;
    last_ticket += submission->segments.size();
    submission->deadline = deadline;
    submission->waiting_until = std::min(deadline, now() + options.timing.waiting_max);
    submission->reply = std::move(reply);
    submission->due = due.emplace(submission->waiting_until, submission);
    for (std::size_t index = 0; index < submission->segments.size(); ++index) enqueue(submission, index);
    pump();
    arm();
}

void Session::State::enqueue(const SubmissionPtr& submission, std::size_t index) {
    queue.emplace(submission->first_ticket + index, Part{submission, index});
    ++submission->queued;
}

/// Sends what waits, in order, as far as the binds take it.
void Session::State::pump() {
    const SteadyTime time = now();
    while (!queue.empty() && account_pace.ready_at() <= time) {
        Bind* bind = choose(time);
        if (bind == nullptr) break;
        const auto first = queue.begin();
        const auto [ticket, part] = *first;
        queue.erase(first);
        --part.submission->queued;
        const Segment& segment = part.submission->segments[part.index];
        if (const Result<void> taken = bind->send(segment.message, segment.tlvs, ticket); !taken) {
            finish(part.submission, fail(Errc::blocked, taken.error().detail));
            continue;
        }
        ++part.submission->sent;
        account_pace.take(time);
        under_way.emplace(ticket, part);
    }
    for (const auto& bind : binds) bind->flush();
}

Bind* Session::State::choose(SteadyTime time) {
    Bind* best = nullptr;
    for (const auto& bind : binds) {
        if (!bind->transmits() || !bind->has_room() || bind->pace().ready_at() > time) continue;
        if (best == nullptr || bind->in_window() < best->in_window()) best = bind.get();
    }
    return best;
}

void Session::State::on_answer(
    Bind& bind, Ticket ticket, std::uint32_t status, std::string message_id, SteadyTime::duration took) {
    if (parts.hooks.answered) parts.hooks.answered(status, took);
    const auto found = under_way.find(ticket);
    if (found == under_way.end()) return;
    const auto [submission, index] = std::move(found->second);
    under_way.erase(found);
    if (status == pdu::status_ok) bind.pace().accepted();
    // Also when its caller has given up: the peer is throttling all the same.
    if (status != pdu::status_ok) return refused(bind, submission, index, status);
    if (submission->finished) return;
    --submission->sent;
    ++submission->accepted;
    submission->ids[index] = std::move(message_id);
    if (submission->accepted == submission->segments.size()) finish(submission, std::move(submission->ids));
}

void Session::State::refused(Bind& bind, const SubmissionPtr& submission, std::size_t index, std::uint32_t status) {
    const pdu::ErrorKind kind = pdu::classify(status, options.errors);
    if (kind == pdu::ErrorKind::throttled) bind.pace().throttled(now());
    if (submission->finished) return;
    --submission->sent;
    switch (kind) {
        case pdu::ErrorKind::throttled:
            if (now() < submission->waiting_until && !stopping) return enqueue(submission, index);
            return give_up(submission, Errc::rate_limited, pdu::describe_status(status));
        case pdu::ErrorKind::unavailable: return give_up(submission, Errc::unavailable, pdu::describe_status(status));
        case pdu::ErrorKind::refused_number:
        case pdu::ErrorKind::refused_route: break;
    }
    finish(submission, fail(Errc::blocked, fmt::format("{}: {}", to_string(kind), pdu::describe_status(status))));
}

void Session::State::on_unanswered(Ticket ticket, bool sent) {
    const auto found = under_way.find(ticket);
    if (found == under_way.end()) return;
    const auto [submission, index] = std::move(found->second);
    under_way.erase(found);
    if (submission->finished) return;
    if (sent) return finish(submission, fail(Errc::timed_out, "sent, and the answer will not come"));
    --submission->sent;
    if (stopping) return give_up(submission, Errc::unavailable, "stopping");
    enqueue(submission, index);
}

/// Ends a message whose last try did not reach the peer. @param untouched  what to say if no part of it did
void Session::State::give_up(const SubmissionPtr& submission, Errc untouched, std::string_view why) {
    const bool touched = submission->touched();
    finish(submission, fail(touched ? Errc::timed_out : untouched,
                            touched ? fmt::format("a part was sent; then {}", why) : std::string(why)));
}

void Session::State::finish(const SubmissionPtr& submission, Answer answer) {
    if (submission->finished) return;
    submission->finished = true;
    due.erase(submission->due);
    if (submission->queued > 0) {
        for (std::size_t i = 0; i < submission->segments.size(); ++i) queue.erase(submission->first_ticket + i);
    }
    submission->segments.clear();  // hold the PIN; what is under way has been written
    submission->reply(std::move(answer));
}

void Session::State::on_up() {
    if (parts.hooks.up) parts.hooks.up(up());
}

void Session::State::on_down() {
    if (!up()) fail_waiting();
    if (parts.hooks.up) parts.hooks.up(up());
}

void Session::State::fail_waiting() {
    while (!queue.empty()) {
        const SubmissionPtr submission = queue.begin()->second.submission;
        give_up(submission, Errc::unavailable, "no bind is up");
    }
}

void Session::State::on_message(pdu::Pdu message, std::function<void(bool stored)> done) {
    if (!parts.hooks.message) return done(true);
    parts.hooks.message(std::move(message), std::move(done));
}

void Session::State::on_progress() {
    pump();
    if (stopping) changed.notify();
    arm();
}

bool Session::State::up() const {
    return std::ranges::any_of(binds, [](const auto& bind) { return bind->transmits() && bind->is_bound(); });
}

void Session::State::check_due(SteadyTime time) {
    while (!due.empty() && due.begin()->first <= time) {
        const SubmissionPtr submission = due.begin()->second;
        if (time < submission->deadline && submission->queued == 0) {
            due.erase(submission->due);
            submission->due = due.emplace(submission->deadline, submission);
        } else {
            // Throttled, or the windows are full: `queued` tells a wait for a place from a wait for an answer.
            give_up(submission, Errc::rate_limited, submission->queued > 0 ? "no place in time" : "no answer in time");
        }
    }
}

void Session::State::run_due() {
    const SteadyTime time = now();
    for (const auto& bind : binds) bind->run_due(time);
    check_due(time);
    pump();
    if (time >= stop_due) changed.notify();
    arm();
}

SteadyTime Session::State::next_due() const {
    SteadyTime next = std::min(stop_due, due.empty() ? SteadyTime::max() : due.begin()->first);
    SteadyTime ready = SteadyTime::max();
    for (const auto& bind : binds) {
        next = std::min(next, bind->next_due());
        if (bind->transmits() && bind->has_room()) ready = std::min(ready, bind->pace().ready_at());
    }
    if (queue.empty() || ready == SteadyTime::max()) return next;
    return std::min(next, std::max(ready, account_pace.ready_at()));
}

/// Wakes up at next_due(), or before: looking too early does no harm, and spares setting the timer for each message.
void Session::State::arm() {
    const SteadyTime next = next_due();
    if (next >= armed_for) return;
    armed_for = next;
    alarm.expires_after(std::max<SteadyTime::duration>(next - now(), milliseconds(0)));
    alarm.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
        const auto self = weak.lock();
        if (ec || !self) return;
        self->armed_for = SteadyTime::max();
        self->run_due();
    });
}

void Session::State::start() {
    const auto add = [&](pdu::Command command) {
        Bind::Parts bind{.executor = parts.executor,
                         .clock = parts.clock,
                         .random = parts.random,
                         .options = options,
                         .tls = tls,
                         .command = command,
                         .number = binds.size()};
        binds.push_back(std::make_shared<Bind>(bind, *this));
    };
    for (std::size_t n = 0; n < options.binds; ++n) {
        if (options.mode == BindMode::transceiver) {
            add(pdu::Command::bind_transceiver);
        } else {
            add(pdu::Command::bind_transmitter);
            add(pdu::Command::bind_receiver);
        }
    }
    if (!options.tls.enabled && leaves_the_machine(options)) {
        observe::warning("smpp without TLS: password and messages can be read on the way", {{"route", options.name}});
    }
    running = binds.size();
    for (const auto& bind : binds) {
        asio::co_spawn(parts.executor, Bind::run(bind), [self = shared_from_this()](const std::exception_ptr& error) {
            ROGER_ASSERT(!error, "nothing in a bind throws");
            --self->running;
            self->changed.notify();
        });
    }
}

asio::awaitable<void> Session::State::wait_until(SteadyTime time, bool (State::*reached)() const) {
    stop_due = time;
    arm();
    while (!(this->*reached)() && now() < time) co_await changed.wait();
    stop_due = SteadyTime::max();
}

asio::awaitable<void> Session::State::stop() {
    stopping = true;
    while (!queue.empty()) {
        const SubmissionPtr submission = queue.begin()->second.submission;
        give_up(submission, Errc::unavailable, "stopping");
    }
    co_await wait_until(now() + options.timing.drain_max, &State::nothing_sent);
    for (const auto& bind : binds) bind->stop();
    co_await wait_until(now() + options.timing.unbind_max, &State::all_ended);
    for (const auto& bind : binds) bind->close();
    while (running > 0) co_await changed.wait();
    alarm.cancel();
}

Session::Session(std::shared_ptr<State> state) : state_(std::move(state)) {}

Session::~Session() {
    state_->parts.hooks = {};
    state_->stopping = true;
    for (const auto& bind : state_->binds) bind->close();
}

Result<std::unique_ptr<Session>> Session::create(Parts parts, Options options) {
    if (const Result<void> checked = check(options); !checked) return tl::make_unexpected(checked.error());
    TlsContext tls;
    if (options.tls.enabled) {
        Result<TlsContext> made = make_tls_context(options.tls);
        if (!made) return tl::make_unexpected(made.error());
        tls = std::move(*made);
    }
    auto state = std::make_shared<State>(std::move(parts), std::move(options));
    state->tls = std::move(tls);
    return std::unique_ptr<Session>(new Session(std::move(state)));
}

void Session::start() { state_->start(); }
bool Session::up() const { return state_->up(); }
void Session::run_due() { state_->run_due(); }

Stats Session::stats() const {
    Stats stats{.waiting = state_->queue.size()};
    for (const auto& bind : state_->binds) {
        stats.binds_up += bind->is_bound() ? 1 : 0;
        stats.in_window += bind->in_window();
    }
    return stats;
}

asio::awaitable<Result<std::vector<std::string>>> Session::submit(std::vector<Segment> segments, SteadyTime deadline) {
    auto initiate = [state = state_, segments = std::move(segments), deadline](auto handler) mutable {
        // std::function wants a copyable target. The caller goes on in a turn of its own, not in the midst of ours.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto reply = [shared, executor = state->parts.executor](Answer answer) {
            asio::post(executor, [shared, answer = std::move(answer)]() mutable { (*shared)(std::move(answer)); });
        };
        state->accept(std::move(segments), deadline, std::move(reply));
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Answer)>(std::move(initiate),
                                                                                         asio::use_awaitable);
}

asio::awaitable<void> Session::stop() {
    const std::shared_ptr<State> state = state_;
    co_await state->stop();
}

}  // namespace roger::smpp
