#include "api/admin_figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/asio/redirect_error.hpp>

#include "api/admin_query.hpp"
#include "api/problem.hpp"
#include "api/story.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;

/// The index is a moment behind: so long a question waits for it.
constexpr milliseconds catch_up_max{3000};
constexpr std::size_t seconds_of_rates = 10;
constexpr std::array<const char*, 7> total_names = {"starts",      "delivered", "converted", "refused",
                                                    "wrong_codes", "messages",  "calls"};

Story percentiles(const history::Counts& counts) {
    const auto at = [&](double share) {
        const auto found = counts.percentile(share);
        return found ? Story(*found) : Story(nullptr);
    };
    return {{"p50", at(0.5)}, {"p90", at(0.9)}};
}

/// @param events  the row counts events: they do not end
Story shown(const history::Counts& counts, bool events) {
    const std::int64_t ended = counts.converted + counts.failed + counts.expired + counts.cancelled;
    const std::int64_t whole = events ? counts.started : ended;
    return {{"started", counts.started},
            {"delivered", counts.delivered},
            {"converted", counts.converted},
            {"failed", counts.failed},
            {"expired", counts.expired},
            {"cancelled", counts.cancelled},
            {"in_progress", events ? 0 : counts.started - ended},
            {"conversion",
             whole == 0 ? Story(nullptr) : Story(static_cast<double>(counts.converted) / static_cast<double>(whole))},
            {"time_to_verify", percentiles(counts)}};
}

struct Asked {
    history::ConversionQuery query;
    std::vector<std::string> by;
};

Result<Asked> read_conversions(const http::Parameters& parameters, TimePoint now) {
    Asked asked;
    history::ConversionQuery& query = asked.query;
    const std::pair<std::string_view, bool*> dimensions[] = {{"country", &query.by_country},
                                                             {"network", &query.by_network},
                                                             {"channel", &query.by_channel},
                                                             {"route", &query.by_route},
                                                             {"hour", &query.by_hour}};
    std::string_view by = given(parameters, "by") == nullptr ? std::string_view() : *given(parameters, "by");
    while (!by.empty()) {
        const std::string_view word = by.substr(0, by.find(','));
        by.remove_prefix(std::min(word.size() + 1, by.size()));
        const auto* const found = std::ranges::find(dimensions, word, &std::pair<std::string_view, bool*>::first);
        if (found == std::end(dimensions)) {
            return fail(Errc::invalid_argument, "'by' is any of country, network, channel, route, hour, with commas");
        }
        if (!std::exchange(*found->second, true)) asked.by.emplace_back(word);
    }
    const auto from = read_time(parameters, "from");
    if (!from) return tl::unexpected<Error>(from.error());
    const auto to = read_time(parameters, "to");
    if (!to) return tl::unexpected<Error>(to.error());
    query.to = to->value_or(now);
    query.from = from->value_or(query.to - std::chrono::hours(24));
    if (query.from > query.to) return fail(Errc::invalid_argument, "'from' comes before 'to'");
    const std::pair<const char*, std::string*> filters[] = {{"account", &query.account},
                                                            {"country", &query.country},
                                                            {"network", &query.network},
                                                            {"channel", &query.channel},
                                                            {"route", &query.route}};
    for (const auto& [name, member] : filters) {
        if (const std::string* value = given(parameters, name)) *member = *value;
    }
    return asked;
}

Story shown(const history::ConversionRow& row, const history::ConversionQuery& query, bool events) {
    Story out = Story::object();
    if (query.by_country) out["country"] = row.place.country;
    if (query.by_network) out["network"] = row.place.network;
    if (query.by_channel) out["channel"] = row.place.channel;
    if (query.by_route) out["route"] = row.place.route;
    if (query.by_hour) out["hour"] = to_rfc3339(TimePoint(std::chrono::hours(row.place.hour)));
    out.update(shown(row.counts, events));
    return out;
}

http::Response no_history() {
    return problem(503, "Service Unavailable", "The index of requests is not there; the server's log says why.");
}

}  // namespace

asio::awaitable<std::optional<http::Response>> AdminFigures::handle(const http::Request& request,
                                                                    std::string_view rest) {
    const bool known = rest == "/refusals" || rest == "/conversions" || rest == "/live" || rest == "/stream";
    if (!known) co_return std::nullopt;
    if (request.method != http::Method::get) co_return method_not_allowed("GET");
    if (rest == "/refusals") co_return co_await refusals(request);
    if (rest == "/conversions") co_return co_await conversions(request);
    if (rest == "/live") co_return json_answer(200, live_json());
    co_return stream(request);
}

