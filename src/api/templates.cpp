#include "api/templates.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/problem.hpp"
#include "message/custom_text.hpp"
#include "message/encoding.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using account::TemplateSlot;
using account::TemplateState;
using message::Channel;
using nlohmann::json;

/// Requests that began with a version are shown for the account's retention; a day covers those still running.
constexpr std::chrono::days beyond_retention{1};

constexpr std::array recordings = {"bye_message", "digit_0", "digit_1", "digit_2", "digit_3", "digit_4",
                                   "digit_5",     "digit_6", "digit_7", "digit_8", "digit_9", "welcome_message"};
constexpr std::size_t digits = 10;

tl::unexpected<Error> refuse(std::string why) { return fail(Errc::invalid_argument, std::move(why)); }

std::string_view action_of(Channel channel) { return channel == Channel::sms ? "sms" : "voice"; }

/// The value of a parameter; "" when it is not given.
Result<std::string> text_of(const http::Parameters& parameters, std::string_view name) {
    if (parameters.nested(name)) return refuse(fmt::format("'{}' is a text.", name));
    const std::string* found = parameters.find(name);
    return found == nullptr ? std::string() : *found;
}

Result<TemplateSlot> read_slot(const http::Parameters& parameters) {
    const auto action = text_of(parameters, "action_type");
    if (!action) return tl::unexpected<Error>(action.error());
    if (*action != "sms" && *action != "voice") return refuse("'action_type' is sms or voice.");
    const auto lg = text_of(parameters, "lg");
    if (!lg) return tl::unexpected<Error>(lg.error());
    const auto locale = message::find_locale(*lg);
    if (!locale) return refuse("'lg' is a locale of Verify, as en-gb.");
    return TemplateSlot{*action == "sms" ? Channel::sms : Channel::tts, std::string(*locale)};
}

Result<std::optional<std::uint32_t>> read_version(const http::Parameters& parameters) {
    const auto text = text_of(parameters, "version");
    if (!text) return tl::unexpected<Error>(text.error());
    if (text->empty()) return std::nullopt;
    std::uint32_t version = 0;
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), version);
    if (ec != std::errc{} || end != text->data() + text->size()) return refuse("'version' is a whole number.");
    return version;
}

/// The recordings that are given, by name and address.
Result<account::Media> read_media(const http::Parameters& parameters) {
    account::Media media;
    std::size_t spoken = 0;
    for (const std::string_view name : recordings) {
        auto address = text_of(parameters, name);
        if (!address) return tl::unexpected<Error>(address.error());
        if (address->empty()) continue;
        if (!message::is_recording_url(*address)) {
            return refuse(fmt::format("'{}' is the http or https address of a recording.", name));
        }
        if (name.starts_with("digit_")) ++spoken;
        media.emplace_back(name, std::move(*address));
    }
    if (!media.empty() && spoken != digits)
        return refuse("Recordings are needed of every digit, 'digit_0' to 'digit_9'.");
    return media;
}

/// Whether every character is of the GSM alphabet.
bool is_gsm(const std::string& text) {
    const auto encoded = message::encode(text, message::Alphabet::gsm);
    return encoded && encoded->alphabet == message::Alphabet::gsm;
}

std::string_view type_of(const std::string& text) { return is_gsm(text) ? "text" : "unicode"; }

std::optional<std::string> judge_type(const account::Template& draft, const std::string& type) {
    if (type.empty()) return std::nullopt;
    if (draft.slot.channel == Channel::tts) return "'type' is for SMS.";
    if (type != "text" && type != "unicode") return "'type' is text or unicode.";
    if (type == "text" && !is_gsm(draft.text)) return "The template holds characters that need the type unicode.";
    return std::nullopt;
}

Result<account::Template> read_draft(const http::Parameters& parameters) {
    account::Template draft;
    auto slot = read_slot(parameters);
    if (!slot) return tl::unexpected<Error>(slot.error());
    draft.slot = std::move(*slot);
    auto media = read_media(parameters);
    if (!media) return tl::unexpected<Error>(media.error());
    const auto text = text_of(parameters, "template");
    if (!text) return tl::unexpected<Error>(text.error());
    const auto type = text_of(parameters, "type");
    if (!type) return tl::unexpected<Error>(type.error());
    if (!media->empty()) {
        if (draft.slot.channel == Channel::sms) return refuse("Recordings are for voice.");
        if (!text->empty()) return refuse("A voice template has a text or recordings, not both.");
        draft.media = std::move(*media);
    } else {
        if (text->empty()) return refuse("'template' is missing.");
        auto checked = message::check_custom_text(draft.slot.channel, *text);
        if (!checked) return tl::unexpected<Error>(checked.error());
        draft.text = std::move(*checked);
    }
    if (auto why = judge_type(draft, *type)) return refuse(std::move(*why));
    return draft;
}

