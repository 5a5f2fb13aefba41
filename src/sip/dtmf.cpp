#include "sip/dtmf.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "voice/speech.hpp"

namespace roger::sip {
namespace {

constexpr std::array<double, 4> rows{697, 770, 852, 941};
constexpr std::array<double, 4> columns{1209, 1336, 1477, 1633};
constexpr std::string_view keys = "123A456B789C*0#D";
constexpr double power_min = 1e4;     ///< mean square of a tone, about -50 dBFS: weaker ones are echoes
constexpr double twist_max = 8.0;     ///< one tone may be 9 dB louder than the other
constexpr double others_max = 0.2;    ///< of the group's loudest, in any other frequency of the group
constexpr double tones_share = 0.75;  ///< of all power, in the two tones: speech has less

/// Power of one frequency in a block, by Goertzel's recurrence: the mean square of that tone.
double power_of(std::span<const std::int16_t> samples, double frequency) {
    const double w = 2.0 * std::numbers::pi * frequency / voice::sample_rate;
    const double k = 2.0 * std::cos(w);
    double one = 0;
    double two = 0;
    for (const std::int16_t sample : samples) {
        const double next = sample + k * one - two;
        two = one;
        one = next;
    }
    const auto n = static_cast<double>(samples.size());
    return 2.0 * (one * one + two * two - k * one * two) / (n * n);
}

struct Loudest {
    std::size_t index = 0;
    double power = 0;
    bool alone = false;  ///< nothing else of its group is near
};

Loudest loudest_of(std::span<const std::int16_t> samples, const std::array<double, 4>& group) {
    std::array<double, 4> powers{};
    std::ranges::transform(group, powers.begin(), [&](double frequency) { return power_of(samples, frequency); });
    const auto top = std::ranges::max_element(powers);
    const auto near = std::ranges::count_if(powers, [&](double power) { return power > *top * others_max; });
    return {static_cast<std::size_t>(top - powers.begin()), *top, near == 1};
}

}  // namespace

std::optional<char> EventKeys::take(std::uint32_t timestamp, const TelephoneEvent& event) {
    const auto key = key_of(event.event);
    if (!key || last_ == timestamp) return std::nullopt;
    last_ = timestamp;
    return key;
}

std::optional<char> ToneKeys::hear(std::span<const std::int16_t> samples) {
    std::optional<char> pressed;
    while (!samples.empty()) {
        const std::size_t taken = std::min(samples.size(), block_.size() - filled_);
        std::ranges::copy(samples.first(taken), block_.begin() + static_cast<std::ptrdiff_t>(filled_));
        filled_ += taken;
        samples = samples.subspan(taken);
        if (filled_ < block_.size()) break;
        filled_ = 0;
        const auto key = key_of_block();
        blocks_ = key == heard_ ? std::min(blocks_ + 1, blocks_min) : 1;
        heard_ = key;
        if (blocks_ < blocks_min || key == pressed_) continue;
        pressed_ = key;
        if (key) pressed = key;
    }
    return pressed;
}

std::optional<char> ToneKeys::key_of_block() const {
    const Loudest row = loudest_of(block_, rows);
    const Loudest column = loudest_of(block_, columns);
    if (!row.alone || !column.alone || row.power < power_min || column.power < power_min) return std::nullopt;
    if (row.power > column.power * twist_max || column.power > row.power * twist_max) return std::nullopt;
    double all = 0;
    for (const std::int16_t sample : block_) all += static_cast<double>(sample) * sample;
    if (row.power + column.power < tones_share * all / static_cast<double>(block_.size())) return std::nullopt;
    return keys[row.index * rows.size() + column.index];
}

}  // namespace roger::sip