asio::awaitable<http::Response> AdminFigures::refusals(const http::Request& request) {
    if (context_.history == nullptr) co_return no_history();
    const auto parameters = read_query_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    history::RefusalFilter filter;
    auto number = read_number(*parameters);
    if (!number) co_return problem(number.error());
    filter.number = std::move(*number);
    if (const std::string* account = given(*parameters, "account")) filter.account = *account;
    if (const std::string* rule = given(*parameters, "rule")) filter.rule = *rule;
    if (const std::string* status = given(*parameters, "status")) {
        filter.status = read_whole<int>(*status, 0, 999);
        if (!filter.status) co_return problem(400, "Bad Request", "'status' is a number of Verify v1, as 7");
    }
    if (const std::string* after = given(*parameters, "after")) {
        filter.before = read_whole<std::int64_t>(*after, 1, INT64_MAX);
        if (!filter.before) co_return problem(400, "Bad Request", "'after' is the 'next' of the page before");
    }
    const auto from = read_time(*parameters, "from");
    if (!from) co_return problem(from.error());
    filter.from = *from;
    const auto to = read_time(*parameters, "to");
    if (!to) co_return problem(to.error());
    filter.to = *to;
    const auto limit = read_limit(*parameters);
    if (!limit) co_return problem(limit.error());
    filter.limit = *limit;
    const auto found = co_await run_on(context_, context_.readers, [this, filter] {
        context_.history->catch_up(catch_up_max);
        return context_.history->refusals(filter);
    });
    if (!found) co_return problem(found.error());
    Story list = Story::array();
    for (const auto& kept : *found) list.push_back(story_of(kept));
    const Story next = found->size() == filter.limit ? Story(std::to_string(found->back().id)) : Story(nullptr);
    co_return json_answer(200, to_text({{"refusals", list}, {"next", next}, {"dropped", context_.history->dropped()}}));
}

asio::awaitable<http::Response> AdminFigures::conversions(const http::Request& request) {
    if (context_.history == nullptr) co_return no_history();
    const auto parameters = read_query_parameters(request);
    if (!parameters) co_return problem(parameters.error());
    const auto asked = read_conversions(*parameters, context_.clock.service_now());
    if (!asked) co_return problem(asked.error());
    const history::ConversionQuery& query = asked->query;
    history::ConversionQuery whole = query;
    whole.by_hour = whole.by_country = whole.by_network = whole.by_channel = whole.by_route = false;
    history::ConversionQuery of_requests = whole;
    of_requests.channel = of_requests.route = "";
    struct Found {
        Result<std::vector<history::ConversionRow>> rows, total, requests;
    };
    const Found found = co_await run_on(context_, context_.readers, [this, query, whole, of_requests] {
        context_.history->catch_up(catch_up_max);
        return Found{context_.history->conversions(query), context_.history->conversions(whole),
                     context_.history->conversions(of_requests)};
    });
    for (const auto* each : {&found.rows, &found.total, &found.requests}) {
        if (!*each) co_return problem(each->error());
    }
    const auto sum = [](const auto& rows) { return rows->empty() ? history::Counts{} : rows->front().counts; };
    const bool events = query.by_channel || query.by_route || !query.channel.empty() || !query.route.empty();
    const bool total_of_events = !query.channel.empty() || !query.route.empty();
    Story rows = Story::array();
    if (!asked->by.empty()) {
        for (const auto& row : *found.rows) rows.push_back(shown(row, query, events));
    }
    const history::Counts all = sum(found.requests);
    co_return json_answer(200, to_text({{"from", to_rfc3339(query.from)},
                                        {"to", to_rfc3339(query.to)},
                                        {"by", asked->by},
                                        {"rows", rows},
                                        {"total", shown(sum(found.total), total_of_events)},
                                        {"funnel",
                                         {{"started", all.started},
                                          {"handed_over", all.handed_over},
                                          {"delivered", all.delivered},
                                          {"checked", all.checked},
                                          {"converted", all.converted}}},
                                        {"behind", context_.history->behind()}}));
}

