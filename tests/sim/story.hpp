// What the outside knows of one request: what its client was told and what peers were handed. Kept by the oracle;
// shares nothing with the code that it judges, not even the table of workflows.
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "channel/channel.hpp"
#include "verification/request.hpp"

namespace roger::sim {

using verification::RequestId;
using verification::RowKey;
using verification::Status;

/// How far one submit() of a channel came.
enum class Reach : std::uint8_t {
    none,     ///< not bound, or throttled: nothing left the house
    refused,  ///< the peer said no
    lost,     ///< the peer never got it, but nobody knows
    phone,    ///< the peer took it
};

struct Step {
    bool spoken = false;
    seconds wait{0};
};

/// What a client asked a request to be like, and what the contract makes of it (Verify v1, "Workflows").
struct Wishes {
    int workflow = 1;
    std::optional<seconds> expiry;
    std::optional<seconds> wait;
    std::string caller_pin;  ///< "": the house makes the PIN
    std::string idempotency_key;
    std::string amount;                  ///< PSD2 when not ""
    std::optional<seconds> stored_life;  ///< when nobody heard what was asked for: as the row has it

    [[nodiscard]] seconds pin_life() const {
        if (stored_life) return *stored_life;
        if (!wait) return expiry.value_or(seconds(300));
        const bool fits = expiry ? *expiry % *wait == seconds(0) : *wait <= seconds(300);
        return fits ? expiry.value_or(seconds(300)) : *wait;
    }
    [[nodiscard]] std::vector<Step> steps() const {
        static const std::vector<std::vector<std::pair<char, int>>> table{
            {{'s', 125}, {'t', 180}, {'t', 300}},
            {{'s', 125}, {'s', 180}, {'t', 300}},
            {{'t', 150}, {'t', 150}},
            {{'s', 120}, {'s', 180}},
            {{'s', 120}, {'t', 180}},
            {{'s', 0}},
            {{'t', 0}},
        };
        std::vector<Step> steps;
        for (const auto& [kind, length] : table[static_cast<std::size_t>(workflow) - 1]) {
            steps.push_back({kind == 't', length == 0 ? pin_life() : wait.value_or(seconds(length))});
        }
        return steps;
    }
};

/// A PIN that was read in what a peer was handed.
struct SeenPin {
    std::string text;
    TimePoint first{};
    TimePoint last{};
    bool on_phone = false;
    std::size_t event = 0;  ///< that it came with first
};

struct Handing {
    std::string route;
    Reach reach = Reach::none;
    bool answered = false;  ///< `accepted` came back in time
    TimePoint at{};
    std::uint8_t attempt = 0;
    unsigned parts = 1;
    bool at_once = false;       ///< the answer was the receipt
    unsigned delivered = 0;     ///< bits of the segments that the peer said are delivered …
    unsigned acknowledged = 0;  ///< … and of those that the house knows of
    bool failed = false;        ///< the peer said so of a segment

    [[nodiscard]] unsigned all() const { return (1U << parts) - 1; }
};

struct EventStory {
    TimePoint first_call{};
    std::vector<Handing> handings;
    bool failed_receipt = false;

    /// When a peer was first handed it.
    [[nodiscard]] std::optional<TimePoint> handed() const {
        for (const Handing& handing : handings) {
            if (handing.reach != Reach::none) return handing.at;
        }
        return std::nullopt;
    }
    /// Whether it may have been given up before its time.
    [[nodiscard]] bool may_have_failed() const {
        return failed_receipt || handings.empty() || !handings.back().answered;
    }
};

struct Story {
    RowKey key;
    std::optional<RequestId> id;  ///< once a client was told
    std::string account;
    std::string number;
    Wishes wishes;
    bool acknowledged = false;
    TimePoint asked_at{};     ///< it began in between:
    TimePoint answered_at{};  ///< …
    std::vector<SeenPin> pins;
    std::map<std::size_t, EventStory> events;
    std::optional<Status> end;  ///< that was acknowledged
    bool over = false;          ///< its end was acknowledged, be it only by "gone"
    TimePoint over_at{};
    bool doubt = false;  ///< something that may have ended it was never answered
    int wrong = 0;
    int judged = 0;
    int doubtful_checks = 0;
    bool triggered = false;  ///< a trigger was asked for

    /// Learns from the row what nobody was told: its start was never answered.
    void learn(const verification::Request& row) {
        key = row.key;
        account = row.account;
        number = row.number;
        asked_at = answered_at = row.submitted;
        wishes.workflow = row.plan.workflow_id;
        wishes.wait = row.plan.next_event_wait;
        wishes.stored_life = row.plan.pin_expiry;
        if (row.caller_pin) wishes.caller_pin = "?";
    }
    [[nodiscard]] SeenPin* find_pin(const std::string& text) {
        const auto found = std::ranges::find(pins, text, &SeenPin::text);
        return found == pins.end() ? nullptr : &*found;
    }
    /// The earliest end that no client asked for.
    [[nodiscard]] TimePoint natural_end_earliest(bool prompt) const {
        const TimePoint least = asked_at + wishes.pin_life();
        if (!prompt) return least;
        const auto steps = wishes.steps();
        const auto last = events.find(steps.size() - 1);
        if (last == events.end()) return TimePoint::max();
        const auto handed = last->second.handed();
        return handed ? std::max(least, *handed + steps.back().wait) : least;
    }
    /// The latest, when nothing was late; none while it cannot be told yet.
    [[nodiscard]] std::optional<TimePoint> natural_end_latest() const {
        const auto steps = wishes.steps();
        const auto last = events.find(steps.size() - 1);
        if (last == events.end() || !last->second.handed() || pins.empty()) return std::nullopt;
        const TimePoint made = wishes.caller_pin.empty() ? pins.back().first : pins.back().last;
        return std::max(*last->second.handed() + steps.back().wait, made + wishes.pin_life());
    }
};

/// The PIN as a person reads or hears it; "" when there is none.
inline std::string read_pin(const channel::Outbound& message) {
    const std::string_view text = message.text;
    const bool spoken = message.channel == message::Channel::tts;
    std::string_view marker = "ode: ";
    if (spoken) marker = " is: ";
    if (!spoken && text.starts_with("Code ")) marker = "Code ";
    const auto at = text.find(marker);
    if (at == std::string_view::npos) return "";
    std::string pin;
    for (const char c : text.substr(at + marker.size())) {
        if (c == '.' || c == ':' || (c == ' ' && !spoken)) break;
        if (c != ' ' && c != ',') pin += c;
    }
    return pin;
}

}  // namespace roger::sim
