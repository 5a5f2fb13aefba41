// A folder of recorded speech, for those whose messages always have the same words:
//
//   DIR/en-gb/0.wav … 9.wav                          the digits, one by one (a.wav … for letters)
//   DIR/en-gb/hello-your-acme-code-is.wav            a phrase, under its own words
//   DIR/en-gb/male/…                                 the same of the other voice; what is not there is taken from above
//
// A phrase has its own words as name, so that what is said is what the text says: with another brand or, in PSD2, with
// an amount, there is no recording, and the message goes another way. All of it is in memory, made into clips.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "voice/engine.hpp"

namespace roger::voice {

class Recordings {
public:
    /// Enough for 47 locales in two voices; kept in memory, and read on the thread that calls.
    static constexpr std::size_t files_max = 2'000;

    /// Reads every WAV file of a directory; blocks.
    /// @return invalid_argument with a sentence that names the file: unreadable, no WAV, silent, too many of them, or a
    ///         locale without all ten digits
    [[nodiscard]] static Result<Recordings> load(const std::string& directory);

    /// Adds one recording from the bytes of a WAV file.
    /// @param name  as a file of the folder would be named: "en-gb/0.wav"
    [[nodiscard]] Result<void> add(const std::string& name, std::string_view wav);
    /// @return nullptr when there is none; good as long as the object
    [[nodiscard]] const Samples* find(const Piece& piece) const;
    /// "en-gb/hello-your-acme-code-is.wav": ASCII letters in lower case, digits and what is not ASCII stay, all else
    /// becomes '-'. A character of a PIN is not named: "en-gb/?.wav".
    [[nodiscard]] static std::string name_of(const Piece& piece);

private:
    std::map<std::string, Samples> clips_;  ///< by name
};

}  // namespace roger::voice
