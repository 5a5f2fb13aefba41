// A text as it would reach a phone, without sending one: what it says, in which alphabet, in how many segments.
// Pure, and safe from every thread.
#pragma once
#include <cstddef>
#include <string>

#include "message/message.hpp"

namespace roger::message {

struct Preview {
    std::string locale;  ///< that it is really written in
    Channel channel = Channel::sms;
    std::string text;
    std::string encoding = "speech";  ///< of an SMS "GSM-7" or "UCS-2", over a route that speaks the GSM alphabet
    std::size_t segments = 0;         ///< 0 for a call, and so are the next two
    std::size_t length = 0;           ///< septets, or UTF-16 units
    std::size_t segment_length = 0;   ///< how many of them one segment holds, when there are so many segments
};

[[nodiscard]] Preview preview(std::string_view locale, Channel channel, const Values& values);

}  // namespace roger::message
