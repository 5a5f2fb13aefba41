#include "api/admin_requests.hpp"

#include <fmt/format.h>

#include "api/admin_query.hpp"
#include "api/problem.hpp"
#include "api/story.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using verification::RequestId;
using verification::Status;

/// The index is a moment behind: so long a search waits for it.
constexpr milliseconds history_catch_up_max{3000};

std::optional<Status> status_of(std::string_view word) {
    for (const Status each :
         {Status::in_progress, Status::success, Status::failed, Status::expired, Status::cancelled}) {
        if (word == verification::to_string(each)) return each;
    }
    return std::nullopt;
}

Result<history::RequestFilter> read_filter(const http::Parameters& parameters) {
    history::RequestFilter query;
    if (const std::string* account = given(parameters, "account")) query.account = *account;
    auto number = read_number(parameters);
    if (!number) return tl::unexpected<Error>(number.error());
    query.number = std::move(*number);
    const std::pair<const char*, std::string*> words[] = {
        {"country", &query.country}, {"network", &query.network}, {"route", &query.route}};
    for (const auto& [name, member] : words) {
        if (const std::string* value = given(parameters, name)) *member = *value;
    }
    const auto from = read_time(parameters, "from");
    if (!from) return tl::unexpected<Error>(from.error());
    query.from = *from;
    const auto to = read_time(parameters, "to");
    if (!to) return tl::unexpected<Error>(to.error());
    query.to = *to;
    if (const std::string* status = given(parameters, "status")) {
        query.status = status_of(*status);
        if (!query.status) {
            return fail(Errc::invalid_argument, "'status' is in_progress, success, failed, expired or cancelled");
        }
    }
    if (const std::string* after = given(parameters, "after")) {
        const auto key = read_whole<std::int64_t>(*after, 1, INT64_MAX);
        if (!key) return fail(Errc::invalid_argument, "'after' is the 'next' of the page before");
        query.before = verification::RowKey{*key};
    }
    const auto limit = read_limit(parameters);
    if (!limit) return tl::unexpected<Error>(limit.error());
    query.limit = *limit;
    return query;
}

http::Response page_of(const Story& requests, const Story& next) {
    return json_answer(200, to_text(Story{{"requests", requests}, {"next", next}}));
}

/// The filters that only the index has, for rows that were found without it.
bool passes(const verification::Request& row, const history::RequestFilter& filter) {
    const std::string route = row.events.empty() ? "" : row.events.back().route;
    return (filter.country.empty() || row.country == filter.country) &&
           (filter.network.empty() || row.network == filter.network) &&
           (filter.route.empty() || route == filter.route) && (!filter.from || row.submitted >= *filter.from) &&
           (!filter.to || row.submitted < *filter.to);
}

Result<store::Page> scan_rows(const store::Store& store, const history::RequestFilter& filter) {
    store::Query query{.status = filter.status, .before = filter.before, .limit = filter.limit};
    if (!filter.account.empty()) query.account = filter.account;
    if (!filter.number.empty()) query.number = filter.number;
    auto page = store.page(query);
    if (page) std::erase_if(page->rows, [&](const auto& row) { return !passes(row, filter); });
    return page;
}

Result<store::Page> read_found(const store::Store& store,
                               const std::vector<verification::RowKey>& keys,
                               std::size_t limit) {
    store::Page page;
    for (const verification::RowKey key : keys) {
        auto row = store.read({.key = key});
        if (!row) return tl::unexpected<Error>(row.error());
        if (!row->empty()) page.rows.push_back(std::move(row->front()));
    }
    if (keys.size() == limit) page.last = keys.back();
    return page;
}

ShownNumber shown(bool whole) { return whole ? ShownNumber::whole : ShownNumber::masked; }

}  // namespace

asio::awaitable<http::Response> AdminRequests::handle(const http::Request& request,
                                                      std::string_view rest,
                                                      const Actor& actor) {
    constexpr std::string_view cancels = "/cancel";
    if (rest.size() > 1 + cancels.size() && rest.ends_with(cancels)) {
        if (request.method != http::Method::post) co_return method_not_allowed("POST");
        co_return co_await cancel(std::string(rest.substr(1, rest.size() - 1 - cancels.size())), actor);
    }
    if (request.method != http::Method::get) co_return method_not_allowed("GET");
    const auto parameters = read_query_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    const std::string* reveal = given(*parameters, "reveal");
    if (reveal != nullptr && *reveal != "number") {
        co_return problem(400, "Bad Request", "'reveal' is 'number': PINs and codes are shown to nobody.");
    }
    if (reveal != nullptr && !actor.numbers) {
        co_return problem(403, "Forbidden",
                          "Whole numbers are shown to the scope admin, or to support with 'numbers'.");
    }
    const Actor* teller = reveal == nullptr ? nullptr : &actor;
    if (!rest.empty()) co_return co_await show(std::string(rest.substr(1)), teller);

    if (const std::string* id = given(*parameters, "id")) {
        const auto rows = co_await find(*id);
        if (!rows) co_return problem(rows.error());
        if (teller != nullptr && !rows->empty()) {
            const auto told = co_await tell_of_reveal(actor, context_.vault.id_of(rows->front()).to_string(), "");
            if (!told) co_return problem(told.error());
        }
        Story requests = Story::array();
        for (const auto& row : *rows) requests.push_back(summary_of(row, context_.vault, shown(teller != nullptr)));
        co_return page_of(requests, nullptr);
    }
    auto filter = read_filter(*parameters);
    if (!filter) co_return problem(filter.error());
    co_return co_await list(std::move(*filter), teller);
}

