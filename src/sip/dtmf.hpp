// Keys that a subscriber presses, from RTP events or from the tones themselves. Pure.
// Sources: RFC 4733 §2.5 (events repeat), ITU-T Q.23 (frequencies), Q.24 (levels and twist).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "sip/rtp.hpp"

namespace roger::sip {

/// A key by events comes in many packets of one timestamp, and the last of them three times.
class EventKeys {
public:
    /// @return the key, once: at the first packet of it that arrives
    [[nodiscard]] std::optional<char> take(std::uint32_t timestamp, const TelephoneEvent& event);

private:
    std::optional<std::uint32_t> last_;
};

/// A key by its two tones: needed where a trunk sends no events.
class ToneKeys {
public:
    static constexpr std::size_t block_samples = 205;  ///< 25.6 ms: fits the eight frequencies best at 8 kHz
    /// 40 ms are a key for certain (Q.24), and as long a pause ends it: speech is no key, nor is a crackle a second
    /// one.
    static constexpr int blocks_min = 2;

    /// @return the key, once while it is held; of several in these samples the last
    [[nodiscard]] std::optional<char> hear(std::span<const std::int16_t> samples);

private:
    [[nodiscard]] std::optional<char> key_of_block() const;

    std::array<std::int16_t, block_samples> block_{};
    std::size_t filled_ = 0;
    std::optional<char> heard_;    ///< in the blocks before
    int blocks_ = 0;               ///< so many of them
    std::optional<char> pressed_;  ///< and not let go yet
};

}  // namespace roger::sip
