#include "guard/number_policy.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace roger::guard {
namespace {

using enum numbering::NumberType;

bool among(const std::vector<std::string>& prefixes, const std::string& digits) {
    for (std::size_t size = 1; size <= digits.size() && !prefixes.empty(); ++size) {
        if (std::ranges::binary_search(prefixes, std::string_view(digits).substr(0, size), std::less<>())) return true;
    }
    return false;
}

bool holds(const std::vector<std::string>& list, std::string_view what) {
    return std::ranges::find(list, what) != list.end();
}

bool starts_with_any(std::string_view digits, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return digits.starts_with(prefix); });
}

bool never_served(numbering::NumberType type) {
    return type == toll_free || type == pager || type == uan || type == voicemail;
}

/// ITU-T E.164: 870 Inmarsat, 881 global mobile satellite systems, 882 and 883 international networks (satellite and
/// maritime ones among them).
bool is_satellite(std::string_view digits) { return starts_with_any(digits, {"870", "881", "882", "883"}); }

/// 979: the international premium rate service.
bool is_premium(const numbering::NumberFacts& facts) {
    return facts.type == premium_rate || facts.type == shared_cost || facts.number.digits().starts_with("979");
}

std::optional<Refusal> not_served(std::string_view rule, std::string_view scope) {
    return Refusal{Refusal::Kind::not_served, std::string(rule), std::string(scope)};
}

}  // namespace

bool is_allowed(const NumberCase& which) {
    const std::string& digits = which.facts.number.digits();
    return among(which.server.allow, digits) || among(which.lists.allow, digits) ||
           among(which.account.numbers.allow, digits);
}

std::optional<Refusal> judge(const NumberCase& which) {
    if (is_allowed(which)) return std::nullopt;
    const numbering::NumberFacts& facts = which.facts;
    const NumberPolicy& server = which.server;
    const account::NumberRules& own = which.account.numbers;
    const std::string& digits = facts.number.digits();
    if (among(server.deny, digits) || among(which.lists.deny, digits) || among(own.deny, digits)) {
        return Refusal{Refusal::Kind::denied, "deny-list", "number"};
    }
    const bool country = holds(server.countries, "*") || holds(server.countries, facts.country);
    if (!country || (!own.countries.empty() && !holds(own.countries, facts.country))) {
        return not_served("countries", "country");
    }
    if (never_served(facts.type)) return not_served("number-type", "number");
    if (is_premium(facts) && !server.premium) return not_served("number-type", "number");
    if (is_satellite(digits) && !server.satellite) return not_served("satellite", "number");
    const std::string_view type = numbering::to_string(facts.type);
    if ((!server.types.empty() && !holds(server.types, type)) || (!own.types.empty() && !holds(own.types, type))) {
        return not_served("number-type", "number");
    }
    if (which.account.policy == account::Policy::strict && facts.type == voip)
        return not_served("strict-voip", "number");
    return std::nullopt;
}

}  // namespace roger::guard
