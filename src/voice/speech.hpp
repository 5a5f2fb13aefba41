// A spoken message as the samples of a telephone: text in, 8 kHz audio out.
//
//   text ──▶ phrases and digits ──cache, else engine──▶ clips ──▶ joined, with pauses ──▶ Audio
//
// The engine is espeak-ng, any other program, or a folder of recordings (voice/engines.hpp). Nothing blocks: what takes
// long is a program of its own. A warm voice answers within the call, a cold one after about 0.3 s; so ask before the
// INVITE goes out: a call that has nothing to say is better not placed.
// Everything runs on one executor, whose context one thread runs. An interface, so that calls can be tested without
// any engine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "verification/request.hpp"

namespace roger::voice {

inline constexpr unsigned sample_rate = 8000;  ///< of every Audio, in Hz; one channel

/// One message, spoken once. The PIN can be heard in it: keep it no longer than the call.
struct Audio {
    std::vector<std::int16_t> samples;  ///< never empty; linear, speech at about -20 dBFS, no sample beyond -3 dBFS
    /// So many samples in, the PIN has been spoken once completely: who hangs up before has not heard it.
    /// 1 … samples.size(); the end of a text that spells no PIN.
    std::size_t pin_spoken_at = 0;
};

/// What to say, and as whom. `text` holds the PIN: never log it.
struct Utterance {
    std::string locale;  ///< that the text is written in (message::written_locale), as "en-gb"
    verification::Voice voice = verification::Voice::female;
    /// UTF-8, at most 2,000 bytes, as message::render() makes it: the PIN's characters one by one, "1, 2, 3, 4".
    std::string text;
    /// Recordings of the account's own to play in place of the words, by name ("digit_0" … "digit_9", and if wanted
    /// "welcome_message", "bye_message") and id: a welcome, the PIN's digits, a farewell. The text is spoken after all
    /// when they cannot be played, or the PIN has letters. Empty: there are none.
    std::vector<std::pair<std::string, std::string>> media = {};
};

class Speech {
public:
    virtual ~Speech() = default;
    /// The audio of an utterance; of the same one always the same, while the engine is.
    /// @param deadline  the answer is there by then, whatever the engine does
    /// @return invalid_argument  a text that is empty or too long
    ///         unavailable       no such engine or recording, or it broke, or it was late: nothing was said
    [[nodiscard]] virtual boost::asio::awaitable<Result<std::shared_ptr<const Audio>>> speak(Utterance utterance,
                                                                                             SteadyTime deadline) = 0;
    /// Ends the programs under way; speak() answers unavailable from here on. Await it before destroying.
    [[nodiscard]] virtual boost::asio::awaitable<void> stop() = 0;
};

}  // namespace roger::voice
