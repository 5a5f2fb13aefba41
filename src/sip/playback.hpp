// What a call plays, frame by frame, and how keys change it. Pure: a frame is 20 ms.
//
//   0.5 s silence ─▶ [prompt ─▶ ≤ 10 s for key 1, twice] ─▶ message, so often, 1 s between ─▶ 2 s silence ─▶ over
//                                        │ none                 ▲ key 1, at any time: from its beginning
//                                        └─▶ over, no_key()     │
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sip/rtp.hpp"
#include "voice/g711.hpp"

namespace roger::sip {

using Codes = std::vector<std::uint8_t>;  ///< samples in G.711

class Playback {
public:
    static constexpr unsigned frames_per_second = 50;
    static constexpr unsigned lead_in = frames_per_second / 2;  ///< media has come together, the phone is at the ear
    static constexpr unsigned key_wait = 10 * frames_per_second;
    static constexpr unsigned prompts = 2;
    static constexpr unsigned between = frames_per_second;
    static constexpr unsigned tail = 2 * frames_per_second;  ///< for key 1 after the last word
    static constexpr unsigned before_again = frames_per_second / 3;

    struct Plan {
        voice::G711 law = voice::G711::a_law;
        Codes message;
        std::size_t pin_spoken_at = 0;  ///< so many codes of the message
        unsigned repeat = 1;            ///< how often it is said, at least 1
        Codes prompt;                   ///< asks for key 1; empty: the message is said unasked
    };
    explicit Playback(Plan plan);

    using Frame = std::span<std::uint8_t, frame_samples>;
    /// Writes the next frame; silence when nothing is said.
    void next(Frame frame);
    void key(char key);

    /// The PIN has been said completely, once at least.
    [[nodiscard]] bool pin_spoken() const noexcept { return pin_spoken_; }
    /// There is nothing left to say; next() gives silence.
    [[nodiscard]] bool over() const noexcept { return phase_ == Phase::over; }
    /// It is over because nobody pressed the key that was asked for.
    [[nodiscard]] bool no_key() const noexcept { return no_key_; }

private:
    enum class Phase : std::uint8_t { pause, prompt, waiting, message, tail, over };
    void enter(Phase phase, unsigned frames = 0);
    void advance();
    [[nodiscard]] bool play(const Codes& sound, Frame frame);

    Plan plan_;
    Phase phase_ = Phase::pause;
    Phase after_pause_;
    unsigned frames_left_ = lead_in;  ///< of a phase of silence
    std::size_t position_ = 0;        ///< in what is being said
    unsigned prompts_left_ = prompts;
    unsigned repeats_left_;
    bool pin_spoken_ = false;
    bool no_key_ = false;
};

}  // namespace roger::sip
