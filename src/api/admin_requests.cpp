#include "api/admin_requests.hpp"

#include <charconv>

#include "api/problem.hpp"
#include "api/story.hpp"
#include "observe/log.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;
using verification::Status;

constexpr std::size_t limit_default = 50;
constexpr std::size_t limit_max = 200;

/// The value of a parameter; nullptr when it is not given or empty.
const std::string* given(const http::Parameters& parameters, std::string_view name) {
    const std::string* value = parameters.find(name);
    return value == nullptr || value->empty() ? nullptr : value;
}

template <class T>
std::optional<T> read_whole(std::string_view text, T low, T high) {
    T value{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
    return value;
}

std::optional<Status> status_of(std::string_view word) {
    for (const Status each :
         {Status::in_progress, Status::success, Status::failed, Status::expired, Status::cancelled}) {
        if (word == verification::to_string(each)) return each;
    }
    return std::nullopt;
}

Result<store::Query> read_query(const http::Parameters& parameters) {
    store::Query query;
    query.limit = limit_default;
    if (const std::string* account = given(parameters, "account")) query.account = *account;
    if (const std::string* number = given(parameters, "number")) {
        const auto facts = numbering::parse_number(*number, "");  // a '+' that came as a space is dropped like one
        if (!facts) return fail(Errc::invalid_argument, "'number' is in international form, as +447700900123");
        query.number = facts->number.digits();
    }
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
    if (const std::string* limit = given(parameters, "limit")) {
        const auto value = read_whole<std::size_t>(*limit, 1, limit_max);
        if (!value) return fail(Errc::invalid_argument, "'limit' is 1 to 200");
        query.limit = *value;
    }
    return query;
}

http::Response page_of(const Story& requests, const Story& next) {
    return json_answer(200, to_text(Story{{"requests", requests}, {"next", next}}));
}

ShownNumber shown(bool whole) { return whole ? ShownNumber::whole : ShownNumber::masked; }

}  // namespace

asio::awaitable<http::Response> AdminRequests::handle(const http::Request& request, std::string_view rest) {
    if (!rest.empty() && rest.front() != '/') co_return problem(404, "Not Found", "There is no such admin call.");
    if (request.method != http::Method::get) co_return method_not_allowed("GET");
    // A GET asks by its query alone.
    http::Request asked;
    asked.query = request.query;
    const auto parameters = http::read_parameters(asked);
    if (!parameters) co_return problem(parameters.error());
    const std::string* reveal = given(*parameters, "reveal");
    if (reveal != nullptr && *reveal != "number") {
        co_return problem(400, "Bad Request", "'reveal' is 'number': PINs and codes are shown to nobody.");
    }
    const bool whole = reveal != nullptr;
    if (!rest.empty()) co_return co_await show(std::string(rest.substr(1)), whole);

    if (const std::string* id = given(*parameters, "id")) {
        const auto rows = co_await find(*id);
        if (!rows) co_return problem(rows.error());
        Story requests = Story::array();
        for (const auto& row : *rows) requests.push_back(summary_of(row, context_.vault, shown(whole)));
        co_return page_of(requests, nullptr);
    }
    auto query = read_query(*parameters);
    if (!query) co_return problem(query.error());
    co_return co_await list(std::move(*query), whole);
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

asio::awaitable<http::Response> AdminRequests::show(std::string id, bool whole_number) {
    const auto rows = co_await find(std::move(id));
    if (!rows) co_return problem(rows.error());
    if (rows->empty()) co_return problem(404, "Not Found", "There is no request with this id.");
    const verification::Request& row = rows->front();
    if (whole_number) {
        observe::info("a whole number is shown to an operator",
                      {{"request_id", context_.vault.id_of(row).to_string()}});
    }
    Story story = story_of(row, context_.vault, shown(whole_number));
    const auto history = co_await read_verified(context_, row);
    if (!history) co_return problem(history.error());
    story["number_history"] = history_of(*history);
    co_return json_answer(200, to_text(story));
}

asio::awaitable<http::Response> AdminRequests::list(store::Query query, bool whole_numbers) {
    const auto page = co_await read_page(context_, std::move(query));
    if (!page) co_return problem(page.error());
    Story requests = Story::array();
    for (const auto& row : page->rows) requests.push_back(summary_of(row, context_.vault, shown(whole_numbers)));
    if (whole_numbers) observe::info("whole numbers are shown to an operator", {{"requests", page->rows.size()}});
    co_return page_of(requests, page->last ? Story(std::to_string(page->last->value)) : Story(nullptr));
}

}  // namespace roger::api
