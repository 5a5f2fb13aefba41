#include "api/admin_audit.hpp"

#include <nlohmann/json.hpp>

#include "api/admin_query.hpp"
#include "api/problem.hpp"
#include "observe/log.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Json shown(const store::AuditEntry& entry) {
    return {{"seq", entry.seq},
            {"at", to_rfc3339(entry.at)},
            {"who", entry.note.who},
            {"from", entry.note.from},
            {"action", entry.note.action},
            {"target", entry.note.target},
            {"detail", entry.note.detail},
            {"hash", to_hex(entry.hash)}};
}

std::string dump(const Json& answer) { return answer.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

asio::awaitable<http::Response> AdminAudit::handle(const http::Request& request, std::string_view rest) {
    if (!rest.empty() && rest != "/verify") co_return no_such_admin_call();
    if (request.method != http::Method::get) co_return method_not_allowed("GET");
    if (rest.empty()) co_return co_await list(request);
    co_return co_await verify();
}

asio::awaitable<http::Response> AdminAudit::list(const http::Request& request) {
    const auto parameters = read_query_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    store::AuditQuery query;
    const auto limit = read_limit(*parameters);
    if (!limit) co_return problem(limit.error());
    query.limit = *limit;
    if (const std::string* after = given(*parameters, "after")) {
        query.before = read_whole<std::int64_t>(*after, 1, INT64_MAX);
        if (!query.before) co_return problem(400, "Bad Request", "'after' is the 'next' of the page before");
    }
    if (const std::string* who = given(*parameters, "who")) query.who = *who;
    if (const std::string* action = given(*parameters, "action")) query.action = *action;
    const auto page =
        co_await run_on(context_, context_.readers, [this, query] { return context_.store.audit(query); });
    if (!page) co_return problem(page.error());
    Json entries = Json::array();
    for (const auto& entry : *page) entries.push_back(shown(entry));
    const bool more = page->size() == query.limit && page->back().seq > 1;
    co_return json_answer(
        200, dump({{"entries", entries}, {"next", more ? Json(std::to_string(page->back().seq)) : Json(nullptr)}}));
}

asio::awaitable<http::Response> AdminAudit::verify() {
    if (verifying_) co_return problem(429, "Too Many Requests", "The log is being looked at; try again in a moment.");
    verifying_ = true;
    // First, for the log may grow while it is read.
    const auto recorded = context_.recorded_heads ? context_.recorded_heads() : decltype(context_.recorded_heads()){};
    const auto verdict = co_await run_on(context_, context_.readers, [this, recorded] {
        store::AuditChain chain(context_.vault.keyring().id_key());
        constexpr std::size_t part = 1000;
        return store::verify_audit(
            chain, [this](std::int64_t from) { return context_.store.audit({.from = from, .limit = part}); }, recorded);
    });
    verifying_ = false;
    if (!verdict) co_return problem(verdict.error());
    if (!verdict->problem.empty()) observe::error("the audit log is not whole", {{"problem", verdict->problem}});
    co_return json_answer(
        200, dump({{"good", verdict->problem.empty()}, {"entries", verdict->entries}, {"problem", verdict->problem}}));
}

}  // namespace roger::api
