// Which numbers may be verified at all: the operator's deny list, the countries served, the kinds of number refused.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "numbering/number.hpp"

namespace roger::guard {

/// Why a start is refused; `rule` and `scope` go to the client in Roger-Reason.
struct Refusal {
    enum class Kind : std::uint8_t { denied, not_served } kind = Kind::denied;
    std::string rule;
    std::string scope;
};

struct NumberPolicy {
    std::vector<std::string> deny;            ///< numbers or prefixes, E.164 digits without '+'
    std::vector<std::string> countries{"*"};  ///< ISO 3166-1 alpha-2 in upper case, or "*"
};

/// Premium-rate, shared-cost, toll-free, pager, universal-access and voicemail numbers belong to no subscriber, and
/// cost whoever sends to them: they are never served.
[[nodiscard]] std::optional<Refusal> judge(const NumberPolicy& policy, const numbering::NumberFacts& facts);

}  // namespace roger::guard