std::string dump(const json& answer) { return answer.dump(-1, ' ', false, json::error_handler_t::replace); }

/// Which are shown; "": all.
struct ShownList {
    std::string_view locale = "";
    std::string_view action = "";
};

json list_of(const account::Account& account, const ShownList& shown) {
    json list = json::array();
    for (const account::Template& one : account.templates) {
        const bool meant = (shown.locale.empty() || one.slot.locale == shown.locale) &&
                           (shown.action.empty() || action_of(one.slot.channel) == shown.action);
        if (meant && one.state != TemplateState::deleted) list.push_back(to_json(one, account.key));
    }
    return {{"templates", list}};
}

http::Response list(const http::Parameters& parameters, const account::Account& account) {
    const auto action = text_of(parameters, "action_type");
    const auto lg = text_of(parameters, "lg");
    if (!action || (!action->empty() && *action != "sms" && *action != "voice")) {
        return problem(400, "Bad Request", "'action_type' is sms or voice.");
    }
    const auto locale = lg && !lg->empty() ? message::find_locale(*lg) : std::optional<std::string_view>("");
    if (!lg || !locale) return problem(400, "Bad Request", "'lg' is a locale of Verify, as en-gb.");
    return json_answer(200, dump(list_of(account, {.locale = *locale, .action = *action})));
}

/// A change of one account's templates that is judged beside all others; `change` may be called on the commit thread.
template <class Change>
engine::ChangeAccount change_of(const std::string& key, std::optional<store::AuditNote> note, Change change) {
    return {.key = key,
            .change = [change, key](const account::Account* current) -> Result<account::Account> {
                if (current == nullptr) return fail(Errc::not_found, "there is no account '" + key + "'");
                account::Account changed = *current;
                const Result<void> done = change(changed);
                if (!done) return tl::unexpected<Error>(done.error());
                return changed;
            },
            .reply = {},
            .note = std::move(note)};
}

/// Puts the ids of what was fetched and kept in the place of the addresses. One after the other: they are small and of
/// one server, and what is under way is what is in memory.
asio::awaitable<Result<void>> fetch_media(Context& context, account::Media& media) {
    for (auto& [name, address] : media) {
        auto id = co_await context.keep_recording(address);
        if (!id) co_return fail(id.error().code, fmt::format("'{}': {}", name, id.error().detail));
        address = std::move(*id);
    }
    co_return Result<void>{};
}

}  // namespace

json to_json(const account::Template& one, const std::string& account) {
    json out = {{"account_id", account},
                {"action_type", action_of(one.slot.channel)},
                {"lg", one.slot.locale},
                {"version", one.version},
                {"status", account::to_string(one.state)}};
    if (one.media.empty()) out["template"] = one.text;
    if (one.slot.channel == Channel::sms) out["type"] = type_of(one.text);
    for (const auto& [name, id] : one.media) out[name] = id;
    return out;
}

asio::awaitable<http::Response> TemplatesApi::handle(const http::Request& request) {
    http::Response response = co_await judge(request);
    context_.metrics.count("roger_requests_total",
                           {{"api", "v1"}, {"call", "templates"}, {"status", std::to_string(response.status)}});
    co_return response;
}

