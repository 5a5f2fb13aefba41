// How often clients start requests for one address of an end user, where they say whom a start is for. Approximate and
// in memory: forgotten with the process, and beyond `sources_max` new addresses are not counted. One thread only.
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "guard/reason.hpp"

namespace roger::guard {

class EndUsers {
public:
    static constexpr std::size_t starts_an_hour = 10;
    static constexpr std::size_t sources_max = 100'000;  ///< some 40 MB
    static constexpr std::chrono::hours within{1};

    /// @param source  account and address, each account for itself: none can use up another's
    [[nodiscard]] std::optional<Reason> judge(const std::string& source, TimePoint now);
    /// A request was started for it.
    void learn(const std::string& source, TimePoint now);

private:
    std::unordered_map<std::string, std::deque<TimePoint>> starts_;
};

}  // namespace roger::guard
