// WAV files: read as engines and people write them, written as browsers play them. Pure.
// Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, IBM and Microsoft, 1991); RFC 2361.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace roger::voice {

/// Linear samples of one channel.
using Samples = std::vector<std::int16_t>;

struct Pcm {
    unsigned rate = 0;  ///< in Hz, 4,000…96,000
    Samples samples;    ///< not empty
};

/// A minute at 22,050 Hz: a phrase is shorter, and what is longer is an engine that does not end.
inline constexpr std::size_t wav_bytes_max = 2'700'000;

/// Reads 16-bit linear, A-law or µ-law audio; of two channels the mean. A length that is longer than the file, as
/// programs write it that do not know it yet, means: to the end.
/// @param bytes  of the whole file, at most wav_bytes_max
/// @return invalid_argument with what is wrong
[[nodiscard]] Result<Pcm> read_wav(std::string_view bytes);
/// The same of a file that somebody made and kept: one that is shorter than it says is refused.
[[nodiscard]] Result<Pcm> read_whole_wav(std::string_view bytes);

/// @param samples  at 8,000 Hz
[[nodiscard]] std::string write_wav(std::span<const std::int16_t> samples);

}  // namespace roger::voice
