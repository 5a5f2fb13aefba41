#include "guard/end_users.hpp"

#include <algorithm>

namespace roger::guard {

std::optional<Reason> EndUsers::judge(const std::string& source, TimePoint now) {
    const auto found = starts_.find(source);
    if (found == starts_.end()) return std::nullopt;
    std::deque<TimePoint>& starts = found->second;
    while (!starts.empty() && starts.front() <= now - within) starts.pop_front();
    if (starts.empty()) {
        starts_.erase(found);
        return std::nullopt;
    }
    if (starts.size() < starts_an_hour) return std::nullopt;
    return Reason{.rule = "end-user-ip",
                  .scope = "ip",
                  .seen = starts.size(),
                  .limit = starts_an_hour,
                  .until = starts.front() + within};
}

void EndUsers::learn(const std::string& source, TimePoint now) {
    if (starts_.size() >= sources_max && !starts_.contains(source)) {
        std::erase_if(starts_, [&](const auto& one) { return one.second.back() <= now - within; });
        if (starts_.size() >= sources_max) return;
    }
    std::deque<TimePoint>& starts = starts_[source];
    starts.push_back(now);
    if (starts.size() > starts_an_hour) starts.pop_front();
}

}  // namespace roger::guard
