#include "verification/pin.hpp"

#include <string>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/assert.hpp"

namespace roger::verification {
namespace {

constexpr std::size_t typed_bytes_max = 64;

bool alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Branch-free, so that letters and digits take the same time.
char fold(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const auto upper = static_cast<unsigned>(byte - 'A' < 26U);
    return static_cast<char>(byte | (upper << 5U));
}

}  // namespace

std::optional<Pin> Pin::parse(std::string_view text) {
    if (text.size() < length_min || text.size() > length_max) return std::nullopt;
    Pin pin;
    for (const char c : text) {
        if (!alphanumeric(c)) return std::nullopt;
        pin.text_[pin.length_++] = c;
    }
    return pin;
}

std::optional<Pin> Pin::parse_typed(std::string_view text) {
    if (text.size() > typed_bytes_max) return std::nullopt;
    std::string plain;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), i, size, c);  // NOLINT(bugprone-inc-dec-in-conditions): the macro of ICU
        if (c < 0) return std::nullopt;
        if (c == ' ' || c == 0xA0 || c == 0x202F || c == '-') continue;
        const int digit = u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? u_charDigitValue(c) : -1;
        if (digit >= 0) {
            plain += static_cast<char>('0' + digit);
        } else if (c < 0x80) {
            plain += static_cast<char>(c);
        } else {
            return std::nullopt;
        }
    }
    auto pin = parse(plain);
    wipe(plain);
    return pin;
}

Pin Pin::from_digest(const Digest& digest, std::size_t length) {
    ROGER_ASSERT(length >= length_min && length <= length_max, "checked where the request was started");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8U | std::to_integer<std::uint64_t>(digest[i]);
    Pin pin;
    pin.length_ = static_cast<std::uint8_t>(length);
    for (std::size_t i = length; i-- > 0; value /= 10) pin.text_[i] = static_cast<char>('0' + value % 10);
    return pin;
}

bool Pin::matches(const Pin& other) const noexcept {
    std::array<char, length_max> a{};
    std::array<char, length_max> b{};
    for (std::size_t i = 0; i < length_max; ++i) {
        a[i] = fold(text_[i]);
        b[i] = fold(other.text_[i]);
    }
    const bool same = equal_in_constant_time(std::as_bytes(std::span(a)), std::as_bytes(std::span(b)));
    wipe(std::as_writable_bytes(std::span(a)));
    wipe(std::as_writable_bytes(std::span(b)));
    return same;
}

}  // namespace roger::verification
