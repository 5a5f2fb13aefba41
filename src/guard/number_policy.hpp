// Which numbers may be verified at all: lists of numbers and prefixes, the countries served, the kinds of number
// refused. The server has a policy, the operator lists beside it, and each account rules of its own.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "account/account.hpp"
#include "numbering/number.hpp"

namespace roger::guard {

/// Why a start is refused; `rule` and `scope` go to the client in Roger-Reason.
struct Refusal {
    enum class Kind : std::uint8_t { denied, not_served } kind = Kind::denied;
    std::string rule;
    std::string scope;
};

/// Numbers or prefixes, E.164 digits without '+', sorted: here and in all lists of numbers.
struct NumberLists {
    std::vector<std::string> deny;
    std::vector<std::string> allow;  ///< these are served whatever else is said here, and no window counts them
};

struct NumberPolicy {
    std::vector<std::string> deny;
    std::vector<std::string> countries{"*"};  ///< ISO 3166-1 alpha-2 in upper case, or "*"
    std::vector<std::string> allow{};         ///< as NumberLists'
    std::vector<std::string> types{};         ///< numbering::to_string; empty: all that belong to a subscriber
    bool premium = false;                     ///< premium-rate and shared-cost numbers are served, +979 too
    bool satellite = false;                   ///< +870, +881, +882 and +883 are served
};

/// One start's number, with all that is said of it.
struct NumberCase {
    const NumberPolicy& server;
    const NumberLists& lists;  ///< the operator's, changed while the server runs
    const account::Account& account;
    const numbering::NumberFacts& facts;
};

[[nodiscard]] bool is_allowed(const NumberCase& which);

/// Toll-free, pager, universal-access and voicemail numbers belong to no subscriber: they are never served. Premium and
/// satellite numbers cost whoever sends to them, and are served when the operator says so.
[[nodiscard]] std::optional<Refusal> judge(const NumberCase& which);

}  // namespace roger::guard
