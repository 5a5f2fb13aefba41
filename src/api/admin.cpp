#include "api/admin.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/accounts.hpp"
#include "api/admin_scope.hpp"
#include "api/openapi.hpp"
#include "api/preview.hpp"
#include "api/problem.hpp"
#include "api/templates.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

Result<json> read_body(const http::Request& request) {
    json body = json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    if (body.is_discarded()) return fail(Errc::invalid_argument, "the body is not JSON");
    if (!body.is_object()) return fail(Errc::invalid_argument, "the body is a JSON object");
    return body;
}

tl::unexpected<Error> no_account(const std::string& key) {
    return fail(Errc::not_found, "there is no account '" + key + "'");
}

constexpr std::string_view prefix = "/admin/v1";
constexpr std::size_t detail_bytes_max = 500;

std::string short_text(std::string text) {
    text.resize(std::min(text.size(), detail_bytes_max));
    return text;
}

/// What the audit log has of a change: all of it, but of numbers only how many.
std::string told_of(json body) {
    for (const char* numbers : {"approve", "unapprove", "allow_numbers", "deny_numbers"}) {
        if (const auto found = body.find(numbers); found != body.end()) *found = found->size();
    }
    return short_text(body.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

asio::awaitable<http::Response> Admin::handle_stranger(const http::Request& request) {
    const std::string_view rest = std::string_view(request.path).substr(prefix.size());
    if (auto answer = co_await door_.handle_open(request, rest)) co_return std::move(*answer);
    auto admitted = door_.admit(request);
    if (auto* refusal = std::get_if<http::Response>(&admitted)) co_return std::move(*refusal);
    co_return co_await handle(request, std::get<Actor>(std::move(admitted)));
}

asio::awaitable<http::Response> Admin::handle(const http::Request& request, Actor actor) {
    const std::string_view rest = std::string_view(request.path).substr(prefix.size());
    if (const Scope needed = needed_scope(request.method, rest); !actor.may(needed)) {
        co_return problem(403, "Forbidden", fmt::format("This needs the scope {}.", to_string(needed)));
    }
    if (auto answer = co_await door_.handle(request, rest, actor)) co_return std::move(*answer);
    const auto below = [rest](std::string_view path) {
        return rest.starts_with(path) && (rest.size() == path.size() || rest[path.size()] == '/');
    };
    const auto behind = [rest](std::string_view path) { return rest.substr(path.size()); };
    if (below("/requests")) co_return co_await requests_.handle(request, behind("/requests"), actor);
    if (below("/routes")) co_return co_await routes_.handle(request, behind("/routes"), actor);
    if (below("/numbers")) co_return co_await numbers_.handle(request, behind("/numbers"), actor);
    if (auto answer = co_await figures_.handle(request, rest)) co_return std::move(*answer);
    if (rest == "/openapi.json") co_return json_answer(200, std::string(openapi_document()));
    if (below("/audit")) co_return co_await audit_.handle(request, behind("/audit"));
    if (below("/templates")) co_return preview_templates(request, behind("/templates"));
    if (AdminLimits::takes(rest)) co_return co_await limits_.handle(request, rest, actor);
    if (below("/accounts")) co_return co_await handle_accounts(request, behind("/accounts"), actor);
    co_return no_such_admin_call();
}

asio::awaitable<http::Response> Admin::handle_accounts(const http::Request& request,
                                                       std::string_view rest,
                                                       const Actor& actor) {
    if (rest.empty()) {
        if (request.method == http::Method::get) co_return list();
        if (request.method == http::Method::post) co_return co_await create(request, actor);
        co_return method_not_allowed("GET, POST");
    }
    const std::size_t slash = rest.find('/', 1);
    std::string key(rest.substr(1, slash == std::string_view::npos ? slash : slash - 1));
    const std::string_view tail = slash == std::string_view::npos ? "" : rest.substr(slash);
    if (!account::is_account_key(key)) co_return no_such_admin_call();
    if (tail.empty()) {
        if (request.method == http::Method::get) co_return show(key);
        if (request.method == http::Method::patch) co_return co_await change(request, std::move(key), actor);
        co_return method_not_allowed("GET, PATCH");
    }
    if (tail.starts_with("/templates")) co_return co_await handle_templates(request, tail, std::move(key), actor);
    if (tail != "/secrets") co_return no_such_admin_call();
    if (request.method != http::Method::post) co_return method_not_allowed("POST");
    co_return co_await add_secret(std::move(key), actor);
}

asio::awaitable<http::Response> Admin::handle_templates(const http::Request& request,
                                                        std::string_view tail,
                                                        std::string key,
                                                        const Actor& actor) {
    if (tail == "/templates/approve") {
        if (request.method != http::Method::post) co_return method_not_allowed("POST");
        store::AuditNote note = actor.note("template.approve", key, short_text(request.body));
        co_return co_await approve_template(context_, std::move(key), request, std::move(note));
    }
    if (tail != "/templates") co_return no_such_admin_call();
    if (request.method == http::Method::get) co_return list_templates(context_, key);
    const bool creates = request.method == http::Method::post;
    if (!creates && request.method != http::Method::del) co_return method_not_allowed("GET, POST, DELETE");
    const auto parameters = http::read_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    store::AuditNote note = creates ? actor.note("template.create", key, short_text(request.body))
                                    : actor.note("template.delete", key, short_text(request.query));
    if (creates) co_return co_await create_template(context_, *parameters, std::move(key), std::move(note));
    co_return co_await delete_templates(context_, *parameters, std::move(key), std::move(note));
}

http::Response Admin::list() const {
    const auto book = context_.engine.accounts();
    std::vector<const account::Account*> sorted;
    for (const auto& [key, account] : *book) sorted.push_back(account.get());
    std::ranges::sort(sorted, {}, [](const auto* account) { return std::pair(account->created, account->key); });
    json accounts = json::array();
    for (const auto* account : sorted) accounts.push_back(to_json(*account));
    return json_answer(200, json{{"accounts", accounts}}.dump());
}

http::Response Admin::show(const std::string& key) const {
    const auto book = context_.engine.accounts();
    const auto found = book->find(key);
    if (found == book->end()) return problem(no_account(key).value());
    return json_answer(200, to_json(*found->second).dump());
}

asio::awaitable<http::Response> Admin::create(const http::Request& request, const Actor& actor) {
    auto body = read_body(request);
    if (!body) co_return problem(body.error());
    std::string key = make_account_key(context_.random);
    if (const auto given = body->find("key"); given != body->end()) {
        if (!given->is_string() || !account::is_account_key(given->get<std::string>())) {
            co_return problem(400, "Bad Request", "'key' is 1 to 32 letters, digits, '_' or '-'.");
        }
        key = given->get<std::string>();
        body->erase("key");
    }
    const auto edit = read_account_edit(*body);
    if (!edit) co_return problem(edit.error());

    const FreshSecrets secrets = make_secrets(context_.random);
    account::Account fresh;
    fresh.key = key;
    fresh.created = context_.clock.wall_now();
    apply(*edit, fresh);
    roger::api::add_secret(fresh, secrets.secret.reveal(), context_.vault.keyring());
    set_signature_secret(fresh, secrets.signature_secret.reveal(), context_.vault.keyring(), context_.random);
    engine::ChangeAccount command{.key = key,
                                  .change = [fresh](const account::Account* current) -> Result<account::Account> {
                                      if (current == nullptr) return fresh;
                                      return fail(Errc::conflict, "the account '" + fresh.key + "' exists already");
                                  },
                                  .balance = edit->balance.value_or(std::nullopt),
                                  .top_up = edit->top_up.value_or(Micros{}),
                                  .reply = {},
                                  .note = actor.note("account.create", key, told_of(*body))};
    const auto made = co_await ask(context_.engine, std::move(command));
    if (!made) co_return problem(made.error());
    co_return json_answer(
        201,
        json{{"key", key}, {"secret", secrets.secret.reveal()}, {"signature_secret", secrets.signature_secret.reveal()}}
            .dump());
}

asio::awaitable<http::Response> Admin::change(const http::Request& request, std::string key, const Actor& actor) {
    const auto body = read_body(request);
    if (!body) co_return problem(body.error());
    auto edit = read_account_edit(*body);
    if (!edit) co_return problem(edit.error());
    const std::optional<Micros> balance = edit->balance.value_or(std::nullopt);
    const Micros top_up = edit->top_up.value_or(Micros{});
    engine::ChangeAccount command{
        .key = key,
        .change = [key, edit = std::move(*edit)](const account::Account* current) -> Result<account::Account> {
            if (current == nullptr) return no_account(key);
            account::Account changed = *current;
            apply(edit, changed);
            return changed;
        },
        .balance = balance,
        .top_up = top_up,
        .reply = {},
        .note = actor.note("account.update", key, told_of(*body))};
    const auto changed = co_await ask(context_.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    co_return json_answer(200, to_json(*changed).dump());
}

asio::awaitable<http::Response> Admin::add_secret(std::string key, const Actor& actor) {
    const FreshSecrets secrets = make_secrets(context_.random);
    engine::ChangeAccount command{
        .key = key,
        .change = [this, key, secrets](const account::Account* current) -> Result<account::Account> {
            if (current == nullptr) return no_account(key);
            account::Account changed = *current;
            roger::api::add_secret(changed, secrets.secret.reveal(), context_.vault.keyring());
            return changed;
        },
        .reply = {},
        .note = actor.note("account.secret", key)};
    const auto changed = co_await ask(context_.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    co_return json_answer(201, json{{"key", key}, {"secret", secrets.secret.reveal()}}.dump());
}

}  // namespace roger::api
