#include "api/sandbox.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <tuple>

#include "api/json_text.hpp"
#include "api/problem.hpp"
#include "channel/handset.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;

constexpr std::size_t messages_max = 100;
constexpr std::size_t rows_max = 200;
constexpr unsigned advance_max = 86'400;
constexpr std::string_view verify_path = "/sandbox/verify/";

std::optional<unsigned> whole(const std::string& text, unsigned low, unsigned high) {
    unsigned value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
    return value;
}

/// "roger_handset=TOKEN" among other cookies.
std::string cookie_of(const http::Request& request) {
    constexpr std::string_view name = "roger_handset=";
    const std::size_t at = request.cookie.find(name);
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size();
    return request.cookie.substr(from, request.cookie.find(';', from) - from);
}

}  // namespace

std::shared_ptr<const account::Account> Sandbox::authenticate(const http::Request& request,
                                                              const http::Parameters& parameters) {
    const Credentials credentials = read_credentials(request, parameters);
    if (!credentials.key.empty()) return v1_.find_account(credentials, parameters);
    const auto session = cookies_.find(cookie_of(request));
    if (session == cookies_.end()) return nullptr;
    const auto book = context_.engine.accounts();
    const auto found = book->find(session->second);
    return found == book->end() || found->second->disabled ? nullptr : found->second;
}

/// The account's own calls of Verify v1, for a page that a cookie opened: it has no secret to send.
asio::awaitable<http::Response> Sandbox::verify(const http::Request& request,
                                                std::shared_ptr<const account::Account> account) {
    http::Request call = request;
    call.path.erase(0, verify_path.size() - std::string_view("/verify/").size());
    co_return co_await v1_.handle(call, std::move(account));
}

asio::awaitable<http::Response> Sandbox::handle(const http::Request& request) {
    if (!context_.settings.sandbox) {
        co_return problem(404, "Not Found",
                          "This data directory is live; the sandbox's calls exist in a sandbox only.");
    }
    const auto parameters = http::read_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    const auto account = authenticate(request, *parameters);
    if (!account || !v1::Api::may_come_from(*account, request.remote_address)) {
        co_await v1_.note_wrong(request);
        co_return problem(401, "Unauthorized",
                          "Send the account's key and secret, by HTTP Basic or as api_key and api_secret.");
    }
    const bool get = request.method == http::Method::get;
    // A form of another site could send the cookie too; JSON it cannot send without asking first.
    if (!get && read_credentials(request, *parameters).key.empty() && request.content_type != "application/json") {
        co_return problem(415, "Unsupported Media Type", "A page that a cookie opened sends application/json.");
    }
    if (request.path.starts_with(verify_path)) co_return co_await verify(request, account);
    if (request.path == "/sandbox/clock") {
        if (get) co_return clock_now(*account);
        if (request.method != http::Method::post) co_return method_not_allowed("GET, POST");
        co_return co_await clock(*parameters, *account);
    }
    const bool of_one_call = request.path.starts_with("/sandbox/calls/");
    const bool of_calls = request.path == "/sandbox/calls";
    if (!of_one_call && !of_calls && request.path != "/sandbox/messages" && request.path != "/sandbox/stream") {
        co_return problem(404, "Not Found", "There is no such sandbox call.");
    }
    if (!get && !of_one_call) co_return method_not_allowed("GET");
    auto filter = read_filter(*parameters, account->key);
    if (!filter) co_return problem(filter.error());
    if (of_one_call) co_return co_await handle_call(request, *parameters, std::move(*filter));
    if (request.path == "/sandbox/stream") co_return stream(std::move(*filter));
    co_return co_await list(std::move(*filter), of_calls);
}

Result<Sandbox::Filter> Sandbox::read_filter(const http::Parameters& parameters, const std::string& account) {
    Filter filter{.account = account};
    if (const std::string* number = parameters.find("number"); number != nullptr && !number->empty()) {
        // In a query '+' means a space, so a number with its plus may arrive with a space before it.
        filter.number =
            number->substr(number->find_first_not_of("+ ") == std::string::npos ? 0 : number->find_first_not_of("+ "));
        if (filter.number->size() > 15 || filter.number->find_first_not_of("0123456789") != std::string::npos) {
            return fail(Errc::invalid_argument, "'number' is E.164 digits, as 447700900123");
        }
    }
    if (const std::string* id = parameters.find("request_id"); id != nullptr && !id->empty()) {
        const auto parsed = verification::RequestId::parse(*id);
        if (!parsed) return fail(Errc::invalid_argument, "'request_id' is the id that a start answered");
        filter.request = context_.vault.open_id(*parsed);
    }
    if (const std::string* limit = parameters.find("limit"); limit != nullptr && !limit->empty()) {
        const auto value = whole(*limit, 1, messages_max);
        if (!value) return fail(Errc::invalid_argument, "'limit' is 1 to 100");
        filter.limit = *value;
    }
    const std::string* answer = parameters.find("answer");
    filter.page = answer != nullptr && *answer == "page";
    return filter;
}

