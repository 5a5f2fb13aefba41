#include "message/preview.hpp"

#include "message/encoding.hpp"

namespace roger::message {

Preview preview(std::string_view locale, Channel channel, const Values& values) {
    Preview shown{.locale = std::string(written_locale(locale, values.amount.has_value())),
                  .channel = channel,
                  .text = render(locale, channel, values)};
    if (channel == Channel::tts) return shown;
    const auto encoded = encode(shown.text, Alphabet::gsm);
    if (!encoded) return shown;
    const bool ucs2 = encoded->alphabet == Alphabet::ucs2;
    shown.encoding = ucs2 ? "UCS-2" : "GSM-7";
    shown.segments = encoded->segments.size();
    for (const auto& segment : encoded->segments) shown.length += ucs2 ? segment.size() / 2 : segment.size();
    const bool alone = shown.segments == 1;
    shown.segment_length = ucs2 ? (alone ? 70 : 67) : (alone ? 160 : 153);  // as encode() has them
    return shown;
}

}  // namespace roger::message
