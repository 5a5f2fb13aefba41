// Why something was refused: for the client's Roger-Reason and for whoever looks into it later.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace roger::guard {

struct Reason {
    std::string rule;                    ///< which rule said no: lower case with '-'; "" when nothing was refused
    std::string scope;                   ///< what it was said of: a parameter's name, "number", "account", "country" …
    std::optional<std::uint64_t> seen;   ///< how many the rule counted
    std::optional<std::uint64_t> limit;  ///< and how many it lets pass
    std::optional<TimePoint> until;      ///< service time: the same may pass from then on
    /// It counts what other accounts do: a client is told the rule and until when, and nothing else.
    bool over_all_accounts = false;

    friend bool operator==(const Reason&, const Reason&) = default;
};

/// All of it: "rule=<id>; scope=<…>; seen=<n>; limit=<n>; until=<RFC 3339>", without what is not known.
[[nodiscard]] std::string to_text(const Reason& reason);
/// The same, as far as a client may know it.
[[nodiscard]] std::string to_header(const Reason& reason);

}  // namespace roger::guard
