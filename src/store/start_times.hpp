// When numbers were started lately, over all accounts: in memory, for no row of a store is found by its number alone.
// Every row that begins is one start, so what is here is rebuilt from the rows when the store is opened, and is exactly
// what they say, whatever ended the last process. One thread only.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"

namespace roger::store {

class StartTimes {
public:
    /// Some 70 bytes each, 300 MB in all, and 46 starts a second all day long. Beyond it the oldest are forgotten: of
    /// the windows, only that of a day then looks back less far.
    static constexpr std::size_t kept_max = 4'000'000;

    /// E.164 digits, as a number. Other texts, which no start has, become some number that is none of these.
    [[nodiscard]] static std::uint64_t key_of(std::string_view number) noexcept;

    /// @param at  service time; those older than guard::starts_kept before it are forgotten
    void add(std::uint64_t number, TimePoint at);
    /// The last guard::starts_max starts of the number, oldest first; some may be older than guard::starts_kept.
    [[nodiscard]] std::vector<TimePoint> of(std::string_view number) const;
    /// Numbers that reached the limit of an hour or of a day, and have not been let in again since by time alone.
    [[nodiscard]] std::vector<std::string> blocked(TimePoint now) const;
    [[nodiscard]] std::size_t size() const noexcept { return starts_.size(); }

private:
    struct Start {
        std::uint64_t number;
        TimePoint at;
        std::uint64_t previous;  ///< of the same number; counted from 1, 0: none
    };
    [[nodiscard]] std::vector<TimePoint> times_of(std::uint64_t number) const;
    void forget_oldest();
    void note_blocked(std::uint64_t number, TimePoint at);

    std::deque<Start> starts_;
    std::uint64_t first_ = 1;  ///< of starts_.front()
    std::unordered_map<std::uint64_t, std::uint64_t> newest_;
    std::map<std::uint64_t, TimePoint> blocked_;  ///< until when
};

}  // namespace roger::store
