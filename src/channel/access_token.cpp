#include "channel/access_token.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "channel/gateway_text.hpp"

namespace roger::channel {

namespace asio = boost::asio;

namespace {

constexpr std::size_t token_max = 8U << 10U;
constexpr std::int64_t life_max = 30LL * 24 * 3'600;  ///< in seconds; a longer one is not believed

struct Fetched {
    Secret token;
    seconds life = AccessToken::default_life;
};

Result<Fetched> read_token(const http::ClientAnswer& answer) {
    if (auto error = judge_status(answer.status)) {
        return fail(Errc::unavailable, "no access token: " + error->detail);
    }
    const auto body = read_object(answer);
    const std::string token = body ? member_text(*body, "access_token") : "";
    const bool printable = std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
    if (token.empty() || token.size() > token_max || !printable) {
        return fail(Errc::unavailable, "no access token in the answer");
    }
    Fetched fetched{.token = Secret(token)};
    const std::string life = member_text(*body, "expires_in");
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(life.data(), life.data() + life.size(), count);
    if (ec == std::errc{} && count > 0 && count <= life_max) fetched.life = seconds(count);
    return fetched;
}

}  // namespace

struct AccessToken::State {
    State(Parts given, OAuth2 wanted, bool may_be_private, std::string authorities)
        : parts(std::move(given)),
          options(std::move(wanted)),
          allow_private(may_be_private),
          ca_file(std::move(authorities)),
          fetched(parts.executor) {}
    Parts parts;
    OAuth2 options;
    bool allow_private;
    std::string ca_file;
    Secret token;
    SteadyTime good_until{};
    bool fetching = false;
    Error error{Errc::unavailable, "no access token in time"};
    asio::steady_timer fetched;  ///< cancelled when a fetch has ended
};

AccessToken::AccessToken(Parts parts, OAuth2 options, bool allow_private, std::string ca_file)
    : state_(std::make_shared<State>(std::move(parts), std::move(options), allow_private, std::move(ca_file))) {}
AccessToken::~AccessToken() = default;

void AccessToken::forget() { state_->good_until = {}; }

asio::awaitable<void> AccessToken::fetch(std::shared_ptr<State> state) {
    http::ClientCall call;
    call.url = state->options.token_url;
    call.allow_private = state->allow_private;
    call.ca_file = state->ca_file;
    call.headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
                    basic_authorization(percent_encode(state->options.client_id),
                                        percent_encode(state->options.client_secret.reveal()))};
    std::vector<std::pair<std::string_view, std::string_view>> fields{{"grant_type", "client_credentials"}};
    if (!state->options.scope.empty()) fields.emplace_back("scope", state->options.scope);
    call.body = form_encode(fields);
    const SteadyTime deadline = state->parts.clock.steady_now() + fetch_max;
    const auto answer = co_await state->parts.client.ask(std::move(call), deadline);
    auto read = answer ? read_token(*answer)
                       : Result<Fetched>(fail(Errc::unavailable, "no access token: " + answer.error().detail));
    if (read) {
        state->token = std::move(read->token);
        const seconds kept = read->life > 2 * margin ? read->life - margin : read->life / 2;
        state->good_until = state->parts.clock.steady_now() + kept;
    } else {
        state->error = read.error();
    }
    state->fetching = false;
    state->fetched.cancel();
}

asio::awaitable<Result<Secret>> AccessToken::get(SteadyTime deadline) {
    const std::shared_ptr<State> state = state_;
    if (state->parts.clock.steady_now() < state->good_until) co_return state->token;
    if (!state->fetching) {
        state->fetching = true;
        state->fetched.expires_at(asio::steady_timer::time_point::max());
        asio::co_spawn(state->parts.executor, fetch(state), [](const std::exception_ptr& /*none*/) {});
    }
    // A fetch takes fetch_max at most, and then whoever waits looks at the deadline of its own.
    if (state->fetching) {
        boost::system::error_code ignored;
        co_await state->fetched.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    const SteadyTime now = state->parts.clock.steady_now();
    if (now < state->good_until && now < deadline) co_return state->token;
    co_return tl::make_unexpected(state->error);
}

}  // namespace roger::channel
