// A piece of speech made fit for a telephone: 8 kHz, without silence at its ends, as loud as every other. Pure.
#pragma once
#include "base/result.hpp"
#include "voice/wav.hpp"

namespace roger::voice {

/// The longest piece: a phrase with the longest brand, spoken slowly, is half of it.
inline constexpr std::size_t clip_samples_max = std::size_t{20} * 8000;
/// Silence within a piece is cut down to this, so that the pauses around the PIN are the longest of a message.
inline constexpr std::size_t inner_silence_max = 2800;  // 350 ms

/// Takes what an engine or a person recorded: resamples it (libsoxr), cuts silence off, sets its level.
/// @return invalid_argument when it is too long, or nothing can be heard
[[nodiscard]] Result<Samples> make_clip(const Pcm& recorded);

}  // namespace roger::voice
