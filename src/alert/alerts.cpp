#include "alert/alerts.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace roger::alert {
namespace {

constexpr std::array<std::string_view, 6> kinds{"spend", "route_down", "route_silent", "disk", "certificate", "test"};
constexpr std::array<std::string_view, 3> states{"raised", "lasting", "recovered"};

}  // namespace

std::string_view to_string(Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(State state) noexcept { return states[static_cast<std::size_t>(state)]; }

seconds Alerts::hold_of(Kind kind) const { return kind == Kind::route_down ? options_.route_down_hold : seconds{0}; }

seconds Alerts::calm_of(Kind kind) const { return kind == Kind::route_down ? options_.route_down_hold : calm; }

void Alerts::look(Kind kind, std::vector<Condition> wrong, SteadyTime now) {
    for (auto& [key, entry] : entries_) {
        if (key.first == kind && !entry.happened && !entry.well_since) entry.well_since = now;
    }
    for (Condition& each : wrong) {
        const Key key{kind, each.subject};
        if (entries_.size() >= conditions_max && !entries_.contains(key)) continue;
        const auto [found, fresh] = entries_.try_emplace(key);
        if (fresh) found->second.since = now;
        each.kind = kind;
        found->second.condition = std::move(each);
        found->second.well_since.reset();
    }
    // What was never told and is well again needs no word.
    std::erase_if(entries_, [](const auto& each) { return each.second.well_since && !each.second.told; });
}

void Alerts::note(Condition happened, SteadyTime now) {
    const Key key{happened.kind, happened.subject};
    if (entries_.size() >= conditions_max || entries_.contains(key)) return;
    entries_[key] = {.condition = std::move(happened), .happened = true, .since = now, .well_since = {}, .told = {}};
}

std::optional<State> Alerts::due(const Entry& entry, SteadyTime now) const {
    if (!entry.told) {
        if (now - entry.since < hold_of(entry.condition.kind)) return std::nullopt;
        return State::raised;
    }
    if (entry.happened) return std::nullopt;
    if (!entry.well_since) return now - *entry.told >= again ? std::optional(State::lasting) : std::nullopt;
    return now - *entry.well_since >= calm_of(entry.condition.kind) ? std::optional(State::recovered) : std::nullopt;
}

bool Alerts::is_over(const Entry& entry, SteadyTime now) {
    return entry.happened && entry.told && now - *entry.told >= kept;
}

/// The turns that were used are given back one by one.
bool Alerts::take_turn(SteadyTime now) {
    turns_used_until_ = std::max(turns_used_until_, now);
    if (turns_used_until_ - now > one_more_after * (at_once_max - 1)) return false;
    turns_used_until_ += one_more_after;
    return true;
}

std::vector<Notice> Alerts::due(SteadyTime now) {
    std::vector<Notice> notices;
    for (auto at = entries_.begin(); at != entries_.end();) {
        Entry& entry = at->second;
        const auto state = due(entry, now);
        bool over = is_over(entry, now);
        if (state && take_turn(now)) {
            notices.push_back({entry.condition, *state, std::chrono::duration_cast<milliseconds>(now - entry.since)});
            entry.told = now;
            over = over || *state == State::recovered;
        }
        at = over ? entries_.erase(at) : std::next(at);
    }
    std::ranges::sort(notices, {}, [](const Notice& notice) {
        return std::tuple(-notice.age, notice.condition.kind, std::string_view(notice.condition.subject));
    });
    return notices;
}

std::vector<Condition> Alerts::raised() const {
    std::vector<Condition> conditions;
    for (const auto& [key, entry] : entries_) {
        if (entry.told && !entry.happened && !entry.well_since) conditions.push_back(entry.condition);
    }
    return conditions;
}

}  // namespace roger::alert
