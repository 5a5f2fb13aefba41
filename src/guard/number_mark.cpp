#include "guard/number_mark.hpp"

#include <string_view>

namespace roger::guard {

NetworkChanged network_changed(const std::optional<Verified>& before, const std::string& network) {
    if (!before || before->network.empty() || network.empty()) return NetworkChanged::unknown;
    return before->network == network ? NetworkChanged::no : NetworkChanged::yes;
}

std::string to_history(const std::optional<Verified>& before, const std::string& network) {
    if (!before) return "verified=0";
    constexpr std::string_view words[] = {"no", "yes", "unknown"};
    std::string out = "verified=" + std::to_string(before->count);
    out += "; first=" + to_rfc3339(before->first);
    out += "; last=" + to_rfc3339(before->last);
    out += "; network_changed=";
    out += words[static_cast<std::size_t>(network_changed(before, network))];
    return out;
}

Verified verified_again(const std::optional<Verified>& before,
                        NumberHash subscriber,
                        const std::string& account,
                        const std::string& network,
                        TimePoint now) {
    Verified after = before.value_or(Verified{.subscriber = subscriber, .account = account, .first = now});
    ++after.count;
    after.last = now;
    after.network = network;
    return after;
}

}  // namespace roger::guard
