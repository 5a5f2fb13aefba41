#include "channel/http_sms.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "channel/access_token.hpp"
#include "channel/callback_seal.hpp"
#include "channel/circuit.hpp"
#include "message/encoding.hpp"

namespace roger::channel {

namespace asio = boost::asio;

struct HttpSms::State {
    State(Parts given, HttpSmsOptions wanted, std::unique_ptr<Gateway> api)
        : parts(std::move(given)),
          options(std::move(wanted)),
          gateway(std::move(api)),
          seal(parts.callback_key),
          settled(parts.executor, asio::steady_timer::time_point::max()) {
        if (const OAuth2* oauth2 = gateway->oauth2(); oauth2 != nullptr) {
            token.emplace(AccessToken::Parts{parts.executor, parts.clock, parts.client}, *oauth2, options.allow_private,
                          options.ca_file);
        }
    }

    [[nodiscard]] std::optional<Error> resting() const;
    [[nodiscard]] bool wants_callbacks() const { return !options.public_url.empty() && gateway->takes_callback_url(); }
    [[nodiscard]] std::string callback_url(std::string_view sealed) const {
        return fmt::format("{}/callbacks/{}/{}", options.public_url, options.route, sealed);
    }
    asio::awaitable<Result<http::ClientAnswer>> ask(http::ClientCall call, SteadyTime deadline);
    void note(const Result<http::ClientAnswer>& answer, const Result<Submitted>& said, SteadyTime began);
    [[nodiscard]] Accepted accept(Submitted submitted, std::size_t segments, const std::string& reference) const;

