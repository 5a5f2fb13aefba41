// Texts on their way out and in. The first byte picks the route's alphabet, the second is the data_coding of what
// arrives; the rest is both the text that is written and the user data that is read.
#include <array>
#include <cstdint>

#include "base/assert.hpp"
#include "message/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger::message;
    if (size < 2) return 0;
    static constexpr std::array alphabets{Alphabet::gsm, Alphabet::latin1, Alphabet::ascii, Alphabet::ucs2};
    const Alphabet route_alphabet = alphabets[data[0] % alphabets.size()];
    const std::span<const std::uint8_t> octets(data + 2, size - 2);
    const std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());

    const auto encoded = encode(text, route_alphabet);
    const auto count = count_segments(text, route_alphabet);
    ROGER_ASSERT(encoded.has_value() == count.has_value(), "counting refuses what encoding refuses");
    if (encoded) {
        ROGER_ASSERT(encoded->segments.size() == *count && *count >= 1 && *count <= segments_max, "what was counted");
        std::string arrived;
        for (const auto& segment : encoded->segments) {
            ROGER_ASSERT(segment.size() <= (*count == 1 ? 160 : 153), "room for a UDH");
            arrived += decode(segment, encoded->data_coding, route_alphabet);
        }
        ROGER_ASSERT(arrived == text, "nothing is lost");
    }

    // Whatever arrives is text: a few characters of it can always be written again.
    const std::string arrived =
        decode(octets.first(std::min<std::size_t>(octets.size(), 140)), data[1], route_alphabet);
    const auto again = encode(arrived, route_alphabet);
    ROGER_ASSERT(again.has_value(), "decode() makes UTF-8");
    return 0;
}
