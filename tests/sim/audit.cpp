// The oracle's look at the rows: what was acknowledged is there, what is over stays so, and the outbox told the truth.
#include "tests/sim/oracle.hpp"

namespace roger::sim {

using verification::EventState;
using verification::Request;

void Oracle::audit() {
    for (const std::string account : {"acme", "bolt"}) {
        const auto rows = parts_.rows(account);
        std::map<std::string, RowKey> live;
        int found = 0;
        for (const Request& row : rows) {
            ++found;
            if (row.status == Status::in_progress) {
                const bool only = live.emplace(row.number, row.key).second;
                expect(only, "I4", "{} has two live requests", row.number);
            }
            audit_row(row);
        }
        expect(found >= begun_[account] && found <= begun_[account] + doubtful_[account], "I1",
               "{} has {} requests; {} were acknowledged, and {} are in doubt", account, found, begun_[account],
               doubtful_[account]);
    }
    audit_windows();
    audit_money();
    for (const auto& [key, story] : stories_) {
        if (!story.acknowledged) continue;
        const auto row = seen_.find(key);
        if (row == seen_.end()) {
            violate("I1", fmt::format("{} was acknowledged and is not there", key.value));
            continue;
        }
        expect(!story.end || row->second.status == *story.end, "I1", "{} ended otherwise than acknowledged", key.value);
        const auto checks = static_cast<int>(row->second.checks.size());
        expect(checks >= story.judged && checks <= story.judged + story.doubtful_checks, "I10",
               "{} has {} checks; {} were judged, and {} are in doubt", key.value, checks, story.judged,
               story.doubtful_checks);
    }
}

/// A row only moves forward.
void Oracle::audit_row(const Request& row) {
    const auto before = seen_.find(row.key);
    if (before != seen_.end()) {
        const Request& was = before->second;
        if (was.status != Status::in_progress) {
            const bool same = row.status == was.status && row.finalized == was.finalized && row.checks == was.checks &&
                              row.events.size() == was.events.size();
            expect(same, "I7", "{} changed after its end", row.key.value);
        }
        expect(row.events.size() >= was.events.size(), "I7", "{} lost an event", row.key.value);
        for (std::size_t i = 0; i < std::min(was.events.size(), row.events.size()); ++i) {
            const auto& then = was.events[i];
            const auto& now = row.events[i];
            const bool settled = then.state == EventState::delivered || then.state == EventState::failed;
            expect(!settled || now.state == then.state, "I7", "{}: event {} went back", row.key.value, i);
            expect(now.attempt >= then.attempt && (now.ambiguous || !then.ambiguous) && now.begun == then.begun, "I7",
                   "{}: event {} forgot", row.key.value, i);
        }
    }
    seen_.insert_or_assign(row.key, row);
}

void Oracle::finish() {
    audit();
    for (const auto& [key, row] : seen_) {
        expect(row.status != Status::in_progress, "timer", "{} never ends", key.value);
        for (std::size_t i = 0; i < row.events.size(); ++i) finish_event(row, i);
    }
    for (const auto& [key, story] : stories_) {
        if (parts_.weather.prompt && story.acknowledged) finish_timers(story);
    }
}

/// At least once, unless the request ended first: at once when there was no fault, and after one by recovery.
bool Oracle::must_be_handed_over(const Request& row, std::size_t index) const {
    constexpr seconds at_once(3);
    constexpr seconds recovery(90);  // the lease of a call and its pause
    const TimePoint begun = row.events[index].begun;
    const TimePoint end = row.finalized.value_or(TimePoint::max());
    if (untroubled(begun, begun + at_once)) return end > begun + at_once;
    const auto spans = std::ranges::count_if(
        trouble_, [&](const auto& span) { return span.first <= begun + recovery && span.second >= begun; });
    // The next event stands in for one that was overtaken, and a dead PIN is not sent again.
    return spans == 1 && index + 1 == row.events.size() && end > begun + recovery &&
           verification::pin_dead_at(row) > begun + recovery && untroubled(begun + seconds(15), begun + recovery);
}

/// How often an event was handed over, and whether the row admits it.
void Oracle::finish_event(const Request& row, std::size_t index) {
    const auto& event = row.events[index];
    const auto story = stories_.find(row.key);
    const EventStory* seen = nullptr;
    if (story != stories_.end()) {
        const auto found = story->second.events.find(index);
        if (found != story->second.events.end() && !found->second.handings.empty()) seen = &found->second;
    }
    const auto key = row.key.value;
    if (seen == nullptr) {
        expect(!must_be_handed_over(row, index), "I5", "{}: event {} was never handed over", key, index);
        return;
    }
    finish_delivery(row, index, *seen);
    std::size_t handed = 0;
    std::size_t on_their_way = 0;
    std::map<std::string, int> by_route;
    for (const Handing& handing : seen->handings) {
        if (handing.reach == Reach::none) continue;
        ++handed;
        if (handing.reach != Reach::refused && !handing.failed) ++on_their_way;
        expect(++by_route[handing.route] == 1 || event.ambiguous, "I5", "{}: event {} went over {} twice, unflagged",
               key, index, handing.route);
    }
    const std::size_t most = event.channel == message::Channel::sms ? 3 : 2;
    expect(handed <= most, "I5", "{}: event {} was handed over {} times", key, index, handed);
    expect(on_their_way <= 1 || event.ambiguous, "I5", "{}: event {} went out {} times, unflagged", key, index,
           on_their_way);
    expect(!parts_.weather.calm || handed == 1, "I5", "{}: event {} was handed over {} times in peace", key, index,
           handed);
}

/// What the row says of the handset and of money is what peers said.
void Oracle::finish_delivery(const Request& row, std::size_t index, const EventStory& seen) {
    const auto& event = row.events[index];
    const auto key = row.key.value;
    std::int64_t price = 0;
    bool arrived = false;
    bool known = false;  // … and of which submission
    const Handing* last = nullptr;
    for (const Handing& handing : seen.handings) {
        if (handing.answered) price += price_of_a_segment * handing.parts;
        const bool whole = handing.at_once || handing.delivered == handing.all();
        arrived = arrived || whole;
        known = known || (whole && handing.answered);
        if (handing.reach != Reach::none) last = &handing;
    }
    const bool delivered = event.state == EventState::delivered;
    expect(!delivered || arrived, "I11", "{}: event {} is delivered, and no peer said so", key, index);
    expect(event.price.value <= price, "I12", "{}: event {} costs {} and not {}", key, index, event.price.value, price);
    if (!parts_.weather.prompt) return;
    expect(event.price.value == price, "I12", "{}: event {} costs {} and not {}", key, index, event.price.value, price);
    const bool decided = delivered || event.state == EventState::failed;
    expect(!known || decided, "I11", "{}: event {} was delivered, and nobody noted it", key, index);
    const bool failed = event.state == EventState::failed && last != nullptr && last->answered;
    expect(!failed || last->failed, "I11", "{}: event {} failed, and the peer that took it did not say so", key, index);
}

/// Nothing stood in the way, so no event was late.
void Oracle::finish_timers(const Story& story) {
    const auto steps = story.wishes.steps();
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        const auto event = story.events.find(i);
        if (event == story.events.end() || !event->second.handed()) return;
        const TimePoint latest = *event->second.handed() + steps[i].wait + seconds(1);
        if (story.over && story.over_at <= latest) return;
        const auto next = story.events.find(i + 1);
        expect(next != story.events.end() && next->second.first_call <= latest, "timer", "{}: event {} was late",
               story.key.value, i + 1);
    }
}

}  // namespace roger::sim
