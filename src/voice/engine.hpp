// What turns a piece of text into sound: espeak-ng, any other program, or recordings.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "verification/request.hpp"
#include "voice/wav.hpp"

namespace roger::voice {

/// "female", "male".
[[nodiscard]] std::string_view to_string(verification::Voice voice) noexcept;

/// A phrase, or one character of a PIN. Never log it.
struct Piece {
    std::string locale;
    verification::Voice voice = verification::Voice::female;
    std::string text;
};

/// Every call is made on the engine's executor; the owner awaits stop() before destroying it.
class Engine {
public:
    virtual ~Engine() = default;
    /// A clip of the piece (make_clip). @return unavailable with the reason, without the text in it
    [[nodiscard]] virtual boost::asio::awaitable<Result<Samples>> say(Piece piece, SteadyTime deadline) = 0;
    [[nodiscard]] virtual boost::asio::awaitable<void> stop() = 0;
    /// What keeps it from speaking at all, as a sentence for the operator; "": nothing that is known.
    [[nodiscard]] virtual std::string trouble() const = 0;
};

enum class EngineKind : std::uint8_t { espeak, command, recordings };

struct EngineOptions {
    EngineKind kind = EngineKind::espeak;
    /// kind command: a program and its arguments, in which ${voice} (female, male) and ${locale} (en-gb) are replaced.
    /// It reads the text on standard input and writes WAV to standard output.
    std::vector<std::string> command;
    std::string recordings;  ///< kind recordings: the directory
    std::size_t programs_at_once = 4;
};

/// @return invalid_argument with a sentence: recordings that cannot be used, or options without what their kind needs
[[nodiscard]] Result<std::unique_ptr<Engine>> make_engine(boost::asio::any_io_executor executor,
                                                          const EngineOptions& options);

}  // namespace roger::voice
