// The spoken calls of the sandbox's phones: listed from the stored rows, answered by a person, heard as WAV.
#include <algorithm>

#include "api/json_text.hpp"
#include "api/problem.hpp"
#include "api/sandbox.hpp"
#include "channel/handset.hpp"
#include "voice/wav.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using channel::CallAction;
using verification::EventState;

constexpr std::string_view calls_path = "/sandbox/calls/";
constexpr std::string_view audio_name = "/audio.wav";
constexpr seconds speech_max{5};

std::optional<CallAction> action_of(std::string_view word) {
    if (word == "answer") return CallAction::answer;
    if (word == "decline") return CallAction::decline;
    if (word == "hangup") return CallAction::hang_up;
    if (word == "key") return CallAction::key;
    return std::nullopt;
}

bool is_key(std::string_view text) {
    return text.size() == 1 && std::string_view("0123456789*#").find(text[0]) != std::string_view::npos;
}

std::string_view name_of(channel::CallState state) {
    return state == channel::CallState::ringing ? "ringing" : "answered";
}

}  // namespace

/// As JSON: null when there is nothing to hear. With the request's id, so that it is found however old it is.
std::string Sandbox::audio_url(const verification::Request& row, std::size_t event) {
    const verification::Event& which = row.events[event];
    const bool spoken = which.channel == message::Channel::tts &&
                        channel::reaches_phone(channel::fate_of(row.number), which) &&
                        context_.vault.pin_of(row, which.generation);
    if (!spoken) return "null";
    std::string url;
    append_json(url, std::string(calls_path) + context_.vault.event_id({row.key, row.random}, event) +
                         std::string(audio_name) + "?request_id=" + context_.vault.id_of(row).to_string());
    return url;
}

void Sandbox::add_calls(const verification::Request& row, std::vector<Message>& out) {
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        const verification::Event& event = row.events[i];
        if (event.channel != message::Channel::tts || event.state == EventState::sending) continue;
        const TimePoint at = event.handed_over.value_or(event.begun);
        std::string id = context_.vault.event_id({row.key, row.random}, i);
        const auto under_way = context_.calls.state_of({row.key, i});
        std::string state(under_way ? name_of(*under_way) : verification::to_string(event.state));
        std::string json = "{";
        const auto put = [&json](std::string_view name, std::string_view value) { append_member(json, name, value); };
        put("id", id);
        put("request_id", context_.vault.id_of(row).to_string());
        put("number", row.number);
        put("sender", row.sender.empty() ? "VERIFY" : row.sender);
        put("locale", row.locale);
        put("voice", row.voice == verification::Voice::male ? "male" : "female");
        put("state", state);
        put("reason", event.state == EventState::failed ? event.reason : "");
        put("at", to_rfc3339(at));
        json += R"(,"audio_url":)" + audio_url(row, i) + "}";
        out.push_back({at, row.key, i, std::move(id), std::move(state), std::move(json)});
    }
}

asio::awaitable<Result<std::vector<Sandbox::Message>>> Sandbox::calls(Filter filter) {
    const auto own = co_await rows(filter);
    if (!own) co_return tl::unexpected<Error>(own.error());
    std::vector<Message> found;
    for (const verification::Request& row : *own) add_calls(row, found);
    keep_newest(found, filter.limit);
    co_return found;
}

/// Among the account's newest requests, or of the one that the filter names.
asio::awaitable<Result<Sandbox::Call>> Sandbox::find_call(Filter filter, std::string event_id) {
    (void)co_await context_.dispatcher.wait_settled(context_.clock.steady_now() + settle_max);
    auto own = co_await rows(std::move(filter));
    if (!own) co_return tl::unexpected<Error>(own.error());
    for (verification::Request& row : *own) {
        for (std::size_t i = 0; i < row.events.size(); ++i) {
            if (row.events[i].channel != message::Channel::tts) continue;
            if (context_.vault.event_id({row.key, row.random}, i) == event_id) co_return Call{std::move(row), i};
        }
    }
    co_return fail(Errc::not_found, "This account has no such call among its newest; add its request_id to the query.");
}

asio::awaitable<http::Response> Sandbox::handle_call(const http::Request& request,
                                                     const http::Parameters& parameters,
                                                     Filter filter) {
    std::string id = request.path.substr(calls_path.size());
    const bool of_audio = id.ends_with(audio_name);
    if (of_audio) id.resize(id.size() - audio_name.size());
    const auto wanted = of_audio ? http::Method::get : http::Method::post;
    if (request.method != wanted) co_return method_not_allowed(of_audio ? "GET" : "POST");
    auto call = co_await find_call(std::move(filter), std::move(id));
    if (!call) co_return problem(call.error());
    if (of_audio) co_return co_await audio(std::move(*call));
    co_return act(*call, parameters);
}

http::Response Sandbox::act(const Call& call, const http::Parameters& parameters) {
    const std::string* word = parameters.find("action");
    const auto action = word == nullptr ? std::nullopt : action_of(*word);
    if (!action) return problem(400, "Bad Request", "'action' is answer, decline, hangup or key.");
    const std::string* digit = parameters.find("digit");
    if (*action == CallAction::key && (digit == nullptr || !is_key(*digit))) {
        return problem(400, "Bad Request", "'digit' is the key that is pressed: 0 to 9, * or #.");
    }
    const channel::HandsetCalls::Place place{call.row.key, call.event};
    const auto done = context_.calls.act(place, *action, *action == CallAction::key ? (*digit)[0] : '1');
    if (!done) return problem(done.error());
    const auto state = context_.calls.state_of(place);
    std::string body = R"({"state":)";
    append_json(body, state ? name_of(*state) : "ended");
    return json_answer(200, body + "}");
}

asio::awaitable<http::Response> Sandbox::audio(Call call) {
    const auto accounts = context_.engine.accounts();
    const auto text = dispatch::message_text(call.row, call.event, context_.vault, *accounts);
    if (!text || audio_url(call.row, call.event) == "null") {
        co_return problem(404, "Not Found",
                          "There is nothing to hear: the call did not come through, or its PIN is gone.");
    }
    voice::Utterance utterance{
        .locale = std::string(message::written_locale(call.row.locale, call.row.payment.has_value())),
        .voice = call.row.voice,
        .text = *text,
        .media = dispatch::message_media(call.row, call.event, *accounts)};
    const auto spoken = co_await context_.speech.speak(std::move(utterance), context_.clock.steady_now() + speech_max);
    if (!spoken) co_return problem(spoken.error());
    http::Response response;
    response.content_type = "audio/wav";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = voice::write_wav((*spoken)->samples);
    co_return response;
}

}  // namespace roger::api