    Parts parts;
    HttpSmsOptions options;
    std::unique_ptr<Gateway> gateway;
    CallbackSeal seal;
    std::optional<AccessToken> token;
    Circuit circuit;
    SteadyTime paused_until{};
    std::size_t under_way = 0;
    bool stopping = false;
    asio::steady_timer settled;  ///< cancelled when nothing is under way any more
};

/// Why a message may not go out now.
std::optional<Error> HttpSms::State::resting() const {
    const SteadyTime now = parts.clock.steady_now();
    if (stopping) return Error{Errc::unavailable, "the route is being closed"};
    if (!circuit.admits(now))
        return Error{Errc::unavailable, "the route rests, for its gateway failed again and again"};
    if (now < paused_until) return Error{Errc::rate_limited, "the gateway asked for a pause"};
    if (under_way >= options.under_way_max) return Error{Errc::rate_limited, "too many messages are under way"};
    return std::nullopt;
}

asio::awaitable<Result<http::ClientAnswer>> HttpSms::State::ask(http::ClientCall call, SteadyTime deadline) {
    call.allow_private = options.allow_private;
    call.ca_file = options.ca_file;
    if (token) {
        const auto got = co_await token->get(deadline);
        if (!got) co_return tl::make_unexpected(got.error());
        call.headers.push_back(fmt::format("Authorization: Bearer {}", got->reveal()));
    }
    auto answer = co_await parts.client.ask(std::move(call), deadline);
    if (token && answer && answer->status == 401) token->forget();
    co_return answer;
}

/// What an attempt tells of the gateway.
void HttpSms::State::note(const Result<http::ClientAnswer>& answer, const Result<Submitted>& said, SteadyTime began) {
    const SteadyTime now = parts.clock.steady_now();
    const std::string status =
        answer ? fmt::format("{}", answer->status) : (answer.error().code == Errc::timed_out ? "none" : "not_sent");
    parts.metrics.count("roger_http_answers_total", {{"route", options.route}, {"status", status}});
    if (answer) {
        parts.metrics.observe("roger_http_answer_seconds", std::chrono::duration<double>(now - began).count());
    }
    const bool rests = answer && (answer->status == 429 || answer->status == 503);
    if (rests && answer->retry_after) paused_until = now + std::min(*answer->retry_after, pause_max);
    const bool failed = !said && (said.error().code == Errc::unavailable || said.error().code == Errc::timed_out);
    if (failed) {
        circuit.failed(now);
    } else {
        circuit.succeeded();
    }
}

Accepted HttpSms::State::accept(Submitted submitted, std::size_t segments, const std::string& reference) const {
    Accepted accepted;
    accepted.segments = static_cast<std::uint8_t>(submitted.segments == 0 ? segments : submitted.segments);
    std::erase(submitted.ids, "");
    accepted.peer_ids = submitted.ids;
    const bool by_segment = gateway->receipts_by_segment() && accepted.segments > 1;
    if (wants_callbacks() && !by_segment) {
        accepted.receipt_keys = {{options.route, reference}};
        return accepted;
    }
    const bool promised = wants_callbacks() || (!gateway->takes_callback_url() && gateway->signs_receipts());
    if (!promised) return accepted;
    if (!gateway->gives_ids()) {
        accepted.receipt_keys = {{options.route, reference}};
    } else if (accepted.peer_ids.size() == (by_segment ? accepted.segments : 1U)) {
        // Without the id of each part their receipts can never say that all have arrived.
        for (const std::string& id : accepted.peer_ids) accepted.receipt_keys.push_back({options.route, id});
    }
    return accepted;
}

HttpSms::HttpSms(Parts parts, HttpSmsOptions options, std::unique_ptr<Gateway> gateway)
    : state_(std::make_shared<State>(std::move(parts), std::move(options), std::move(gateway))) {}
HttpSms::~HttpSms() = default;

bool HttpSms::up() const {
    const SteadyTime now = state_->parts.clock.steady_now();
    return !state_->stopping && now >= state_->paused_until && state_->circuit.admits(now);
}

asio::awaitable<Result<Accepted>> HttpSms::submit(Outbound message, SteadyTime deadline) {
    const std::shared_ptr<State> state = state_;
    if (auto error = state->resting()) co_return tl::make_unexpected(std::move(*error));
    const auto encoded = message::encode(message.text, message::Alphabet::gsm);
    if (!encoded) co_return fail(Errc::blocked, encoded.error().detail);
    const std::string reference = make_reference(state->parts.random);
    const std::string sealed = state->seal.seal(state->options.route, reference);
    const std::string url = state->wants_callbacks() ? state->callback_url(sealed) : "";
    const auto lives = message.pin_dead_at - state->parts.clock.service_now();
    const Submission submission{.message = message,
                                .reference = reference,
                                .callback_url = url,
                                .pin_lives = std::chrono::ceil<seconds>(std::max(milliseconds(0), lives)),
                                .unicode = encoded->alphabet == message::Alphabet::ucs2};
    http::ClientCall call = state->gateway->write(submission);

    const SteadyTime began = state->parts.clock.steady_now();
    ++state->under_way;
    state->circuit.begin();
    const auto answer = co_await state->ask(std::move(call), deadline);
    --state->under_way;
    if (state->under_way == 0) state->settled.cancel();
    auto said = answer ? state->gateway->read(*answer) : Result<Submitted>(tl::make_unexpected(answer.error()));
    state->note(answer, said, began);
    if (!said) co_return tl::make_unexpected(std::move(said.error()));
    co_return state->accept(std::move(*said), encoded->segments.size(), reference);
}

asio::awaitable<void> HttpSms::stop() {
    const std::shared_ptr<State> state = state_;
    state->stopping = true;
    while (state->under_way > 0) {
        boost::system::error_code ignored;
        co_await state->settled.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<CallbackVerdict> HttpSms::take(const http::Request& request, std::string_view sealed) {
    const std::shared_ptr<State> state = state_;
    const auto reference = state->seal.open(state->options.route, sealed);
    // Without our seal the gateway's signature must do.
    const bool may_be_unsealed = sealed.empty() && !state->gateway->takes_callback_url();
    if (!reference && !(may_be_unsealed && state->gateway->signs_receipts())) co_return CallbackVerdict::forged;
    auto read = state->gateway->receipt(request, state->callback_url(sealed), state->parts.clock.wall_now());
    if (!read) {
        co_return read.error().code == Errc::blocked ? CallbackVerdict::forged : CallbackVerdict::unreadable;
    }
    PeerReceipt receipt{.peer_group = state->options.route, .state = read->state, .reason = std::move(read->reason)};
    if (reference) receipt.ids.push_back(*reference);
    if (!read->id.empty()) receipt.ids.push_back(std::move(read->id));
    if (receipt.ids.empty()) co_return CallbackVerdict::unreadable;

    // A receipt that is ahead of its submission's answer is held for longer than a gateway waits.
    const auto stored = std::make_shared<std::optional<bool>>();
    const auto waiting = std::make_shared<asio::steady_timer>(state->parts.executor, store_max);
    state->parts.receipts(std::move(receipt), [stored, waiting](bool done) {
        *stored = done;
        waiting->cancel();
    });
    if (!*stored) {
        boost::system::error_code ignored;
        co_await waiting->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return stored->value_or(false) ? CallbackVerdict::taken : CallbackVerdict::not_now;
}

}  // namespace roger::channel
