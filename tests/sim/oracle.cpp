#include "tests/sim/oracle.hpp"

namespace roger::sim {

using engine::Check;
using engine::Control;
using engine::Start;
using verification::Request;
using verification::Verdict;

void Oracle::violate(std::string_view rule, const std::string& what) {
    parts_.trace("VIOLATION {}: {}", rule, what);
    if (violation_.empty()) violation_ = fmt::format("{}: {}", rule, what);
}

bool Oracle::untroubled(TimePoint from, TimePoint until) const {
    return std::ranges::none_of(trouble_, [&](const auto& span) { return span.first <= until && span.second >= from; });
}

const Request* Oracle::row_of(RowKey key) {
    looked_up_ = parts_.row(key);
    return looked_up_.empty() ? nullptr : &looked_up_.front();
}

Story* Oracle::about(const AskPtr& ask) {
    if (!ask->key || !ask->owner) return nullptr;
    const auto found = stories_.find(*ask->key);
    return found == stories_.end() ? nullptr : &found->second;
}

void Oracle::end(Story& story, std::optional<Status> status) {
    if (!story.over) story.over_at = parts_.clock.service_now();
    story.over = true;
    if (status) story.end = status;
}

void Oracle::asked(const AskPtr& ask) {
    open_.insert(ask);
    Story* story = about(ask);
    if (story != nullptr && ask->kind == Ask::Kind::trigger) story->triggered = true;
}

void Oracle::process_died() {
    for (const AskPtr& ask : open_) {
        if (ask->kind == Ask::Kind::start) ++doubtful_[ask->account];
        Story* story = about(ask);
        if (story == nullptr) continue;
        story->doubt = story->doubt || ask->kind != Ask::Kind::trigger;
        if (ask->kind == Ask::Kind::check) ++story->doubtful_checks;
    }
    open_.clear();
}

void Oracle::answered(const AskPtr& ask, const Result<Start::Answer>& answer) {
    settle(ask);
    if (!answer) {
        expect(!parts_.weather.prompt, "I10", "a start was refused without a fault: {}", answer.error().detail);
        return;
    }
    if (answer->kind == Start::Answer::Kind::refused) return refused(*ask);
    expect(answer->kind != Start::Answer::Kind::no_funds, "I14", "an account ran out of money");
    if (!answer->id) return violate("I10", "a start was answered without an id");
    if (answer->kind == Start::Answer::Kind::started) return began(*ask, *answer->id);
    not_begun(*ask, *answer);
}

void Oracle::began(const Ask& ask, const RequestId& id) {
    const RowKey key = parts_.key_of(id);
    const TimePoint now = parts_.clock.service_now();
    for (const auto& [other_key, other] : stories_) {
        if (other.account != ask.account || other.number != ask.number || other_key == key) continue;
        const bool may_be_over = other.over || other.doubt || now >= other.natural_end_earliest(parts_.weather.prompt);
        expect(may_be_over, "I4", "{} was started while {} lives", key.value, other_key.value);
    }
    const Request* row = row_of(key);
    if (row == nullptr) return violate("I1", fmt::format("{} was acknowledged before it was durable", key.value));
    expect(row->account == ask.account && row->number == ask.number && row->plan.workflow_id == ask.wishes.workflow,
           "I1", "{} is not what was asked for", key.value);
    auto& story = stories_[key];
    expect(!story.acknowledged, "I4", "{} was started twice", key.value);
    story.key = key;
    story.id = id;
    story.account = ask.account;
    story.number = ask.number;
    story.wishes = ask.wishes;
    story.acknowledged = true;
    story.asked_at = ask.at;
    story.answered_at = now;
    known_.push_back(key);
    ++begun_[ask.account];
}

/// Of both accounts, oldest first.
std::vector<TimePoint> Oracle::starts_of(const std::string& number) {
    std::vector<TimePoint> starts;
    for (const char* account : {"acme", "bolt"}) {
        for (const Request& row : parts_.rows(account)) {
            if (row.number == number) starts.push_back(row.submitted);
        }
    }
    std::ranges::sort(starts);
    return starts;
}

constexpr std::pair<int, seconds> windows_of_starts[] = {{2, seconds(30)}, {5, seconds(3600)}, {10, seconds(86'400)}};

/// By a window that was full at some time since it was asked for.
void Oracle::refused(const Ask& ask) {
    const auto starts = starts_of(ask.number);
    const bool full = std::ranges::any_of(windows_of_starts, [&](const auto& window) {
        const auto in = std::ranges::count_if(starts, [&](TimePoint at) { return at > ask.at - window.second; });
        return in >= window.first;
    });
    expect(windows && full, "I13", "a start of {} was refused, and it had {} in all", ask.number, starts.size());
}

void Oracle::audit_windows() {
    if (!windows) return;
    std::set<std::string> numbers;
    for (const auto& [key, row] : seen_) numbers.insert(row.number);
    for (const std::string& number : numbers) {
        const auto starts = starts_of(number);
        for (const auto& [most, within] : windows_of_starts) {
            for (const TimePoint end : starts) {
                const auto in = std::ranges::count_if(
                    starts, [&, within = within](TimePoint at) { return at <= end && at > end - within; });
                expect(in <= most, "I13", "{} had {} starts in {} s", number, in, within.count());
            }
        }
    }
}

/// What the ledger says is spent is what the rows cost.
void Oracle::audit_money() {
    std::map<std::string, std::int64_t> settled;
    std::map<std::string, std::int64_t> reserved;
    for (const guard::LedgerEntry& entry : parts_.ledger()) {
        using Kind = guard::LedgerEntry::Kind;
        if (entry.kind == Kind::settle) settled[entry.account] += entry.amount.value;
        if (entry.kind == Kind::reserve) reserved[entry.account] += entry.amount.value;
        if (entry.kind == Kind::settle || entry.kind == Kind::release) reserved[entry.account] -= entry.amount.value;
    }
    std::map<std::string, std::int64_t> spent;
    for (const auto& [key, row] : seen_) {
        for (const auto& event : row.events) spent[row.account] += event.price.value;
        if (row.status == Status::success) spent[row.account] += price_of_a_success.value;
    }
    for (const auto& [account, amount] : spent) {
        expect(settled[account] == amount, "I14", "{} paid {} for what cost {}", account, settled[account], amount);
        expect(reserved[account] >= 0, "I14", "{} has {} reserved", account, reserved[account]);
    }
}

/// Answered with the id of the live request.
void Oracle::not_begun(const Ask& ask, const Start::Answer& answer) {
    const RowKey key = parts_.key_of(*answer.id);
    const Request* row = row_of(key);
    if (row == nullptr)
        return violate("I10", fmt::format("a start was answered with {}, which is not there", key.value));
    expect(row->account == ask.account && row->number == ask.number, "I4", "{} is another subscriber's", key.value);
    const bool same_key = !row->idempotency_key.empty() && row->idempotency_key == ask.wishes.idempotency_key;
    expect(same_key == (answer.kind != Start::Answer::Kind::concurrent), "I4", "{}: wrong kind of refusal", key.value);
    Story& story = stories_[key];
    if (!story.id) {
        if (story.key.value == 0) story.learn(*row);
        story.id = answer.id;
        known_.push_back(key);
    }
    expect(!story.over, "I7", "{} was over, and lives again", key.value);
}

void Oracle::answered(const AskPtr& ask, const Result<Check::Answer>& answer) {
    settle(ask);
    Story* story = about(ask);
    if (!answer) {
        expect(!parts_.weather.prompt, "I10", "a check was refused without a fault: {}", answer.error().detail);
        return;
    }
    if (story == nullptr) {
        expect(answer->verdict == Verdict::gone, "I2", "a check with a foreign id or account was judged");
        return;
    }
    switch (answer->verdict) {
        case Verdict::right: return judge_right(*ask, *story);
        case Verdict::wrong: return judge_wrong(*ask, *story, false);
        case Verdict::wrong_last: return judge_wrong(*ask, *story, true);
        case Verdict::gone: return judge_gone(*story);
        default: violate("I10", "a check was answered with something else");
    }
}

void Oracle::judge_right(const Ask& ask, Story& story) {
    const auto key = story.key.value;
    expect(!story.over, "I2", "{}: a success after its end", key);
    const Request* row = row_of(story.key);
    expect(row != nullptr && row->status == Status::success, "I10", "{}: a success that is not durable", key);
    ++story.judged;
    const seconds life = story.wishes.pin_life();
    if (!story.wishes.caller_pin.empty()) {
        const bool own = story.wishes.caller_pin == "?" || story.wishes.caller_pin == ask.code;
        expect(own, "I2", "{}: a success for {}", key, ask.code);
    } else if (const SeenPin* pin = story.find_pin(ask.code); pin == nullptr) {
        violate("I2", fmt::format("{}: a success for {}, which no peer was handed", key, ask.code));
    } else {
        const bool first = pin->event == 0 && story.acknowledged;  // made at the start
        const TimePoint dead = first ? std::min(pin->first, story.answered_at) + life : pin->first + life;
        expect(ask.at < dead, "I2", "{}: a success for {}, which was dead", key, ask.code);
    }
    const auto latest = story.natural_end_latest();
    expect(!parts_.weather.prompt || !latest || ask.at < *latest + seconds(1), "timer", "{} lived on", key);
    end(story, Status::success);
}

void Oracle::judge_wrong(const Ask& ask, Story& story, bool last) {
    const auto key = story.key.value;
    const TimePoint now = parts_.clock.service_now();
    const seconds life = story.wishes.pin_life();
    const bool chosen = !story.wishes.caller_pin.empty();
    expect(!story.over, "I7", "{}: a judgement after its end", key);
    ++story.judged;
    ++story.wrong;
    const Request* row = row_of(story.key);
    expect(row != nullptr && static_cast<int>(row->checks.size()) >= story.judged, "I10",
           "{}: a check was answered and not judged", key);
    const auto pins = chosen ? 1 : static_cast<int>((now - story.asked_at) / life) + 1;
    if (last) {
        expect(story.wrong + story.doubtful_checks >= 3, "I3", "{} failed after {} wrong checks", key, story.wrong);
        expect(row != nullptr && row->status == Status::failed, "I10", "{}: an end that is not durable", key);
        end(story, Status::failed);
    } else {
        expect(story.wrong <= 2 * pins, "I3", "{}: {} wrong checks of at most {} PINs", key, story.wrong, pins);
    }
    if (chosen) {
        const bool right = ask.code == story.wishes.caller_pin && now < story.asked_at + life;
        expect(!right, "I10", "{}: the caller's PIN was judged wrong", key);
    } else if (!story.pins.empty() && story.pins.back().text == ask.code) {
        const auto generations = static_cast<std::int64_t>(story.pins.size());
        expect(now >= story.asked_at + generations * life, "I10", "{}: the right PIN was judged wrong", key);
    }
    const auto latest = story.natural_end_latest();
    expect(!parts_.weather.prompt || !latest || ask.at < *latest + seconds(1), "timer", "{} lived on", key);
}

void Oracle::judge_gone(Story& story) {
    const bool may_be =
        story.over || story.doubt || parts_.clock.service_now() >= story.natural_end_earliest(parts_.weather.prompt);
    expect(may_be, "I1", "{} is gone before its time", story.key.value);
    end(story, std::nullopt);
}

void Oracle::answered(const AskPtr& ask, const Result<Control::Answer>& answer) {
    settle(ask);
    Story* story = about(ask);
    if (!answer) {
        expect(!parts_.weather.prompt, "I10", "a control was refused without a fault: {}", answer.error().detail);
        return;
    }
    if (story == nullptr) {
        expect(answer->verdict == Verdict::gone, "I2", "a control with a foreign id or account was obeyed");
        return;
    }
    const auto key = story->key.value;
    const TimePoint now = parts_.clock.service_now();
    if (answer->verdict == Verdict::gone) return judge_gone(*story);
    expect(!story->over, "I7", "{}: control of what is over", key);
    if (ask->kind == Ask::Kind::trigger) return;
    const seconds open(30);
    if (answer->verdict == Verdict::done) {
        expect(ask->lenient || now >= story->asked_at + open, "cancel", "{} was cancelled too early", key);
        const Request* row = row_of(story->key);
        expect(row != nullptr && row->status == Status::cancelled, "I10", "{}: an end that is not durable", key);
        end(*story, Status::cancelled);
        return;
    }
    const bool early = answer->verdict == Verdict::too_early;
    expect(!ask->lenient, "cancel", "{}: a lenient cancel was refused", key);
    expect(!early || ask->at < story->answered_at + open, "cancel", "{}: a cancel was too early for too long", key);
}

// Peers -----------------------------------------------------------------------------------------------------------

std::size_t Oracle::handed(const std::string& route, const channel::Outbound& message, Reach reach) {
    const RowKey key = message.reference.key;
    Story& story = stories_[key];
    if (story.account.empty()) {
        const Request* row = row_of(key);
        if (row == nullptr) {
            violate("I6", fmt::format("{} was sent before its intent was durable", key.value));
            return 0;
        }
        story.learn(*row);
    }
    expect(!story.over, "I6", "{}: a message after its end was acknowledged", key.value);
    expect(message.number == story.number, "I2", "{}: a message to another subscriber", key.value);
    const std::size_t index = message.reference.event;
    const bool first = !story.events.contains(index);
    auto& event = story.events[index];
    const TimePoint now = parts_.clock.service_now();
    if (first) {
        event.first_call = now;
        judge_time(story, index);
    }
    event.handings.push_back({.route = route, .reach = reach, .at = now, .attempt = message.reference.attempt});
    judge_pin(story, message, reach);
    return event.handings.size() - 1;
}

void Oracle::judge_pin(Story& story, const channel::Outbound& message, Reach reach) {
    const std::string text = read_pin(message);
    if (text.empty()) return violate("I2", fmt::format("a message without a PIN: {}", message.text));
    if (!story.wishes.caller_pin.empty() && story.wishes.caller_pin != "?") {
        expect(text == story.wishes.caller_pin, "I2", "{}: not the PIN that the caller chose", story.key.value);
    }
    if (reach == Reach::none) return;
    const TimePoint now = parts_.clock.service_now();
    SeenPin* pin = story.find_pin(text);
    if (pin == nullptr) {
        story.pins.push_back({text, now, now, false, message.reference.event});
        pin = &story.pins.back();
    }
    pin->last = now;
    pin->on_phone = pin->on_phone || reach == Reach::phone;
    expect(!story.wishes.caller_pin.empty() || now < pin->first + story.wishes.pin_life(), "I2",
           "{}: a dead PIN was sent", story.key.value);
    expect(pin == &story.pins.back(), "I2", "{}: a PIN was sent again after it was replaced", story.key.value);
}

Handing& Oracle::handing_of(const Part& part) {
    return stories_.at(part.reference.key).events.at(part.reference.event).handings.at(part.handing);
}

void Oracle::accepted_in_time(const Part& message, bool at_once) {
    Handing& handing = handing_of(message);
    handing.answered = true;
    handing.parts = message.parts;
    handing.at_once = at_once;
}

void Oracle::told(const Part& part, bool delivered) {
    Handing& handing = handing_of(part);
    handing.parts = part.parts;
    if (delivered) {
        handing.delivered |= 1U << part.part;
    } else {
        handing.failed = true;
        stories_.at(part.reference.key).events.at(part.reference.event).failed_receipt = true;
    }
}

/// The peer will not send it again, so the row must have it, unless nobody could know whose it is.
void Oracle::acknowledged(const Part& part, bool delivered) {
    Handing& handing = handing_of(part);
    const Request* row = row_of(part.reference.key);
    if (row == nullptr || !handing.answered) return;
    const auto& event = row->events[part.reference.event];
    const bool newest = event.attempt == handing.attempt;
    const bool submitted = event.state == verification::EventState::submitted;
    // The answer is durable, or nothing stood in its way.
    const bool known = (newest && submitted && event.reason.empty()) || parts_.weather.prompt;
    if (!known) return;
    if (delivered) handing.acknowledged |= 1U << part.part;
    const bool decisive = delivered ? handing.acknowledged == handing.all() : newest;
    const bool open = submitted || event.state == verification::EventState::sending;
    expect(!decisive || !open, "I11", "{}: a receipt of event {} was acknowledged and dropped", row->key.value,
           part.reference.event);
}

/// No event begins before its time: when the one before was handed over, plus its wait; sooner only when that one
/// failed, or when a client asked for it.
TimePoint Oracle::earliest(const Story& story, std::size_t event) const {
    if (event == 0) return story.asked_at;
    TimePoint from = earliest(story, event - 1);
    const auto before = story.events.find(event - 1);
    if (story.triggered || before == story.events.end() || before->second.may_have_failed()) return from;
    if (const auto handed = before->second.handed(); handed && parts_.weather.prompt) from = std::max(from, *handed);
    return from + story.wishes.steps()[event - 1].wait;
}

void Oracle::judge_time(const Story& story, std::size_t event) {
    if (event >= story.wishes.steps().size())
        return violate("timer", fmt::format("{}: event {} is not in its plan", story.key.value, event));
    // Without acknowledgement nobody knows whether a lost trigger was for it.
    if (!story.acknowledged) return;
    expect(parts_.clock.service_now() >= earliest(story, event), "timer", "{}: event {} came too early",
           story.key.value, event);
}

}  // namespace roger::sim
