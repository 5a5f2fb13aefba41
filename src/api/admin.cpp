#include "api/admin.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/accounts.hpp"
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

}  // namespace

asio::awaitable<http::Response> Admin::handle(const http::Request& request) {
    constexpr std::string_view accounts = "/admin/v1/accounts";
    constexpr std::string_view requests = "/admin/v1/requests";
    constexpr std::string_view routes = "/admin/v1/routes";
    std::string_view rest = request.path;
    if (const auto path = rest.substr(std::min(rest.size(), std::string_view("/admin/v1").size()));
        AdminLimits::takes(path)) {
        co_return co_await limits_.handle(request, path);
    }
    if (rest.starts_with(requests)) co_return co_await requests_.handle(request, rest.substr(requests.size()));
    if (rest.starts_with(routes)) co_return co_await routes_.handle(request, rest.substr(routes.size()));
    if (!rest.starts_with(accounts)) co_return problem(404, "Not Found", "There is no such admin call.");
    rest.remove_prefix(accounts.size());
    if (rest.empty()) {
        if (request.method == http::Method::get) co_return list();
        if (request.method == http::Method::post) co_return co_await create(request);
        co_return method_not_allowed("GET, POST");
    }
    const std::size_t slash = rest.find('/', 1);
    std::string key(rest.substr(1, slash == std::string_view::npos ? slash : slash - 1));
    const std::string_view tail = slash == std::string_view::npos ? "" : rest.substr(slash);
    if (rest.front() != '/' || !account::is_account_key(key)) {
        co_return problem(404, "Not Found", "There is no such admin call.");
    }
    if (tail.empty()) {
        if (request.method == http::Method::patch) co_return co_await change(request, std::move(key));
        co_return method_not_allowed("PATCH");
    }
    if (tail == "/templates") {
        if (request.method == http::Method::get) co_return list_templates(context_, key);
        co_return method_not_allowed("GET");
    }
    if (tail == "/templates/approve") {
        if (request.method == http::Method::post)
            co_return co_await approve_template(context_, std::move(key), request);
        co_return method_not_allowed("POST");
    }
    if (tail != "/secrets") co_return problem(404, "Not Found", "There is no such admin call.");
    if (request.method != http::Method::post) co_return method_not_allowed("POST");
    co_return co_await add_secret(std::move(key));
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

asio::awaitable<http::Response> Admin::create(const http::Request& request) {
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
                                  .top_up = edit->top_up.value_or(Micros{})};
    const auto made = co_await ask(context_.engine, std::move(command));
    if (!made) co_return problem(made.error());
    co_return json_answer(
        201,
        json{{"key", key}, {"secret", secrets.secret.reveal()}, {"signature_secret", secrets.signature_secret.reveal()}}
            .dump());
}

asio::awaitable<http::Response> Admin::change(const http::Request& request, std::string key) {
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
        .top_up = top_up};
    const auto changed = co_await ask(context_.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    co_return json_answer(200, to_json(*changed).dump());
}

asio::awaitable<http::Response> Admin::add_secret(std::string key) {
    const FreshSecrets secrets = make_secrets(context_.random);
    engine::ChangeAccount command{
        .key = key, .change = [this, key, secrets](const account::Account* current) -> Result<account::Account> {
            if (current == nullptr) return no_account(key);
            account::Account changed = *current;
            roger::api::add_secret(changed, secrets.secret.reveal(), context_.vault.keyring());
            return changed;
        }};
    const auto changed = co_await ask(context_.engine, std::move(command));
    if (!changed) co_return problem(changed.error());
    co_return json_answer(201, json{{"key", key}, {"secret", secrets.secret.reveal()}}.dump());
}

}  // namespace roger::api
