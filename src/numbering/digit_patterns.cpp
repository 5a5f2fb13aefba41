#include "numbering/digit_patterns.hpp"

#include <algorithm>

namespace roger::numbering {
namespace {

constexpr unsigned all_digits = (1U << 10) - 1;
/// Longer repeats and deeper groups than any numbering plan has.
constexpr unsigned repeats_max = 20;
constexpr unsigned depth_max = 20;

}  // namespace

/// A set of digits, or alternatives of sequences, between `least` and `most` times.
struct DigitPatterns::Part {
    unsigned digits = 0;  ///< bit n: digit n; 0 for a group
    std::vector<std::vector<Part>> alternatives;
    unsigned least = 1;
    unsigned most = 1;
};

/// Recursive descent; `nullopt` goes up unchanged.
class DigitPatterns::Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::optional<Part> pattern() {
        auto part = alternatives(0);
        return rest_.empty() ? part : std::nullopt;
    }

private:
    [[nodiscard]] bool take(std::string_view word) {
        const bool here = rest_.starts_with(word);
        if (here) rest_.remove_prefix(word.size());
        return here;
    }

    [[nodiscard]] std::optional<unsigned> take_digit() {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return std::nullopt;
        const auto digit = static_cast<unsigned>(rest_.front() - '0');
        rest_.remove_prefix(1);
        return digit;
    }

    std::optional<Part> alternatives(unsigned depth) {
        if (depth > depth_max) return std::nullopt;
        Part group;
        do {
            auto& sequence = group.alternatives.emplace_back();
            while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
                if (take("$")) continue;
                auto part = atom(depth);
                if (!part || !repeat(*part)) return std::nullopt;
                sequence.push_back(std::move(*part));
            }
        } while (take("|"));
        return group;
    }

    std::optional<Part> atom(unsigned depth) {
        if (take("(?:") || take("(")) {
            auto group = alternatives(depth + 1);
            return take(")") ? group : std::nullopt;
        }
        if (take("\\d")) return Part{.digits = all_digits};
        if (take("[")) return digit_class();
        if (const auto digit = take_digit()) return Part{.digits = 1U << *digit};
        return std::nullopt;
    }

    std::optional<Part> digit_class() {
        Part part;
        while (!take("]")) {
            const auto from = take_digit();
            const auto to = from && take("-") ? take_digit() : from;
            if (!from || !to || *from > *to) return std::nullopt;
            for (unsigned digit = *from; digit <= *to; ++digit) part.digits |= 1U << digit;
        }
        return part.digits == 0 ? std::nullopt : std::optional(part);
    }

    [[nodiscard]] std::optional<unsigned> number() {
        auto value = take_digit();
        while (value && *value <= repeats_max) {
            const auto digit = take_digit();
            if (!digit) return value;
            *value = *value * 10 + *digit;
        }
        return std::nullopt;
    }

    [[nodiscard]] bool repeat(Part& part) {
        if (take("?")) {
            part.least = 0;
        } else if (take("{")) {
            const auto least = number();
            const auto most = take(",") ? number() : least;
            if (!take("}") || !least || !most || *least > *most) return false;
            part.least = *least;
            part.most = *most;
        }
        return true;
    }

    std::string_view rest_;
};

DigitPatterns::DigitPatterns() {
    (void)id_of(State{});  // nothing
}

std::optional<DigitPatterns::Id> DigitPatterns::add(std::string_view pattern) {
    const auto part = Reader(pattern).pattern();
    if (!part) return std::nullopt;
    return build(*part, id_of(State{.accepts = true}));
}

void DigitPatterns::seal() {
    ids_.clear();
    unions_.clear();
    states_.shrink_to_fit();
}

bool DigitPatterns::matches(Id pattern, std::string_view digits) const noexcept {
    for (const char digit : digits) pattern = states_[pattern].next[static_cast<std::size_t>(digit - '0')];
    return states_[pattern].accepts;
}

bool DigitPatterns::matches_begin(Id pattern, std::string_view digits) const noexcept {
    return std::ranges::any_of(digits, [&](char digit) {
        pattern = states_[pattern].next[static_cast<std::size_t>(digit - '0')];
        return states_[pattern].accepts;
    });
}

/// The state before `part`, when `then` is the state behind it.
DigitPatterns::Id DigitPatterns::build(const Part& part, Id then) {
    const auto before_one = [&](Id after) {
        if (part.digits != 0) {
            State state;
            for (std::size_t digit = 0; digit < 10; ++digit) {
                if ((part.digits >> digit & 1U) != 0) state.next[digit] = after;
            }
            return id_of(state);
        }
        Id any = nothing;
        for (const auto& sequence : part.alternatives) {
            Id at = after;
            for (auto next = sequence.rbegin(); next != sequence.rend(); ++next) at = build(*next, at);
            any = united(any, at);
        }
        return any;
    };
    Id at = then;
    for (unsigned i = part.least; i < part.most; ++i) at = united(then, before_one(at));
    for (unsigned i = 0; i < part.least; ++i) at = before_one(at);
    return at;
}

DigitPatterns::Id DigitPatterns::united(Id a, Id b) {
    if (a == nothing || a == b) return b;
    if (b == nothing) return a;
    const std::pair<Id, Id> both = std::minmax(a, b);
    if (const auto known = unions_.find(both); known != unions_.end()) return known->second;
    State state{.accepts = states_[a].accepts || states_[b].accepts};
    for (std::size_t digit = 0; digit < 10; ++digit) {
        state.next[digit] = united(states_[a].next[digit], states_[b].next[digit]);
    }
    return unions_[both] = id_of(state);
}

DigitPatterns::Id DigitPatterns::id_of(const State& state) {
    const auto [at, is_new] = ids_.try_emplace(state, static_cast<Id>(states_.size()));
    if (is_new) states_.push_back(state);
    return at->second;
}

}  // namespace roger::numbering
