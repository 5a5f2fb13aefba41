// Which numbers a budget blocks now, for operators: from what the commit thread knows of starts and what the store
// keeps of wrong codes.
#pragma once
#include <string>
#include <vector>

#include "api/context.hpp"
#include "guard/reason.hpp"

namespace roger::api {

struct NumberBlock {
    std::string number;   ///< E.164 digits; "" when no row tells it any more
    std::string account;  ///< "": all
    guard::Reason reason;
};

/// By rules that are not off.
/// @param blocked  of engine::Survey
[[nodiscard]] boost::asio::awaitable<Result<std::vector<NumberBlock>>> find_blocks(
    Context& context, std::vector<std::pair<std::string, std::vector<TimePoint>>> blocked);

}  // namespace roger::api
