#include "voice/clip.hpp"

#include <soxr.h>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "voice/speech.hpp"

namespace roger::voice {
namespace {

using Signal = std::vector<float>;  // full scale is 1

constexpr float full_scale = 32768.0F;
constexpr std::size_t frame = sample_rate / 100;
constexpr float audible = 0.001F;       ///< -60 dBFS: what peaks below it is silence
constexpr float quiet_of_peak = 0.01F;  ///< 40 dB under a piece's own peak: between its words
constexpr std::size_t margin = 2;       ///< frames kept at both ends, for soft beginnings
/// The level of active speech on a telephone line, and the peak that leaves room for the codecs (ITU-T P.56, G.711).
constexpr float speech_level = 0.1F;  // -20 dBFS
constexpr float peak_max = 0.7F;      // -3 dBFS

Result<Signal> resample(const Pcm& recorded) {
    Signal in(recorded.samples.size());
    std::ranges::transform(recorded.samples, in.begin(),
                           [](std::int16_t sample) { return static_cast<float>(sample) / full_scale; });
    if (recorded.rate == sample_rate) return in;
    const double ratio = static_cast<double>(sample_rate) / recorded.rate;
    Signal out(static_cast<std::size_t>(static_cast<double>(in.size()) * ratio) + 1);
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    std::size_t done = 0;
    const soxr_error_t error = soxr_oneshot(recorded.rate, sample_rate, 1, in.data(), in.size(), nullptr, out.data(),
                                            out.size(), &done, &io, &quality, &runtime);
    if (error != nullptr) return fail(Errc::invalid_argument, "the sound cannot be resampled");
    out.resize(done);
    return out;
}

float level_of(std::span<const float> samples) {
    const float sum = std::transform_reduce(samples.begin(), samples.end(), 0.0F, std::plus{},
                                            [](float sample) { return sample * sample; });
    return samples.empty() ? 0.0F : std::sqrt(sum / static_cast<float>(samples.size()));
}

struct Frames {
    std::vector<bool> active;
    float level = 0;  ///< of the active ones
};

Frames look(std::span<const float> signal, float threshold) {
    Frames frames;
    float sum = 0;
    std::size_t active = 0;
    for (std::size_t at = 0; at < signal.size(); at += frame) {
        const float level = level_of(signal.subspan(at, std::min(frame, signal.size() - at)));
        frames.active.push_back(level > threshold);
        if (level <= threshold) continue;
        sum += level * level;
        ++active;
    }
    if (active > 0) frames.level = std::sqrt(sum / static_cast<float>(active));
    return frames;
}

/// Keeps what is heard, with a margin, and shortens what is silent between.
Signal without_silence(std::span<const float> signal, const std::vector<bool>& active) {
    const auto first = std::ranges::find(active, true) - active.begin();
    const auto last = active.rend() - std::find(active.rbegin(), active.rend(), true);
    const std::size_t begin = std::max(static_cast<std::size_t>(first), margin) - margin;
    const std::size_t end = std::min(static_cast<std::size_t>(last) + margin, active.size());
    Signal kept;
    std::size_t silent = 0;
    for (std::size_t i = begin; i < end; ++i) {
        silent = active[i] ? 0 : silent + 1;
        if (silent * frame > inner_silence_max) continue;
        const auto part = signal.subspan(i * frame, std::min(frame, signal.size() - i * frame));
        kept.insert(kept.end(), part.begin(), part.end());
    }
    return kept;
}

}  // namespace

Result<Samples> make_clip(const Pcm& recorded) {
    auto signal = resample(recorded);
    if (!signal) return tl::unexpected<Error>(signal.error());
    float peak = 0;
    for (const float sample : *signal) peak = std::max(peak, std::abs(sample));
    if (peak < audible) return fail(Errc::invalid_argument, "a sound in which nothing can be heard");
    const Frames frames = look(*signal, peak * quiet_of_peak);
    const Signal kept = without_silence(*signal, frames.active);
    if (kept.size() > clip_samples_max) return fail(Errc::invalid_argument, "a sound of more than 20 seconds");
    const float gain = std::min(speech_level / frames.level, peak_max / peak);
    Samples clip(kept.size());
    std::ranges::transform(kept, clip.begin(), [gain](float sample) {
        return static_cast<std::int16_t>(std::lround(sample * gain * full_scale));
    });
    return clip;
}

}  // namespace roger::voice
