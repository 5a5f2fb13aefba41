// What of a text is said in one breath: phrases, and the PIN's characters one by one. Pure.
//
//   "Your Acme code is: 1, 2, 3, 4. Again: 1, 2, 3, 4."  ──▶  "Your Acme code is:" 1 2 3 4 "Again:" 1 2 3 4
//
// A piece is what clips are kept by, so no piece may hold a PIN: the characters stand alone.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::voice {

inline constexpr std::size_t text_bytes_max = 2'000;

struct Script {
    struct Piece {
        std::string text;
        bool spelt = false;  ///< one character of a PIN
        /// Whether its clip may be kept: a digit, or a phrase in which no PIN can be.
        bool keep = false;

        friend bool operator==(const Piece&, const Piece&) = default;
    };
    std::vector<Piece> pieces;  ///< not empty
    /// After so many pieces the PIN has been said once. 0: nothing is spelt, so any piece may hold a PIN, and none is
    /// kept.
    std::size_t pin_end = 0;
};

/// Takes a spoken text apart. At least four ASCII letters or digits with ", " between them are a PIN; when there are
/// several such, the last is, for a brand may look like one and stands before it.
/// What a speech engine could take for commands goes: square brackets ("[[…]]" are phonemes to espeak-ng), '<', '>' and
/// control characters.
/// @return invalid_argument for a text without anything to say, or of more than text_bytes_max
[[nodiscard]] Result<Script> read_script(std::string_view text);

}  // namespace roger::voice
