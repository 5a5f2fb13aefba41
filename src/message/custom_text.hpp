// Words that an account writes itself, in place of the catalogue's: "${brand} code: ${pin}. Valid for ${pin_expiry}
// min."
//
// Places are ${pin}, ${brand} and ${pin_expiry} (whole minutes, a bare number). In a call the PIN is said character by
// character, and <break time='1s'/> is a pause; there is no other markup.
// Source: the template variables of Verify v1. Pure, and safe from every thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "message/message.hpp"

namespace roger::message {

/// What speech takes in one utterance; the text with the longest values may have so many bytes.
constexpr std::size_t spoken_bytes_max = 2000;

/// Judges a text before it is kept.
/// @return the text with its line ends as LF (in a call as spaces), or invalid_argument with a sentence: no ${pin}, an
///         unknown place, bytes that are no UTF-8, a control character or one that turns the writing direction over, in
///         a call markup or [[, or more than segments_max segments or spoken_bytes_max with the longest values
[[nodiscard]] Result<std::string> check_custom_text(Channel channel, std::string_view text);

/// What the writer of a text that passed should know: sentences, none when there is nothing to say.
[[nodiscard]] std::vector<std::string> warnings_of(Channel channel, std::string_view text);

/// A spoken text with each pause written as punctuation, at which every voice pauses.
[[nodiscard]] std::string without_breaks(std::string_view text);

/// The address of a recording: http or https, a host, at most 500 printable ASCII characters, no user and password.
[[nodiscard]] bool is_recording_url(std::string_view text);

}  // namespace roger::message
