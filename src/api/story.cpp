#include "api/story.hpp"

#include <algorithm>

#include "verification/machine.hpp"

namespace roger::api {
namespace {

using verification::Event;
using verification::EventState;
using verification::Request;
using verification::Status;

Story time_of(std::optional<TimePoint> time) { return time ? Story(to_rfc3339(*time)) : Story(nullptr); }

std::string number_of(const Request& row, ShownNumber shown) {
    if (row.number.empty()) return "";  // its retention has ended, or it was erased
    const auto number = numbering::Msisdn::from_digits(row.number);
    if (!number) return "unreadable";
    return shown == ShownNumber::whole ? number->e164() : number->masked();
}

Story event_story(const Event& event, std::string id) {
    return {{"event_id", std::move(id)},
            {"channel", message::to_string(event.channel)},
            {"state", verification::to_string(event.state)},
            {"route", event.route},
            {"tried", event.tried},
            {"attempt", event.attempt},
            {"attempts_max", verification::attempts_max(event.channel)},
            {"segments", event.segments},
            {"price", to_price(event.price)},
            {"begun", to_rfc3339(event.begun)},
            {"claimed", to_rfc3339(event.claimed)},
            {"handed_over", time_of(event.handed_over)},
            {"receipted", time_of(event.receipted)},
            {"ambiguous", event.ambiguous},
            {"reason", event.reason},
            {"peer_ids", event.peer_ids},
            {"pin_generation", event.generation},
            {"node", event.node}};
}

Story plan_of(const Request& row) {
    const auto channels = verification::channels(row.plan);
    const bool live = row.status == Status::in_progress && !row.events.empty();
    const auto planned = live ? verification::planned_events(row) : std::vector<TimePoint>();
    Story plan = Story::array();
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const bool begun = i < row.events.size();
        std::optional<TimePoint> at;
        if (begun) at = row.events[i].begun;
        if (!begun && live) at = planned[i - row.events.size()];
        plan.push_back({{"channel", message::to_string(channels[i])},
                        {"wait_seconds", verification::wait_after(row.plan, i).count()},
                        {"state", begun  ? "begun"
                                  : live ? "planned"
                                         : "not reached"},
                        {"at", time_of(at)}});
    }
    return plan;
}

/// Of a live row, `due` is the earliest of what can happen by itself.
Story next_of(const Request& row) {
    if (!row.due) return nullptr;
    const bool lapses = std::ranges::any_of(row.events, [&](const Event& event) {
        return event.state == EventState::sending && event.lease_until == *row.due;
    });
    const bool events_left = row.events.size() < verification::channels(row.plan).size();
    const char* what = lapses ? "a claim lapses" : events_left ? "the next event begins" : "the request expires";
    return {{"at", to_rfc3339(*row.due)}, {"what", what}};
}

Story pin_of(const Request& row) {
    return {{"length", row.code_length},
            {"chosen_by", row.caller_pin ? "client" : "server"},
            {"generation", row.generation},
            {"made", to_rfc3339(row.pin_made)},
            {"good_until", to_rfc3339(verification::pin_dead_at(row))},
            {"wrong_checks", row.wrong_checks}};
}

Story charges_of(const Request& row) {
    return {{"currency", row.currency},
            {"verification", to_price(row.status == Status::success ? row.price : Micros{})},
            {"messages", to_price(verification::messages_price(row))}};
}

}  // namespace

Story story_of(const history::KeptRefusal& kept) {
    const history::Refusal& refusal = kept.refusal;
    return {{"id", std::to_string(kept.id)}, {"at", to_rfc3339(refusal.at)},
            {"account", refusal.account},    {"call", refusal.call},
            {"status", refusal.status},      {"rule", refusal.rule},
            {"reason", refusal.reason},      {"number", refusal.number},
            {"country", refusal.country},    {"request_id", refusal.request_id}};
}

Story summary_of(const Request& row, verification::Vault& vault, ShownNumber number) {
    const Event last = row.events.empty() ? Event{} : row.events.back();
    return {{"request_id", vault.id_of(row).to_string()},
            {"account", row.account},
            {"status", verification::to_string(row.status)},
            {"number", number_of(row, number)},
            {"country", row.country},
            {"network", row.network},
            {"submitted", to_rfc3339(row.submitted)},
            {"finalized", time_of(row.finalized)},
            {"events", row.events.size()},
            {"last_event",
             {{"channel", message::to_string(last.channel)},
              {"state", verification::to_string(last.state)},
              {"route", last.route},
              {"reason", last.reason}}}};
}

Story story_of(const Request& row, verification::Vault& vault, ShownNumber number) {
    Story events = Story::array();
    for (std::size_t i = 0; i < row.events.size(); ++i) {
        events.push_back(event_story(row.events[i], vault.event_id({row.key, row.random}, i)));
    }
    Story checks = Story::array();
    for (const verification::Check& check : row.checks) {
        checks.push_back({{"at", to_rfc3339(check.at)}, {"verdict", check.valid ? "right" : "wrong"}});
    }
    Story story{{"request_id", vault.id_of(row).to_string()},
                {"account", row.account},
                {"status", verification::to_string(row.status)},
                {"number", number_of(row, number)},
                {"country", row.country},
                {"network", row.network},
                {"number_type", numbering::to_string(row.number_type)},
                {"brand", row.brand},
                {"sender_id", row.sender},
                {"locale", row.locale},
                {"workflow_id", row.plan.workflow_id},
                {"submitted", to_rfc3339(row.submitted)},
                {"finalized", time_of(row.finalized)},
                {"pin", pin_of(row)},
                {"plan", plan_of(row)},
                {"next", next_of(row)},
                {"events", std::move(events)},
                {"checks", std::move(checks)},
                {"charges", charges_of(row)},
                {"blanked", row.number.empty()}};
    if (row.payment) story["payment"] = {{"payee", row.payment->payee}, {"amount", row.payment->amount}};
    return story;
}

}  // namespace roger::api
