// The parameters of a start or psd2 call, judged in the order of Verify v1's rules 5 to 7.
#pragma once
#include <optional>
#include <variant>

#include "account/account.hpp"
#include "api/v1_answer.hpp"
#include "engine/command.hpp"
#include "guard/number_policy.hpp"
#include "http/parameters.hpp"

namespace roger::api::v1 {

/// What the judgement of a start needs to know of the house.
struct StartRules {
    const account::Account& account;
    const guard::NumberPolicy& numbers;
    const guard::NumberLists& lists;
    /// Whether any route of the channel serves the draft's number, its country and network.
    std::function<bool(message::Channel, const verification::Request& draft)> serves;
    /// The highest price of a segment or a call among those routes.
    std::function<Micros(message::Channel, const verification::Request& draft)> dearest;
};

/// @param idempotency_header  header Idempotency-Key; `client_ref` wins over it
/// @return a command without randomness and reply, or the answer that refuses it
[[nodiscard]] std::variant<engine::Start, Answer> read_start(Call call,
                                                             const http::Parameters& parameters,
                                                             const std::string& idempotency_header,
                                                             const StartRules& rules);

}  // namespace roger::api::v1