asio::awaitable<Result<void>> AdminRequests::tell_of_reveal(const Actor& actor,
                                                            std::string target,
                                                            std::string detail) {
    engine::Note note{.note = actor.note("number.reveal", std::move(target), std::move(detail)), .reply = {}};
    const auto told = co_await ask(context_.engine, std::move(note));
    if (!told) co_return tl::unexpected<Error>(told.error());
    co_return Result<void>{};
}

asio::awaitable<http::Response> AdminRequests::cancel(std::string id, const Actor& actor) {
    const auto rows = co_await find(id);
    if (!rows) co_return problem(rows.error());
    if (rows->empty()) co_return problem(404, "Not Found", "There is no request with this id.");
    const RequestId request_id = context_.vault.id_of(rows->front());
    engine::Control command{.id = request_id,
                            .account = rows->front().account,
                            .what = verification::Cancel{.lenient = true},
                            .reply = {},
                            .note = actor.note("request.cancel", request_id.to_string())};
    const auto answered = co_await ask(context_.engine, std::move(command));
    if (!answered) co_return problem(answered.error());
    if (answered->verdict != verification::Verdict::done) co_return problem(409, "Conflict", "The request has ended.");
    const auto ended = co_await find(std::move(id));
    if (!ended) co_return problem(ended.error());
    co_return json_answer(200, to_text(summary_of(ended->front(), context_.vault, ShownNumber::masked)));
}

asio::awaitable<Result<store::Page>> AdminRequests::look_up(history::RequestFilter filter) {
    co_return co_await run_on(context_, context_.readers, [this, filter = std::move(filter)]() -> Result<store::Page> {
        if (context_.history != nullptr) context_.history->catch_up(history_catch_up_max);
        if (context_.history == nullptr || !context_.history->complete()) {
            return scan_rows(context_.store, filter);
        }
        const auto keys = context_.history->find(filter);
        if (!keys) return tl::unexpected<Error>(keys.error());
        return read_found(context_.store, *keys, filter.limit);
    });
}

/// Of the same number in the same account, for an hour before and after: why a start that the client speaks of is not
/// there.
asio::awaitable<Story> AdminRequests::refusals_around(const verification::Request& row) {
    Story list = Story::array();
    if (context_.history == nullptr || row.number.empty()) co_return list;
    constexpr std::chrono::hours around{1};
    constexpr std::size_t refusals_max = 50;
    history::RefusalFilter filter{.account = row.account,
                                  .number = row.number,
                                  .from = row.submitted - around,
                                  .to = row.finalized.value_or(context_.clock.service_now()) + around,
                                  .limit = refusals_max,
                                  .oldest_first = true};
    const auto found = co_await run_on(context_, context_.readers, [this, filter = std::move(filter)] {
        context_.history->catch_up(history_catch_up_max);
        return context_.history->refusals(filter);
    });
    if (!found) co_return list;
    for (const auto& kept : *found) list.push_back(story_of(kept));
    co_return list;
}

asio::awaitable<Result<std::vector<verification::Request>>> AdminRequests::find(std::string id) {
    std::vector<verification::Request> none;
    const auto parsed = verification::RequestId::parse(id);
    if (!parsed) co_return none;
    const verification::IdParts parts = context_.vault.open_id(*parsed);
    store::Query query;
    query.key = parts.key;
    auto rows = co_await read(context_, std::move(query));
    if (rows && !rows->empty() && !verification::Vault::is_of(parts, rows->front())) co_return none;
    co_return rows;
}

asio::awaitable<http::Response> AdminRequests::show(std::string id, const Actor* teller) {
    const auto rows = co_await find(std::move(id));
    if (!rows) co_return problem(rows.error());
    if (rows->empty()) co_return problem(404, "Not Found", "There is no request with this id.");
    const verification::Request& row = rows->front();
    if (teller != nullptr) {
        const auto told = co_await tell_of_reveal(*teller, context_.vault.id_of(row).to_string(), "");
        if (!told) co_return problem(told.error());
    }
    Story story = story_of(row, context_.vault, shown(teller != nullptr));
    story["refusals"] = co_await refusals_around(row);
    const auto history = co_await read_verified(context_, row);
    if (!history) co_return problem(history.error());
    story["number_history"] = history_of(*history);
    co_return json_answer(200, to_text(story));
}

asio::awaitable<http::Response> AdminRequests::list(history::RequestFilter filter, const Actor* teller) {
    const auto page = co_await look_up(std::move(filter));
    if (!page) co_return problem(page.error());
    if (teller != nullptr && !page->rows.empty()) {
        const auto told = co_await tell_of_reveal(*teller, "", fmt::format("{} requests", page->rows.size()));
        if (!told) co_return problem(told.error());
    }
    Story requests = Story::array();
    for (const auto& row : page->rows) requests.push_back(summary_of(row, context_.vault, shown(teller != nullptr)));
    co_return page_of(requests, page->last ? Story(std::to_string(page->last->value)) : Story(nullptr));
}

}  // namespace roger::api
