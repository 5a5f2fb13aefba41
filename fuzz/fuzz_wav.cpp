// What a speech engine wrote, or a person recorded: read, made into a clip, written again. And the same bytes as a text
// that is to be spoken.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/assert.hpp"
#include "voice/clip.hpp"
#include "voice/script.hpp"
#include "voice/wav.hpp"

namespace {

void check_sound(std::string_view bytes) {
    using namespace roger::voice;
    const auto read = read_wav(bytes);
    const auto whole = read_whole_wav(bytes);
    ROGER_ASSERT(!whole || (read && read->samples == whole->samples), "a whole file is one that can be read");
    if (!read) return;
    ROGER_ASSERT(!read->samples.empty() && read->samples.size() <= bytes.size(), "no more than was there");
    const auto clip = make_clip(*read);
    if (!clip) return;
    ROGER_ASSERT(!clip->empty() && clip->size() <= clip_samples_max, "bounded");
    for (const std::int16_t sample : *clip) ROGER_ASSERT(std::abs(sample) <= 23'000, "no louder than a line takes");
    const auto again = read_wav(write_wav(*clip));
    ROGER_ASSERT(again && again->samples == *clip, "what is written can be read");
}

void check_script(std::string_view text) {
    const auto script = roger::voice::read_script(text);
    if (!script) return;
    ROGER_ASSERT(!script->pieces.empty() && script->pin_end <= script->pieces.size(), "there is something to say");
    for (const auto& piece : script->pieces) {
        ROGER_ASSERT(!piece.text.empty() && piece.text.find_first_of("[]<>") == std::string::npos, "no commands");
        ROGER_ASSERT(!piece.spelt || piece.text.size() == 1, "one character");
    }
    ROGER_ASSERT(script->pin_end == 0 || script->pieces[script->pin_end - 1].spelt, "it ends with its last character");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_sound(bytes);
    check_script(bytes);
    return 0;
}
