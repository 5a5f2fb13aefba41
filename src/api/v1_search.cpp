// Search: what became of requests. Live and ended ones alike are read from the store, beside the commit thread.
#include "api/v1.hpp"
#include "api/v1_parameters.hpp"

namespace roger::api::v1 {
namespace {

namespace asio = boost::asio;

std::string_view status_word(verification::Status status) {
    using verification::Status;
    switch (status) {
        case Status::in_progress: return "IN PROGRESS";
        case Status::success: return "SUCCESS";
        case Status::failed: return "FAILED";
        case Status::expired: return "EXPIRED";
        case Status::cancelled: return "CANCELLED";
    }
    return "FAILED";
}

}  // namespace

asio::awaitable<http::Response> Api::search(Asked asked, Format format) {
    const auto answer_now = [&](const Answer& answer) {
        return finish(answer, {Call::search, format}, asked.account->key);
    };
    SearchedIds searched;
    if (const auto refusal = read_searched(asked.parameters, searched)) co_return answer_now(*refusal);
    std::vector<Found> found;
    for (const std::string& id : searched.ids) {
        auto one = co_await find(id, *asked.account);
        if (!one) co_return answer_now(failed_inside());
        if (*one) found.push_back(std::move(**one));
    }
    if (found.empty()) co_return answer_now(refuse(nothing_found, "No response found", "not-found", "request"));
    count(Call::search, ok);
    co_return write(found, searched.list, format);
}

asio::awaitable<Result<std::optional<Found>>> Api::find(std::string id, const account::Account& account) {
    const auto parsed = verification::RequestId::parse(id).value_or(verification::RequestId(Block{}));
    const verification::IdParts parts = context_.vault.open_id(parsed);
    store::Query query;
    query.key = parts.key;
    const auto rows = co_await read(context_, std::move(query));
    if (!rows) co_return tl::unexpected<Error>(rows.error());
    if (rows->empty()) co_return std::nullopt;
    const verification::Request& row = rows->front();
    if (!verification::Vault::is_of(parts, row) || row.account != account.key) co_return std::nullopt;
    const auto kept = std::chrono::days(account.retention_days);
    if (context_.clock.service_now() - row.submitted > kept || row.number.empty()) co_return std::nullopt;
    co_return view(row);
}

Found Api::view(const verification::Request& row) {
    using verification::EventState;
    const auto date = [](std::optional<TimePoint> time) { return time ? to_v1_date(*time) : std::string(); };
    Found found;
    for (std::size_t i = 0; i < row.checks.size(); ++i) {
        const verification::Check& check = row.checks[i];
        found.checks.push_back({{"date_received", to_v1_date(check.at)},
                                {"code", context_.vault.open_code(row, i)},
                                {"status", check.valid ? "VALID" : "INVALID"},
                                {"ip_address", ""}});
    }
    std::optional<TimePoint> first_event;
    std::optional<TimePoint> last_event;
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        const verification::Event& event = row.events[i];
        if (event.state == EventState::failed) continue;
        if (!first_event) first_event = event.begun;
        last_event = event.begun;
        found.events.push_back({{"type", std::string(message::to_string(event.channel))},
                                {"id", context_.vault.event_id({row.key, row.random}, i)}});
    }
    found.head = {{"request_id", context_.vault.id_of(row).to_string()},
                  {"account_id", row.account},
                  {"status", std::string(status_word(row.status))},
                  {"number", row.number},
                  {"price", to_price(row.status == verification::Status::success ? row.price : Micros{})},
                  {"currency", row.currency},
                  {"sender_id", row.sender.empty() ? "verify" : row.sender},
                  {"date_submitted", to_v1_date(row.submitted)},
                  {"date_finalized", date(row.finalized)},
                  {"first_event_date", date(first_event)},
                  {"last_event_date", date(last_event)},
                  {"estimated_price_messages_sent", to_price(verification::messages_price(row))}};
    return found;
}

}  // namespace roger::api::v1
