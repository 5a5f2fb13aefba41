// PINs as people type them.
#include <cctype>
#include <cstdint>

#include "base/assert.hpp"
#include "verification/pin.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using roger::verification::Pin;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto exact = Pin::parse(text);
    const auto typed = Pin::parse_typed(text);
    if (exact) {
        ROGER_ASSERT(exact->reveal() == text, "a PIN is its own text");
        ROGER_ASSERT(typed && typed->matches(*exact), "who types the PIN itself is right");
    }
    if (typed) {
        const std::string_view shown = typed->reveal();
        ROGER_ASSERT(shown.size() >= Pin::length_min && shown.size() <= Pin::length_max, "4 to 10");
        for (const char c : shown) ROGER_ASSERT(std::isalnum(static_cast<unsigned char>(c)) != 0, "[A-Za-z0-9]");
        const auto again = Pin::parse(shown);
        ROGER_ASSERT(again && again->matches(*typed), "what was normalised is a PIN");
    }
    return 0;
}
