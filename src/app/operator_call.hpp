// Commands of the operator as calls of /admin/v1: to the server that holds the data directory, or, when none does, to
// the house itself, opened for the length of one call without doors. With ROGER_ADMIN_URL set, to the admin port of a
// server elsewhere, with the token in ROGER_ADMIN_TOKEN.
#pragma once
#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "app/client.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"

namespace roger::app {

struct OperatorCall {
    Config config;  ///< its data directory, and what the house is to know when no server runs
    std::string method = "GET";
    std::string path;
    std::string query;  ///< what stands behind the '?', encoded
    std::string body = "{}";
    bool needs_server = false;  ///< what binds and phones do is seen by a running server alone
};

/// @return unavailable when a server is needed and none runs
[[nodiscard]] Result<Reply> ask_operator(const OperatorCall& call);

/// The JSON of a good answer and `done`, or the exit code of a bad one, explained on stderr.
[[nodiscard]] std::pair<nlohmann::json, int> answer_of(const Result<Reply>& reply);

/// Asks the call of /admin/v1 that is named after it.
/// @param rest  as "/tokens"
[[nodiscard]] std::pair<nlohmann::json, int> ask_admin(const Config& config,
                                                       const std::string& method,
                                                       const std::string& rest,
                                                       const nlohmann::json& body,
                                                       const Fields& query = {});
/// A member as a person reads it: a text without quotes, nothing as "-".
template <class Json>
[[nodiscard]] std::string text_of(const Json& value) {
    if (value.is_null()) return "-";
    return value.is_string() ? value.template get<std::string>() : value.dump();
}
/// Prints what was done: the answer as JSON, or what is said of it. @return the exit code
[[nodiscard]] int finish(bool as_json, const std::pair<nlohmann::json, int>& answer, const std::string& said);

}  // namespace roger::app