void Sandbox::add_messages(const verification::Request& row, std::vector<Message>& out) {
    if (row.number.empty()) return;  // erased: no phone has it any more
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        const verification::Event& event = row.events[i];
        if (!channel::reaches_phone(channel::fate_of(row.number), event)) continue;
        const TimePoint at = event.handed_over.value_or(event.begun);
        std::string event_id = context_.vault.event_id({row.key, row.random}, i);
        const auto pin = context_.vault.pin_of(row, event.generation);
        const auto text = dispatch::message_text(row, i, context_.vault, *context_.engine.accounts());
        std::string json = "{";
        const auto put = [&json](std::string_view name, std::string_view value) { append_member(json, name, value); };
        put("request_id", context_.vault.id_of(row).to_string());
        put("event_id", event_id);
        put("number", row.number);
        put("channel", message::to_string(event.channel));
        put("sender", row.sender.empty() ? "VERIFY" : row.sender);
        put("locale", row.locale);
        put("voice", row.voice == verification::Voice::male ? "male" : "female");
        if (pin) {
            put("text", *text);
            put("pin", pin->reveal());
        } else {
            json += R"(,"text":null,"pin":null)";
        }
        put("at", to_rfc3339(at));
        json += R"(,"audio_url":)" + audio_url(row, i) + "}";
        out.push_back({at, row.key, i, std::move(event_id), "", std::move(json)});
    }
}

/// The account's own rows that a filter lets through, newest first.
asio::awaitable<Result<std::vector<verification::Request>>> Sandbox::rows(Filter filter) {
    store::Query query;
    query.limit = rows_max;  // not the limit of messages: an older request may have the newer message
    if (filter.request) {
        query.key = filter.request->key;
    } else {
        query.account = filter.account;
        query.number = filter.number;
    }
    auto found = co_await read(context_, std::move(query));
    if (!found) co_return found;
    std::erase_if(*found, [&filter](const verification::Request& row) {
        const bool own = row.account == filter.account &&
                         (!filter.request || verification::Vault::is_of(*filter.request, row)) &&
                         (!filter.number || *filter.number == row.number);
        return !own;
    });
    co_return found;
}

void Sandbox::keep_newest(std::vector<Message>& found, std::size_t limit) {
    std::ranges::sort(found, std::ranges::greater{},
                      [](const Message& one) { return std::tuple(one.at, one.key, one.event); });
    if (found.size() > limit) found.resize(limit);
}

asio::awaitable<Result<std::vector<Sandbox::Message>>> Sandbox::messages(Filter filter) {
    const auto own = co_await rows(filter);
    if (!own) co_return tl::unexpected<Error>(own.error());
    std::vector<Message> found;
    for (const verification::Request& row : *own) add_messages(row, found);
    keep_newest(found, filter.limit);
    co_return found;
}

asio::awaitable<http::Response> Sandbox::list(Filter filter, bool of_calls) {
    (void)co_await context_.dispatcher.wait_settled(context_.clock.steady_now() + settle_max);
    const auto found = of_calls ? co_await calls(std::move(filter)) : co_await messages(std::move(filter));
    if (!found) co_return problem(found.error());
    std::string body = "[";
    for (const Message& message : *found) {
        if (body.size() > 1) body += ',';
        body += message.json;
    }
    body += ']';
    co_return json_answer(200, std::move(body));
}

bool Sandbox::may_move_clock(const account::Account& account) const {
    const std::string& allowed = context_.settings.operator_account;
    return allowed.empty() || account.key == allowed;
}

http::Response Sandbox::clock_now(const account::Account& account) {
    std::string body = "{";
    append_member(body, "now", to_rfc3339(context_.clock.service_now()));
    append_member(body, "account", account.key);
    return json_answer(200, body + R"(,"may_advance":)" + (may_move_clock(account) ? "true}" : "false}"));
}

asio::awaitable<http::Response> Sandbox::clock(const http::Parameters& parameters, const account::Account& account) {
    if (!may_move_clock(account)) {
        co_return problem(403, "Forbidden", "Only the account that the server was set up with may move the clock.");
    }
    const std::string* text = parameters.find("advance_seconds");
    const auto by =
        text == nullptr || parameters.nested("advance_seconds") ? std::nullopt : whole(*text, 1, advance_max);
    if (!by) co_return problem(400, "Bad Request", "'advance_seconds' is a whole number from 1 to 86400.");
    const auto now = co_await context_.advance_clock(seconds(*by));
    if (!now) co_return problem(now.error());
    co_return json_answer(200,
                          R"({"now":")" + to_rfc3339(*now) + R"(","advanced_seconds":)" + std::to_string(*by) + "}");
}

std::string Sandbox::make_once_token(std::string account) {
    Bytes fresh(16);
    context_.random.fill(fresh);
    std::string token = to_hex(fresh);
    once_tokens_[token] = std::move(account);
    return token;
}

std::optional<std::string> Sandbox::take_once_token(const std::string& token) {
    const auto found = once_tokens_.find(token);
    if (found == once_tokens_.end()) return std::nullopt;
    Bytes fresh(16);
    context_.random.fill(fresh);
    std::string cookie = to_hex(fresh);
    cookies_[cookie] = std::move(found->second);
    once_tokens_.erase(found);
    return cookie;
}

}  // namespace roger::api
