// SMS that fill their PIN in by themselves: the last line says for whom they are.
//
//   Android, SMS Retriever API                Web, origin-bound one-time codes
//     Acme code: 123456. Valid for 5 minutes.   Acme code: 123456. Valid for 5 minutes.
//     FA+9qCX9VSu                              (empty line)
//                                              @example.com #123456
//
// Sources: developers.google.com/identity/sms-retriever/verify ("no longer than 140 bytes", "an 11-character hash
// string"); WICG, Origin-bound one-time codes delivered via SMS, §2 (the last line, '@' host, ' ', '#' code).
// Pure, and safe from every thread.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "message/message.hpp"

namespace roger::message {

/// Of the whole message. Which bytes is not said there; those of UTF-8 are the most that any reading counts.
constexpr std::size_t retriever_bytes_max = 140;
/// DNS allows 253, but the line has to leave room for words in two segments.
constexpr std::size_t domain_bytes_max = 100;

/// 11 characters of base64: what identifies an app to the SMS Retriever.
[[nodiscard]] bool is_app_hash(std::string_view text) noexcept;

/// A host name of two labels at least, in ASCII ("xn--…" for others), without scheme, port, path or dot at the end; no
/// IP address.
/// @return in lower case, or nullopt
[[nodiscard]] std::optional<std::string> read_domain(std::string_view text);

/// Ends the text of an SMS with the line that values.app_hash or values.domain ask for; nothing when neither is set.
void append_autofill(std::string& text, const Values& values);

}  // namespace roger::message
