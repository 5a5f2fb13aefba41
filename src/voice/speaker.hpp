// Speech by an engine, with what it said before kept: a phrase by its words, a digit by itself.
//
// What is kept holds no PIN: its digits are clips of their own, and the first use of a voice makes all ten, so that not
// even which ones are there says anything. The letters of a PIN are not kept, nor is what may hold a whole one.
// A message is put together anew for each call: that is a copy of some 60,000 samples.
// Recordings of an account's own (Utterance::media) are clips like others, of an engine that is asked for them by id.
#pragma once
#include <cstddef>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "base/time.hpp"
#include "voice/engine.hpp"
#include "voice/speech.hpp"

namespace roger::voice {

/// A program that takes longer for one piece is killed, whatever the call's own deadline.
inline constexpr milliseconds piece_max{5'000};

class Speaker final : public Speech {
public:
    /// @param clock  outlives the speaker, and goes with real time
    /// @param media  says a piece whose text is the id of a recording; nullptr: Utterance::media is not played
    Speaker(boost::asio::any_io_executor executor,
            const Clock& clock,
            std::unique_ptr<Engine> engine,
            std::unique_ptr<Engine> media = nullptr,
            std::size_t cache_bytes_max = std::size_t{32} << 20U);
    ~Speaker() override;

    [[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<const Audio>>> speak(Utterance utterance,
                                                                                     SteadyTime deadline) override;
    [[nodiscard]] boost::asio::awaitable<void> stop() override;

    /// Says in the log what keeps the engine from speaking, if that is known before it is asked.
    void look();
    /// Bytes of clips that are kept.
    [[nodiscard]] std::size_t kept_bytes() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;  // with the pieces that are being made
};

}  // namespace roger::voice
