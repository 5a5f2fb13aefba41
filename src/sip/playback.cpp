#include "sip/playback.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace roger::sip {

Playback::Playback(Plan plan)
    : plan_(std::move(plan)),
      after_pause_(plan_.prompt.empty() ? Phase::message : Phase::prompt),
      repeats_left_(std::max(plan_.repeat, 1U)) {
    ROGER_ASSERT(!plan_.message.empty() && plan_.pin_spoken_at <= plan_.message.size(), "speech is never empty");
}

void Playback::enter(Phase phase, unsigned frames) {
    phase_ = phase;
    frames_left_ = frames;
    position_ = 0;
}

/// @return whether that was the last of it
bool Playback::play(const Codes& sound, Frame frame) {
    const std::size_t taken = std::min(frame.size(), sound.size() - position_);
    std::copy_n(sound.begin() + static_cast<std::ptrdiff_t>(position_), taken, frame.begin());
    position_ += taken;
    return position_ == sound.size();
}

void Playback::next(Frame frame) {
    std::ranges::fill(frame, voice::silence(plan_.law));
    switch (phase_) {
        case Phase::prompt:
            if (play(plan_.prompt, frame)) enter(Phase::waiting, key_wait);
            break;
        case Phase::message: {
            const bool last = play(plan_.message, frame);
            if (position_ >= plan_.pin_spoken_at) pin_spoken_ = true;
            if (!last) break;
            --repeats_left_;
            after_pause_ = Phase::message;
            repeats_left_ > 0 ? enter(Phase::pause, between) : enter(Phase::tail, tail);
            break;
        }
        case Phase::pause:
        case Phase::waiting:
        case Phase::tail:
            if (--frames_left_ == 0) advance();
            break;
        case Phase::over: break;
    }
}

/// Out of a phase of silence.
void Playback::advance() {
    if (phase_ == Phase::pause) return enter(after_pause_);
    if (phase_ == Phase::waiting && --prompts_left_ > 0) return enter(Phase::prompt);
    no_key_ = phase_ == Phase::waiting;
    enter(Phase::over);
}

void Playback::key(char key) {
    if (key != '1' || phase_ == Phase::over) return;
    after_pause_ = Phase::message;
    repeats_left_ = std::max(repeats_left_, 1U);
    enter(Phase::pause, before_again);
}

}  // namespace roger::sip
