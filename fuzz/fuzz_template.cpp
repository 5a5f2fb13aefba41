// Texts that accounts write: the first byte picks the channel, the second the length of the brand; the rest is the
// text.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/assert.hpp"
#include "message/autofill.hpp"
#include "message/custom_text.hpp"
#include "message/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace roger::message;
    if (size < 2) return 0;
    const Channel channel = data[0] % 2 == 0 ? Channel::sms : Channel::tts;
    const std::string brand(1 + data[1] % 18, 'W');
    const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    (void)is_recording_url(text);
    if (const auto host = read_domain(text)) ROGER_ASSERT(read_domain(*host) == host, "what is a host name stays one");

    const auto checked = check_custom_text(channel, text);
    if (!checked) {
        ROGER_ASSERT(checked.error().detail.ends_with('.'), "a refusal is a sentence");
        return 0;
    }
    const auto again = check_custom_text(channel, *checked);
    ROGER_ASSERT(again && *again == *checked, "what is kept is good");
    (void)warnings_of(channel, *checked);
    const Values values{.brand = brand, .pin = "90909090", .minutes = 60, .amount = std::nullopt, .custom = *checked};
    const std::string said = render("en-gb", channel, values);
    ROGER_ASSERT(said.find(channel == Channel::sms ? "90909090" : "9, 0, 9, 0, 9, 0, 9, 0") != std::string::npos,
                 "the PIN is said");
    ROGER_ASSERT(said.find("${pin}") == std::string::npos, "its place is filled");
    if (channel == Channel::sms) {
        ROGER_ASSERT(count_segments(said, Alphabet::gsm).has_value(), "it can be sent");
    } else {
        ROGER_ASSERT(said.size() <= spoken_bytes_max, "it can be spoken");
        ROGER_ASSERT(said.find('<') == std::string::npos && said.find("[[") == std::string::npos, "as words alone");
        ROGER_ASSERT(std::ranges::none_of(said, [](char c) { return static_cast<unsigned char>(c) < ' '; }),
                     "one line");
    }
    return 0;
}
