// One request as an operator sees it: everything that happened to it and what comes next, but never a PIN or a code.
#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "history/history.hpp"
#include "verification/vault.hpp"

namespace roger::api {

/// Members stand in the order in which they are read.
using Story = nlohmann::ordered_json;

enum class ShownNumber : std::uint8_t { masked, whole };

/// One line of a list: who, where, how it stands, and the latest event.
[[nodiscard]] Story summary_of(const verification::Request& row, verification::Vault& vault, ShownNumber number);

/// All of it. Times are RFC 3339 in UTC, service time; null where a thing has not happened.
///   plan    each event of the workflow: "begun", "planned" (with its time, if all goes on by itself) or "not reached"
///   next    what the engine looks for next, and when; null once the request has ended
///   events  those begun, oldest first: `route` of the latest attempt, `tried` those that must not be used again
[[nodiscard]] Story story_of(const verification::Request& row, verification::Vault& vault, ShownNumber number);

/// A refusal as it is shown; numbers are masked.
[[nodiscard]] Story story_of(const history::KeptRefusal& kept);

/// As text. What peers said may be no UTF-8: such bytes are replaced.
[[nodiscard]] inline std::string to_text(const Story& story) {
    return story.dump(-1, ' ', false, Story::error_handler_t::replace);
}

}  // namespace roger::api
