// The patterns of numbering plans as one automaton over decimal digits: a match costs a table step per digit.
//
//   DigitPatterns patterns;                              // 0 matches nothing
//   const auto mobile = patterns.add("7[1-57-9]\\d{8}");
//   patterns.matches(*mobile, "7400123456");
//
// Such patterns match finitely many numbers, so the automaton has no loops and can be built from its end: each state is
// what still may follow. Equal states are one, over all patterns, which keeps it small (libphonenumber 8.12: 17 000
// states of 44 bytes).
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/hex.hpp"

namespace roger::numbering {

class DigitPatterns {
public:
    using Id = std::uint32_t;
    static constexpr Id nothing = 0;

    DigitPatterns();
    /// Knows digits, `\d`, classes, groups (captures too), `|`, `?`, `{n}`, `{n,m}`; a `$` is passed over.
    /// @return nullopt for a pattern with anything else, in which case nothing was added
    [[nodiscard]] std::optional<Id> add(std::string_view pattern);
    /// Adds no more: gives back what only building needs.
    void seal();

    /// The whole text. @param digits  ASCII digits only, as in the next two
    [[nodiscard]] bool matches(Id pattern, std::string_view digits) const noexcept;
    /// Any prefix of the text, the empty one not.
    [[nodiscard]] bool matches_begin(Id pattern, std::string_view digits) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return states_.size(); }

private:
    struct State {
        std::array<Id, 10> next{};
        bool accepts = false;
        friend auto operator<=>(const State&, const State&) = default;
    };
    struct Part;
    class Reader;
    [[nodiscard]] Id build(const Part& part, Id then);
    [[nodiscard]] Id united(Id a, Id b);
    [[nodiscard]] Id id_of(const State& state);

    std::vector<State> states_;
    std::map<State, Id> ids_;
    std::map<std::pair<Id, Id>, Id> unions_;
};

}  // namespace roger::numbering
