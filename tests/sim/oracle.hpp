// Judges a run from outside: by what clients were answered, what peers were handed, and what the rows say.
// The invariants' names stand in docs/simulator.md.
#pragma once
#include <functional>
#include <memory>
#include <set>

#include "engine/command.hpp"
#include "tests/sim/basics.hpp"
#include "tests/sim/story.hpp"

namespace roger::sim {

/// One question of a client, from the moment it was asked.
struct Ask {
    enum class Kind : std::uint8_t { start, check, cancel, trigger } kind = Kind::start;
    TimePoint at{};
    std::string account;
    std::string number;         ///< start
    Wishes wishes;              ///< start
    std::optional<RowKey> key;  ///< of the request meant
    bool owner = true;          ///< with its account and its exact id
    std::string code;           ///< check
    bool lenient = false;       ///< cancel
};
using AskPtr = std::shared_ptr<const Ask>;

/// One segment of what a peer was handed.
struct Part {
    channel::Reference reference;
    std::size_t handing = 0;  ///< as handed() said
    unsigned part = 0;        ///< 0 …
    unsigned parts = 1;       ///< … of so many
};
constexpr std::int64_t price_of_a_segment = 10;
constexpr Micros start_balance{1'000'000'000};  ///< of each account
constexpr Micros price_of_a_success{7};

class Oracle {
public:
    struct Parts {
        const SimClock& clock;
        Trace& trace;
        const Weather& weather;
        std::function<std::vector<verification::Request>(RowKey)> row;  ///< as the store has it now: none or one
        std::function<std::vector<verification::Request>(const std::string&)> rows;  ///< of an account
        std::function<RowKey(const RequestId&)> key_of;
        std::function<std::vector<guard::LedgerEntry>()> ledger;
    };
    explicit Oracle(Parts parts) : parts_(std::move(parts)) {}

    bool windows = false;  ///< 2 starts of a number in 30 s, 5 in an hour, 10 in a day, and no more

    /// The first thing that must not be.
    [[nodiscard]] const std::string& violation() const { return violation_; }

    // What clients see.
    void asked(const AskPtr& ask);
    void answered(const AskPtr& ask, const Result<engine::Start::Answer>& answer);
    void answered(const AskPtr& ask, const Result<engine::Check::Answer>& answer);
    void answered(const AskPtr& ask, const Result<engine::Control::Answer>& answer);

    // What peers see.
    /// At the moment of submit(). @return which handing it is, for its Part
    std::size_t handed(const std::string& route, const channel::Outbound& message, Reach reach);
    void accepted_in_time(const Part& message, bool at_once);
    /// A receipt of one segment was sent, and what became of it.
    void told(const Part& part, bool delivered);
    void acknowledged(const Part& part, bool delivered);

    // What happened to the machine.
    void process_died();
    /// In this span of service time nothing is promised to be on time.
    void trouble(TimePoint from, TimePoint until) { trouble_.emplace_back(from, until); }

    /// Compares the rows with all that is known. At any time that nothing runs.
    void audit();
    /// After everything has come to rest.
    void finish();

    /// Requests that a client knows of.
    [[nodiscard]] const std::vector<RowKey>& known() const { return known_; }
    [[nodiscard]] Story& story(RowKey key) { return stories_.at(key); }

private:
    void violate(std::string_view rule, const std::string& what);
    template <class... Args>
    void expect(bool holds, std::string_view rule, fmt::format_string<Args...> format, const Args&... args) {
        if (!holds) violate(rule, fmt::vformat(fmt::string_view(format), fmt::make_format_args(args...)));
    }
    [[nodiscard]] Story* about(const AskPtr& ask);
    [[nodiscard]] const verification::Request* row_of(RowKey key);
    void settle(const AskPtr& ask) { open_.erase(ask); }
    void began(const Ask& ask, const RequestId& id);
    void refused(const Ask& ask);
    void audit_windows();
    void audit_money();
    [[nodiscard]] std::vector<TimePoint> starts_of(const std::string& number);
    void not_begun(const Ask& ask, const engine::Start::Answer& answer);
    void judge_right(const Ask& ask, Story& story);
    void judge_wrong(const Ask& ask, Story& story, bool last);
    void judge_gone(Story& story);
    void end(Story& story, std::optional<Status> status);
    void judge_pin(Story& story, const channel::Outbound& message, Reach reach);
    void judge_time(const Story& story, std::size_t event);
    [[nodiscard]] TimePoint earliest(const Story& story, std::size_t event) const;
    [[nodiscard]] bool untroubled(TimePoint from, TimePoint until) const;
    void audit_row(const verification::Request& row);
    void finish_event(const verification::Request& row, std::size_t index);
    void finish_delivery(const verification::Request& row, std::size_t index, const EventStory& seen);
    [[nodiscard]] Handing& handing_of(const Part& part);
    [[nodiscard]] bool must_be_handed_over(const verification::Request& row, std::size_t index) const;
    void finish_timers(const Story& story);

    Parts parts_;
    std::string violation_;
    std::map<RowKey, Story> stories_;
    std::vector<RowKey> known_;
    std::set<AskPtr> open_;
    std::map<std::string, int> begun_;     ///< by account: acknowledged starts …
    std::map<std::string, int> doubtful_;  ///< … and those that nobody knows of
    std::vector<std::pair<TimePoint, TimePoint>> trouble_;
    std::map<RowKey, verification::Request> seen_;  ///< each row at its last audit
    std::vector<verification::Request> looked_up_;
};

}  // namespace roger::sim
