// The PIN: the secret that proves a subscriber holds a number. No formatter, wiped when it goes, compared in constant
// time and without case.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/crypto.hpp"

namespace roger::verification {

class Pin {
public:
    static constexpr std::size_t length_min = 4;
    static constexpr std::size_t length_max = 10;

    /// A PIN as a caller chooses it, or as a person typed it once normalised: 4–10 of [A-Za-z0-9].
    [[nodiscard]] static std::optional<Pin> parse(std::string_view text);
    /// What a person typed: ASCII and no-break spaces and '-' are dropped, Unicode decimal digits become ASCII.
    /// @param text  UTF-8; at most 64 bytes
    [[nodiscard]] static std::optional<Pin> parse_typed(std::string_view text);
    /// The first `length` decimal digits that a digest stands for: its first 64 bits modulo 10^length. Bias ≤ 10^length
    /// / 2⁶⁴.
    /// @param length  4–10
    [[nodiscard]] static Pin from_digest(const Digest& digest, std::size_t length);

    Pin(const Pin&) = default;
    Pin& operator=(const Pin&) = default;
    ~Pin() { wipe(std::as_writable_bytes(std::span(text_))); }

    /// Time depends on nothing but the code's being compiled: both buffers are compared whole.
    [[nodiscard]] bool matches(const Pin& other) const noexcept;
    /// For the message and the one who typed it; nowhere else.
    [[nodiscard]] std::string_view reveal() const noexcept { return {text_.data(), length_}; }

private:
    Pin() = default;
    std::array<char, length_max> text_{};
    std::uint8_t length_ = 0;
};

}  // namespace roger::verification