std::array<double, 7> AdminFigures::totals() const {
    const observe::Metrics& metrics = context_.metrics;
    const double starts = metrics.sum("roger_requests_total", {{"api", "v1"}, {"call", "start"}, {"status", "0"}}) +
                          metrics.sum("roger_requests_total", {{"api", "v1"}, {"call", "psd2"}, {"status", "0"}});
    const double wrong = metrics.sum("roger_requests_total", {{"api", "v1"}, {"call", "check"}, {"status", "16"}}) +
                         metrics.sum("roger_requests_total", {{"api", "v1"}, {"call", "check"}, {"status", "17"}});
    return {starts,
            metrics.sum("roger_receipts_total", {{"state", "delivered"}}),
            metrics.sum("roger_requests_total", {{"api", "v1"}, {"call", "check"}, {"status", "0"}}),
            metrics.sum("roger_refusals_total", {}),
            wrong,
            metrics.sum("roger_events_total", {{"channel", "sms"}}),
            metrics.sum("roger_events_total", {{"channel", "tts"}})};
}

std::string AdminFigures::live_json() {
    const SteadyTime now = context_.clock.steady_now();
    const auto latest = totals();
    Story all = Story::object();
    Story rates = Story::object();
    for (std::size_t i = 0; i < latest.size(); ++i) {
        all[total_names[i]] = static_cast<std::int64_t>(latest[i]);
        double rate = 0;
        if (!samples_.empty() && now > samples_.front().at) {
            const double took = std::chrono::duration<double>(now - samples_.front().at).count();
            rate = std::round((latest[i] - samples_.front().totals[i]) / took * 100) / 100;
        }
        rates[total_names[i]] = rate;
    }
    Story refused = Story::object();
    for (const auto& [rule, count] : context_.metrics.by_label("roger_refusals_total", "rule")) {
        refused[rule] = static_cast<std::int64_t>(count);
    }
    Story routes = Story::array();
    for (const auto& entry : context_.dispatcher.routes().entries()) {
        const auto wait = std::chrono::duration_cast<milliseconds>(entry->next_turn - now);
        routes.push_back({{"name", entry->route.route.name},
                          {"channel", message::to_string(entry->route.route.channel)},
                          {"up", entry->up()},
                          {"enabled", entry->route.route.enabled},
                          {"backlog_ms", std::max(milliseconds(0), wait).count()}});
    }
    return to_text({{"at", to_rfc3339(context_.clock.service_now())},
                    {"uptime_seconds", std::chrono::duration_cast<seconds>(now - began_).count()},
                    {"live", static_cast<std::int64_t>(context_.metrics.sum("roger_live", {}))},
                    {"totals", all},
                    {"per_second", rates},
                    {"refused", refused},
                    {"routes", routes},
                    {"history_behind", context_.history == nullptr ? 0 : context_.history->behind()},
                    {"sandbox", context_.settings.sandbox},
                    {"ready", ready_}});
}

void AdminFigures::tick() {
    samples_.push_back({context_.clock.steady_now(), totals()});
    if (samples_.size() > seconds_of_rates) samples_.pop_front();
    if (listeners_.empty()) return;
    frame_ = std::make_shared<const std::string>(fmt::format("event: live\ndata: {}\n\n", live_json()));
    for (auto* listener : listeners_) listener->cancel();
}

void AdminFigures::stop() {
    stopping_ = true;
    for (auto* listener : listeners_) listener->cancel();
}

http::Response AdminFigures::stream(const http::Request& request) {
    constexpr std::size_t streams_max = 1000;
    if (listeners_.size() >= streams_max) return problem(429, "Too Many Requests", "1000 pages are open; close some.");
    http::Request asked;  // what tells who asks
    asked.method = http::Method::get;
    asked.authorization = request.authorization;
    asked.cookie = request.cookie;
    asked.remote_address = request.remote_address;
    http::Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.stream = [this, asked = std::move(asked)](http::StreamWriter& writer) {
        return run_stream(asked, writer);
    };
    return response;
}

asio::awaitable<void> AdminFigures::run_stream(http::Request request, http::StreamWriter& writer) {
    asio::steady_timer timer(context_.executor);
    const auto place = listeners_.insert(listeners_.end(), &timer);
    std::string first = fmt::format("event: live\ndata: {}\n\n", live_json());
    bool open = co_await writer.write(std::move(first));
    std::shared_ptr<const std::string> shown = frame_;
    while (open && !stopping_ && door_.still_in(request)) {
        boost::system::error_code ignored;
        timer.expires_at(SteadyTime::max());
        // A frame may have come while the last one was written.
        if (shown == frame_) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        if (stopping_ || shown == frame_) continue;
        shown = frame_;
        std::string frame = *shown;
        open = co_await writer.write(std::move(frame));
    }
    listeners_.erase(place);
}

}  // namespace roger::api