asio::awaitable<http::Response> TemplatesApi::judge(const http::Request& request) {
    const bool known = request.method == http::Method::get || request.method == http::Method::post ||
                       request.method == http::Method::del;
    if (!known) co_return method_not_allowed("GET, POST, DELETE");
    const auto parameters = http::read_parameters(request);
    if (!parameters) {
        const bool coded = parameters.error().code == Errc::blocked;
        co_return coded ? problem(415, "Unsupported Media Type", parameters.error().detail)
                        : problem(400, "Bad Request", parameters.error().detail);
    }
    const auto account = v1_.find_account(read_credentials(request, *parameters), *parameters);
    if (!account || !v1::Api::may_come_from(*account, request.remote_address)) {
        co_await v1_.note_wrong(request);
        co_return problem(401, "Unauthorized",
                          "Send the account's key and secret, by HTTP Basic or as api_key and api_secret.");
    }
    if (account->barred) co_return problem(403, "Forbidden", "The account has been barred.");
    if (const auto wait = v1_.over_rate(*account, "templates")) {
        auto response = problem(429, "Too Many Requests", "Wait, then send the request again.");
        response.headers.emplace_back("Retry-After", std::to_string(*wait));
        co_return response;
    }
    if (request.method == http::Method::get) co_return list(*parameters, *account);
    if (request.method == http::Method::post) {
        co_return co_await create_template(context_, *parameters, account->key, std::nullopt);
    }
    co_return co_await delete_templates(context_, *parameters, account->key, std::nullopt);
}

asio::awaitable<http::Response> create_template(Context& context,
                                                const http::Parameters& parameters,
                                                std::string key,
                                                std::optional<store::AuditNote> note) {
    auto draft = read_draft(parameters);
    if (!draft) co_return problem(draft.error());
    const Result<void> fetched = co_await fetch_media(context, draft->media);
    if (!fetched) co_return problem(fetched.error());
    const TemplateSlot slot = draft->slot;
    const TimePoint now = context.clock.service_now();
    auto command =
        change_of(key, std::move(note), [draft = std::move(*draft), now](account::Account& account) -> Result<void> {
            const TimePoint forget_before = now - std::chrono::days(account.retention_days) - beyond_retention;
            const account::Adding how{.review = account.template_review, .now = now, .forget_before = forget_before};
            const auto added = account::add_template(account.templates, draft, how);
            if (!added) return tl::unexpected<Error>(added.error());
            return {};
        });
    const auto changed = co_await ask(context.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    // The last of its slot is the one that this command added: the answer is the account right after it.
    const auto made =
        std::ranges::find(changed->templates.rbegin(), changed->templates.rend(), slot, &account::Template::slot);
    json answer = to_json(*made, key);
    const auto warnings =
        made->media.empty() ? message::warnings_of(slot.channel, made->text) : std::vector<std::string>{};
    if (!warnings.empty()) answer["warnings"] = warnings;
    co_return json_answer(201, dump(answer));
}

asio::awaitable<http::Response> delete_templates(Context& context,
                                                 const http::Parameters& parameters,
                                                 std::string key,
                                                 std::optional<store::AuditNote> note) {
    const auto slot = read_slot(parameters);
    if (!slot) co_return problem(slot.error());
    const auto version = read_version(parameters);
    if (!version) co_return problem(version.error());
    auto command =
        change_of(key, std::move(note),
                  [slot = *slot, version = *version, now = context.clock.service_now()](account::Account& account) {
                      const std::size_t removed = account::remove_templates(account.templates, slot, version, now);
                      return removed > 0 ? Result<void>() : fail(Errc::not_found, "There is no such template.");
                  });
    const auto changed = co_await ask(context.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

http::Response list_templates(const Context& context, const std::string& key) {
    const auto book = context.engine.accounts();
    const auto found = book->find(key);
    if (found == book->end()) return problem(404, "Not Found", "there is no account '" + key + "'");
    return json_answer(200, dump(list_of(*found->second, {})));
}

asio::awaitable<http::Response> approve_template(Context& context,
                                                 std::string key,
                                                 const http::Request& request,
                                                 std::optional<store::AuditNote> note) {
    const auto parameters = http::read_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    const auto slot = read_slot(*parameters);
    if (!slot) co_return problem(slot.error());
    const auto version = read_version(*parameters);
    if (!version) co_return problem(version.error());
    auto command = change_of(key, std::move(note),
                             [slot = *slot, version = *version,
                              now = context.clock.service_now()](account::Account& account) -> Result<void> {
                                 const auto approved = account::approve_template(account.templates, slot, version, now);
                                 if (!approved) return tl::unexpected<Error>(approved.error());
                                 return {};
                             });
    const auto changed = co_await ask(context.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    const auto* active = account::active_template(changed->templates, *slot);
    co_return json_answer(200, dump(to_json(*active, key)));
}

}  // namespace roger::api
