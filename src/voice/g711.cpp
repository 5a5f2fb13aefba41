#include "voice/g711.hpp"

#include <algorithm>
#include <bit>

namespace roger::voice {
namespace {

constexpr int sign_bit = 0x80;  // set for positive values, in both laws
constexpr int mantissa_mask = 0x0F;
constexpr int even_bits = 0x55;  // A-law inverts them on the line, so that silence has edges to keep clocks in step
constexpr int mu_bias = 33;      // makes the ends of µ-law's segments powers of two
constexpr int mu_max = 0x1FFF;

/// The one's complement, so that −32768 has a magnitude too.
constexpr int magnitude(std::int16_t sample) noexcept { return sample < 0 ? ~sample : sample; }

/// libstdc++ 12 counts bits in the type of the argument.
constexpr int bits_of(int value) noexcept { return static_cast<int>(std::bit_width(static_cast<unsigned>(value))); }

}  // namespace

std::uint8_t encode_a_law(std::int16_t sample) noexcept {
    int value = magnitude(sample) >> 4;  // 0 … 2047
    if (value > mantissa_mask) {
        const int exponent = bits_of(value) - 4;  // 1 … 7
        value = (exponent << 4) | ((value >> (exponent - 1)) & mantissa_mask);
    }
    return static_cast<std::uint8_t>((sample < 0 ? value : value | sign_bit) ^ even_bits);
}

std::int16_t decode_a_law(std::uint8_t code) noexcept {
    const int bits = code ^ even_bits;
    const int exponent = (bits >> 4) & 7;
    const int mantissa = ((bits & mantissa_mask) << 4) + 8;  // the middle of its step
    const int value = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
    return static_cast<std::int16_t>((bits & sign_bit) != 0 ? value : -value);
}

std::uint8_t encode_mu_law(std::int16_t sample) noexcept {
    const int value = std::min((magnitude(sample) >> 2) + mu_bias, mu_max);          // 33 … 8191
    const int exponent = bits_of(value) - 6;                                         // 0 … 7
    const int bits = (exponent << 4) | ((value >> (exponent + 1)) & mantissa_mask);  // sent inverted
    return static_cast<std::uint8_t>((~bits & 0x7F) | (sample < 0 ? 0 : sign_bit));
}

std::int16_t decode_mu_law(std::uint8_t code) noexcept {
    const int exponent = (~code >> 4) & 7;
    const int mantissa = ((~code & mantissa_mask) << 1) + mu_bias;
    const int value = ((mantissa << exponent) - mu_bias) * 4;
    return static_cast<std::int16_t>((code & sign_bit) != 0 ? value : -value);
}

std::vector<std::uint8_t> encode(G711 law, std::span<const std::int16_t> samples) {
    std::vector<std::uint8_t> codes(samples.size());
    std::ranges::transform(samples, codes.begin(), law == G711::a_law ? encode_a_law : encode_mu_law);
    return codes;
}

std::vector<std::int16_t> decode(G711 law, std::span<const std::uint8_t> codes) {
    std::vector<std::int16_t> samples(codes.size());
    std::ranges::transform(codes, samples.begin(), law == G711::a_law ? decode_a_law : decode_mu_law);
    return samples;
}

}  // namespace roger::voice
