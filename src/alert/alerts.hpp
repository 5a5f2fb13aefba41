// What an operator is told of, and when: once when something is wrong, once a day while it lasts, once when it is over.
//
//   fine ──wrong for hold──▶ raised ──each day──▶ lasting … ──well for calm──▶ recovered ──▶ fine
//     ▲──well in the meantime──┘                   ▲──wrong again──┘
//
// Watchers say what is wrong as they see it, as often as they look; what is told follows from that. Over its rate
// nothing is lost but told later, as it stands then. Pure; one thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace roger::alert {

/// Seen by programs: never rename.
enum class Kind : std::uint8_t {
    spend,         ///< a cap is near, or reached
    route_down,    ///< a route that is enabled cannot be used
    route_silent,  ///< a route takes messages, and its receipts have stopped
    disk,          ///< space runs out, or the store cannot be written
    certificate,   ///< ends soon, or has ended
    test,          ///< asked for by the operator
};
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;  ///< "spend", "route_down", …

struct Condition {
    Kind kind = Kind::test;
    std::string subject;  ///< what it is about, for programs: "trunk-a", "/etc/roger/cert.pem"
    std::string text;     ///< a sentence for people: no number, PIN or secret in it
};

enum class State : std::uint8_t { raised, lasting, recovered };
[[nodiscard]] std::string_view to_string(State state) noexcept;

struct Notice {
    Condition condition;
    State state = State::raised;
    milliseconds age{0};  ///< since the condition began
};

struct Options {
    seconds route_down_hold{60};  ///< a peer that is restarted is back by then; and so long it must be up again
};

class Alerts {
public:
    static constexpr seconds calm{60};                  ///< a disk has room for so long: it is over
    static constexpr std::chrono::hours again{24};      ///< a condition that lasts is told once more
    static constexpr std::chrono::hours kept{48};       ///< what was noted once is not told again for so long
    static constexpr unsigned at_once_max = 20;         ///< notices in a row …
    static constexpr seconds one_more_after{120};       ///< … and then one each two minutes
    static constexpr std::size_t conditions_max = 500;  ///< known at a time; more are not

    explicit Alerts(Options options = {}) : options_(options) {}
    void set_options(Options options) noexcept { options_ = options; }

    /// All that is wrong of a kind now: what it named before, and does not name now, is well.
    void look(Kind kind, std::vector<Condition> wrong, SteadyTime now);
    /// What happened and is over: told once for its subject. For what comes back each day or month, its subject has
    /// the date.
    void note(Condition happened, SteadyTime now);
    /// What is to be told now, in order.
    [[nodiscard]] std::vector<Notice> due(SteadyTime now);
    /// What was raised and is not over, for those who ask.
    [[nodiscard]] std::vector<Condition> raised() const;

private:
    struct Entry {
        Condition condition;
        bool happened = false;  ///< by note()
        SteadyTime since{};
        std::optional<SteadyTime> well_since;
        std::optional<SteadyTime> told;
    };
    using Key = std::pair<Kind, std::string>;

    [[nodiscard]] seconds hold_of(Kind kind) const;
    [[nodiscard]] seconds calm_of(Kind kind) const;
    [[nodiscard]] std::optional<State> due(const Entry& entry, SteadyTime now) const;
    [[nodiscard]] static bool is_over(const Entry& entry, SteadyTime now);
    [[nodiscard]] bool take_turn(SteadyTime now);

    Options options_;
    std::map<Key, Entry> entries_;
    SteadyTime turns_used_until_{};  ///< the rate, as the time when all turns are free again
};

}  // namespace roger::alert
