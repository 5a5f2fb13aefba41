#include "api/v1.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/signature.hpp"
#include "api/v1_parameters.hpp"
#include "api/v1_start.hpp"
#include "http/trusted_proxies.hpp"

namespace roger::api::v1 {
namespace {

namespace asio = boost::asio;
using verification::Verdict;

constexpr milliseconds start_backlog_max{10'000};
constexpr seconds retry_after_max{60};  ///< of a start: routes that are down for hours may be back in a minute

struct Named {
    Call call;
    Format format;
};

std::optional<Call> call_of(std::string_view word) {
    if (word.empty()) return Call::start;
    for (const Call call : {Call::check, Call::search, Call::control, Call::psd2}) {
        if (word == name_of(call)) return call;
    }
    return std::nullopt;
}

/// "/verify/json", "/verify/check/xml". @return nullopt for any other path
std::optional<Named> read_path(std::string_view path) {
    constexpr std::string_view prefix = "/verify/";
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    const std::size_t slash = path.find('/');
    const std::string_view word = slash == std::string_view::npos ? "" : path.substr(0, slash);
    const std::string_view format = slash == std::string_view::npos ? path : path.substr(slash + 1);
    if (slash == 0 || (format != "json" && format != "xml")) return std::nullopt;
    const auto call = call_of(word);
    if (!call) return std::nullopt;
    return Named{*call, format == "json" ? Format::json : Format::xml};
}

/// Where the transport itself is broken the HTTP code is real, and the body says it in v1's words.
Answer broken_transport(std::string text) { return refuse(invalid, std::move(text), "unreadable", "request"); }

struct Unreadable {
    Answer answer;
    unsigned http_status;
};

Unreadable unreadable(const Error& error, Call call) {
    // Readable, but it says two things: a value out of its rule, like others.
    constexpr std::string_view repeated = "given twice";
    if (error.detail.ends_with(repeated)) {
        const std::size_t colon = error.detail.rfind(": ");
        Answer answer = invalid_value(call, colon == std::string::npos ? "body" : error.detail.substr(0, colon));
        answer.reason = {.rule = "repeated-key", .scope = "body"};  // not the name: it is the client's own text
        return {std::move(answer), 200};
    }
    const bool other_type = error.code == Errc::blocked || error.detail == "Content-Type: neither a form nor JSON";
    return {broken_transport("The request could not be read: " + error.detail), other_type ? 415U : 400U};
}

constexpr std::string_view not_live_rule = "not-live";
constexpr const char* denied_text = "The number you are trying to verify is blacklisted for verification.";

/// The end user's address as it is counted: of IPv6 the /64, for one subscriber has all of it. "" when it is not given.
std::string end_user_of(const http::Parameters& parameters) {
    std::string text = text_of(parameters, "ip");
    if (text.empty()) text = text_of(parameters, "ip_address");
    if (text.empty()) return "";
    boost::system::error_code unreadable;
    const auto address = asio::ip::make_address(text, unreadable);
    if (unreadable || address.is_v4()) return text;
    if (address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), 0);
    return asio::ip::address_v6(bytes).to_string();
}

Answer not_live_answer(const std::string& id) {
    return refuse(not_live,
                  "The platform was unable to process this message for the following reason: Request '" + id +
                      "' was not found or it has been verified already.",
                  not_live_rule, "request");
}

/// What a check answer says of the request it was asked about, whatever the answer.
std::string echoed_id(const http::Parameters& parameters) {
    std::string id = text_of(parameters, "request_id");
    return id.size() <= id_length_max ? id : "";
}

Answer from_error(const Error& error) {
    return error.code == Errc::rate_limited ? overloaded("overload", "server", 1) : failed_inside();
}

}  // namespace

std::optional<http::Response> answer_broken(std::string_view path, unsigned status) {
    if (!path.starts_with("/verify/")) return std::nullopt;
    const auto named = read_path(path).value_or(Named{Call::start, Format::json});
    http::Response response = write(broken_transport("The request could not be read."), named.call, named.format);
    response.status = status;
    return response;
}

asio::awaitable<http::Response> Api::handle(const http::Request& request,
                                            std::shared_ptr<const account::Account> account) {
    const auto named = read_path(request.path);
    if (!named) {
        co_return finish(broken_transport("There is no such call."), {Call::start, Format::json}, "", 404);
    }
    if (request.method != http::Method::get && request.method != http::Method::post) {
        auto response =
            finish(broken_transport("This call takes GET and POST."), {named->call, named->format}, "", 405);
        response.headers.emplace_back("Allow", "GET, POST");
        co_return response;
    }
    co_return co_await judge(request, std::move(account), named->call, named->format);
}

std::shared_ptr<const account::Account> Api::find_account(const Credentials& credentials,
                                                          const http::Parameters& parameters) {
    const auto book = context_.engine.accounts();
    const auto found = book->find(credentials.key);
    if (found == book->end() || found->second->disabled) return nullptr;
    const account::Account& account = *found->second;
    const bool good = credentials.secret.empty()
                          ? is_signed_by(account, parameters, context_.vault.keyring(), context_.clock.wall_now())
                          : hasher_.matches(account, credentials.secret);
    return good ? found->second : nullptr;
}

bool Api::may_come_from(const account::Account& account, const std::string& address) {
    if (account.networks.empty()) return true;
    const auto networks = http::TrustedProxies::parse(account.networks);
    return networks && networks->contains(address);
}

asio::awaitable<void> Api::note_wrong(const http::Request& request) {
    if (!wrong_.note(request.remote_address, context_.clock.steady_now())) co_return;
    asio::steady_timer timer(context_.executor, WrongCredentials::delay);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::optional<unsigned> Api::over_rate(const account::Account& account, std::string_view endpoint) {
    const double rate = account.rate.value_or(context_.settings.rate);
    const double burst = account.burst.value_or(std::max(rate, account.rate ? rate : context_.settings.burst));
    std::string bucket = account.key;
    bucket += '/';
    bucket += endpoint;
    return limiter_.take(bucket, rate, burst, context_.clock.steady_now());
}

http::Response Api::finish(const Answer& answer, Form form, std::string_view account, unsigned http_status) {
    count(form.call, answer.status);
    if (answer.status != ok) note_refused({form.call, answer, answer.reason, false, account});
    if (!answer.observed.rule.empty()) note_refused({form.call, answer, answer.observed, true, account});
    http::Response response = write(answer, form.call, form.format);
    response.status = http_status;
    return response;
}

void Api::note_refused(const Refused& refused) {
    context_.metrics.count(refused.observed ? "roger_would_refuse_total" : "roger_refusals_total",
                           {{"api", "v1"}, {"call", name_of(refused.call)}, {"rule", refused.reason.rule}});
    if (refused.observed || context_.history == nullptr) return;
    const Answer& answer = refused.answer;
    context_.history->refused([&] {
        return history::Refusal{.at = context_.clock.service_now(),
                                .account = std::string(refused.account),
                                .call = std::string(name_of(refused.call)),
                                .status = answer.status,
                                .rule = answer.reason.rule,
                                .reason = guard::to_text(answer.reason),
                                .number = answer.number,
                                .request_id = answer.request_id};
    });
}

void Api::count(Call call, int status) {
    context_.metrics.count("roger_requests_total",
                           {{"api", "v1"}, {"call", name_of(call)}, {"status", std::to_string(status)}});
}

asio::awaitable<std::variant<std::shared_ptr<const account::Account>, Answer>> Api::let_in(
    const http::Request& request, const http::Parameters& parameters, Call call) {
    const Credentials credentials = read_credentials(request, parameters);
    if (credentials.key.empty()) co_return refuse(missing, "Missing api_key", "missing-credentials", "request");
    if (credentials.secret.empty() && text_of(parameters, "sig").empty()) {
        co_return refuse(missing, "Missing api_secret", "missing-credentials", "request");
    }
    auto account = find_account(credentials, parameters);
    if (account) co_return account;
    co_await note_wrong(request);
    co_return credentials_refused(call);
}

asio::awaitable<http::Response> Api::judge(const http::Request& request,
                                           std::shared_ptr<const account::Account> account,
                                           Call call,
                                           Format format) {
    const auto parameters = http::read_parameters(request);
    if (!parameters) {
        const auto [answer, http_status] = unreadable(parameters.error(), call);
        co_return finish(answer, {call, format}, "", http_status);
    }
    std::string asking;
    const auto answer_now = [&](Answer answer) {
        if (call == Call::check) answer.request_id = echoed_id(*parameters);
        return finish(answer, {call, format}, asking);
    };
    // A text from outside is an account's name only if there is such an account.
    const std::string key = account ? account->key : read_credentials(request, *parameters).key;
    if (context_.engine.accounts()->contains(key)) asking = key;
    if (!account) {
        auto known = co_await let_in(request, *parameters, call);
        if (auto* refusal = std::get_if<Answer>(&known)) co_return answer_now(std::move(*refusal));
        account = std::get<std::shared_ptr<const account::Account>>(std::move(known));
    }
    if (!may_come_from(*account, request.remote_address)) {
        Answer answer = credentials_refused(call);
        answer.reason = {.rule = "ip-allow", .scope = "account"};
        co_return answer_now(std::move(answer));
    }
    const bool reads_only = call == Call::check || call == Call::search;
    if (account->barred && !reads_only) {
        co_return answer_now(
            refuse(barred, "The api_key you supplied is for an account that has been barred from submitting messages.",
                   "barred", "account"));
    }
    if (const auto wait = over_rate(*account, name_of(call))) {
        co_return answer_now(overloaded("account-rate", "account", *wait));
    }
    // Before the parameters are judged: reading a number costs more than all the rest of a refusal.
    const bool starts = call == Call::start || call == Call::psd2;
    if (starts && context_.engine.starts_full()) co_return answer_now(overloaded("overload", "server", 1));

    Asked asked{request, *parameters, std::move(account), call};
    if (call == Call::search) co_return co_await search(std::move(asked), format);
    Answer answer;
    if (call == Call::check) {
        answer = co_await check(std::move(asked));
    } else if (call == Call::control) {
        answer = co_await control(std::move(asked));
    } else {
        answer = co_await start(std::move(asked));
    }
    co_return answer_now(answer);
}

asio::awaitable<Answer> Api::start(Asked asked) {
    const StartRules rules{
        .account = *asked.account,
        .numbers = context_.settings.numbers,
        .lists = context_.settings.lists,
        .serves = [this](message::Channel channel,
                         const verification::Request& draft) { return context_.dispatcher.serves(channel, draft); },
        .dearest = [this](message::Channel channel,
                          const verification::Request& draft) { return context_.dispatcher.dearest(channel, draft); }};
    auto read = read_start(asked.call, asked.parameters, asked.request.idempotency_key, rules);
    if (auto* refusal = std::get_if<Answer>(&read)) co_return std::move(*refusal);
    auto& command = std::get<engine::Start>(read);
    std::string number = command.draft.number;
    Answer answer = co_await begin(asked, std::move(command));
    answer.number = std::move(number);
    co_return answer;
}

void Api::judge_end_user(const std::string& source, engine::Start& command, guard::Reason& observed) {
    const guard::Mode mode = context_.engine.modes().of(guard::RuleId::end_user_ip);
    if (mode == guard::Mode::off || command.on_allow_list) return;
    auto reason = end_users_.judge(source, context_.clock.service_now());
    if (!reason) return;
    if (mode == guard::Mode::observe) {
        observed = std::move(*reason);
    } else {
        command.refusal = std::make_shared<const guard::Reason>(std::move(*reason));
    }
}

asio::awaitable<Answer> Api::begin(const Asked& asked, engine::Start command) {
    if (context_.dispatcher.opted_out(command.draft)) co_return refuse(denied, denied_text, "opt-out", "number");
    const auto first = verification::channels(command.draft.plan).front();
    const milliseconds backlog = context_.dispatcher.backlog(first, command.draft);
    if (backlog > start_backlog_max) {
        const auto wait = std::min(std::chrono::ceil<seconds>(backlog - start_backlog_max), retry_after_max);
        co_return overloaded("route-backlog", "server", static_cast<unsigned>(wait.count()));
    }
    command.random = context_.random.next_u64();
    command.entropy = context_.random.next_u64();
    Answer answer;
    const std::string end_user = end_user_of(asked.parameters);
    const std::string source = end_user.empty() ? "" : asked.account->key + " " + end_user;
    if (!source.empty()) judge_end_user(source, command, answer.observed);
    const auto answered = co_await ask(context_.engine, std::move(command));
    if (!answered) co_return from_error(answered.error());

    using Kind = engine::Start::Answer::Kind;
    switch (answered->kind) {
        case Kind::started:
            if (!source.empty()) end_users_.learn(source, context_.clock.service_now());
            if (answered->reason) answer.observed = *answered->reason;
            [[fallthrough]];
        case Kind::replayed: answer.request_id = answered->id->to_string(); break;
        case Kind::mismatch:
            answer = invalid_value(asked.call, "client_ref");
            answer.reason = {.rule = "idempotency-mismatch", .scope = "client_ref"};
            break;
        case Kind::concurrent:
            answer = refuse(concurrent, "Concurrent verifications to the same number are not allowed",
                            "one-live-request", "number");
            answer.request_id = answered->id->to_string();
            break;
        case Kind::refused: co_return refuse(denied, denied_text, *answered->reason, context_.clock.service_now());
        case Kind::no_funds:
            co_return refuse(quota_exceeded, "Partner quota exceeded", *answered->reason, context_.clock.service_now());
    }
    co_return answer;
}

asio::awaitable<Answer> Api::check(Asked asked) {
    if (auto refusal = judge_mandatory(asked.parameters, asked.call, {"request_id", "code"})) co_return *refusal;
    const std::string id = text_of(asked.parameters, "request_id");
    if (!is_id_text(id)) co_return invalid_value(asked.call, "request_id");
    const auto code = verification::Pin::parse_typed(text_of(asked.parameters, "code"));
    if (!code) co_return invalid_value(asked.call, "code");
    // An id that cannot be one takes the same way as one that is unknown.
    const auto parsed = verification::RequestId::parse(id).value_or(verification::RequestId(Block{}));
    engine::Check command{parsed, asked.account->key, *code, context_.random.next_u64(), {}};
    const auto answered = co_await ask(context_.engine, std::move(command));
    if (!answered) co_return from_error(answered.error());

    switch (answered->verdict) {
        case Verdict::right: {
            Answer answer;
            answer.event_id = answered->event_id;
            answer.number_history = answered->history;
            answer.fields = {{"price", to_price(answered->price)},
                             {"currency", answered->currency},
                             {"estimated_price_messages_sent", to_price(answered->messages_price)}};
            co_return answer;
        }
        case Verdict::wrong: {
            Answer answer =
                refuse(wrong_code, "The code inserted does not match the expected value", "wrong-code", "request");
            if (answered->reason) answer.observed = *answered->reason;
            co_return answer;
        }
        case Verdict::wrong_last: {
            Answer answer = refuse(wrong_code_last, "The wrong code was provided too many times. Request terminated",
                                   "wrong-code-last", "request");
            if (answered->reason) answer.reason = *answered->reason;
            co_return answer;
        }
        default: co_return not_live_answer(id);
    }
}

asio::awaitable<Answer> Api::control(Asked asked) {
    if (auto refusal = judge_mandatory(asked.parameters, asked.call, {"request_id", "cmd"}))
        co_return std::move(*refusal);
    const std::string id = text_of(asked.parameters, "request_id");
    const std::string cmd = text_of(asked.parameters, "cmd");
    if (!is_id_text(id)) co_return invalid_value(asked.call, "request_id");
    if (cmd != "cancel" && cmd != "trigger_next_event") co_return invalid_value(asked.call, "cmd");
    engine::Control command{.id = verification::RequestId::parse(id).value_or(verification::RequestId(Block{})),
                            .account = asked.account->key};
    if (cmd == "cancel") {
        command.what = verification::Cancel{.lenient = asked.account->lenient_cancel};
    } else {
        command.what = verification::TriggerNext{};
    }
    const auto answered = co_await ask(context_.engine, std::move(command));
    if (!answered) co_return from_error(answered.error());

    switch (answered->verdict) {
        case Verdict::done: {
            Answer answer;
            answer.fields = {{"command", cmd}};
            co_return answer;
        }
        case Verdict::too_early:
            co_return refuse(not_now,
                             "Verification request ['" + id + "'] can't be cancelled within the first 30 seconds.",
                             "cancel-too-early", "request");
        case Verdict::too_late:
            co_return refuse(not_now,
                             "Verification request  ['" + id + "'] can't be cancelled now. Too many attempts to " +
                                 "re-deliver have already been made.",
                             "cancel-too-late", "request");
        case Verdict::no_events_left:
            co_return refuse(not_now, "No more events are left to execute for the request ['" + id + "']",
                             "no-events-left", "request");
        default:
            co_return refuse(not_live, "The requestId '" + id + "' does not exist or its no longer active.",
                             not_live_rule, "request");
    }
}

}  // namespace roger::api::v1
