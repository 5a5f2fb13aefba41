#include "guard/number_policy.hpp"

#include <algorithm>

namespace roger::guard {
namespace {

bool never_served(numbering::NumberType type) {
    using enum numbering::NumberType;
    return type == premium_rate || type == shared_cost || type == toll_free || type == pager || type == uan ||
           type == voicemail;
}

}  // namespace

std::optional<Refusal> judge(const NumberPolicy& policy, const numbering::NumberFacts& facts) {
    for (const std::string& prefix : policy.deny) {
        if (facts.number.digits().starts_with(prefix)) {
            return Refusal{Refusal::Kind::denied, "deny-list", "number"};
        }
    }
    const bool country = std::ranges::any_of(
        policy.countries, [&](const std::string& served) { return served == "*" || served == facts.country; });
    if (!country) return Refusal{Refusal::Kind::not_served, "countries", "country"};
    if (never_served(facts.type)) return Refusal{Refusal::Kind::not_served, "number-type", "number"};
    return std::nullopt;
}

}  // namespace roger::guard
