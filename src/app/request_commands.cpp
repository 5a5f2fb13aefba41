#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/operator_call.hpp"

namespace roger::app {
namespace {

using Story = nlohmann::ordered_json;

constexpr unsigned page_max = 200;

/// "name value" for each member that has something to say.
std::string said(const Story& object, std::initializer_list<const char*> names) {
    std::vector<std::string> parts;
    for (const char* name : names) {
        const Story& value = object[name];
        if (value.is_null() || value == "" || value == false || (value.is_array() && value.empty())) continue;
        parts.push_back(value == true ? name : fmt::format("{} {}", name, text_of(value)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

void print_event(const Story& event, std::size_t index) {
    std::cout << fmt::format("event {}: {} {}{}, attempt {} of {}\n", index + 1, text_of(event["channel"]),
                             text_of(event["state"]), event["route"] == "" ? "" : " over " + text_of(event["route"]),
                             text_of(event["attempt"]), text_of(event["attempts_max"]));
    std::cout << "  " << said(event, {"begun", "claimed", "handed_over", "receipted"}) << '\n';
    std::cout << "  " << said(event, {"segments", "price", "tried", "peer_ids", "ambiguous", "reason"}) << '\n';
}

void print(const Story& story) {
    std::cout << fmt::format("request {} of account {}: {}\n", text_of(story["request_id"]), text_of(story["account"]),
                             text_of(story["status"]));
    std::cout << said(story, {"number", "country", "network", "number_type", "locale", "brand", "sender_id"}) << '\n';
    std::cout << said(story, {"workflow_id", "submitted", "finalized"}) << '\n';
    std::cout << "PIN: " << said(story["pin"], {"length", "chosen_by", "made", "good_until", "wrong_checks"}) << '\n';
    for (std::size_t i = 0; i < story["events"].size(); ++i) print_event(story["events"][i], i);
    for (const Story& check : story["checks"]) {
        std::cout << fmt::format("check at {}: {}\n", text_of(check["at"]), text_of(check["verdict"]));
    }
    for (const Story& planned : story["plan"]) {
        if (planned["state"] == "begun") continue;
        std::cout << fmt::format("{}: {}{}\n", text_of(planned["state"]), text_of(planned["channel"]),
                                 planned["at"].is_null() ? "" : " at " + text_of(planned["at"]));
    }
    if (const Story& next = story["next"]; !next.is_null()) {
        std::cout << fmt::format("next: {} at {}\n", text_of(next["what"]), text_of(next["at"]));
    }
    std::cout << "charges: " << said(story["charges"], {"verification", "messages", "currency"}) << '\n';
}

void print_line(const Story& request) {
    const Story& last = request["last_event"];
    std::cout << fmt::format("{}  {}  {:<11}  {:<16}  {:<2} {:<6}  {} {}{}\n", text_of(request["request_id"]),
                             text_of(request["submitted"]), text_of(request["status"]), text_of(request["number"]),
                             text_of(request["country"]), text_of(request["network"]), text_of(last["channel"]),
                             text_of(last["state"]), last["route"] == "" ? "" : " over " + text_of(last["route"]));
}

}  // namespace

int request_show(const RequestOptions& options) {
    const Fields query = options.reveal ? Fields{{"reveal", "number"}} : Fields{};
    const auto reply = ask_operator(
        {.config = options.config, .path = "/admin/v1/requests/" + argument(options.id), .query = form(query)});
    if (const int code = answer_of(reply).second; code != done) return code;
    if (options.json) {
        std::cout << reply->body << '\n';
    } else {
        print(Story::parse(reply->body));
    }
    return done;
}

int request_list(const RequestOptions& options) {
    Fields filters = options.filters;
    if (options.reveal) filters.emplace_back("reveal", "number");
    Story found = Story::array();
    std::string after;
    do {
        Fields query = filters;
        const unsigned missing = options.limit - static_cast<unsigned>(found.size());
        query.emplace_back("limit", std::to_string(std::min(missing, page_max)));
        if (!after.empty()) query.emplace_back("after", after);
        const auto reply = ask_operator({.config = options.config, .path = "/admin/v1/requests", .query = form(query)});
        if (const int code = answer_of(reply).second; code != done) return code;
        const Story page = Story::parse(reply->body);
        for (const Story& request : page["requests"]) {
            found.push_back(request);
            if (!options.json) print_line(request);
        }
        after = page["next"].is_null() ? "" : page["next"].get<std::string>();
    } while (!after.empty() && found.size() < options.limit);
    if (options.json) std::cout << Story{{"requests", found}, {"next", after.empty() ? Story() : Story(after)}} << '\n';
    return done;
}

}  // namespace roger::app
