#include "email/message.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace roger::email {
namespace {

constexpr std::size_t address_max = 254;
constexpr std::size_t encoded_bytes_max =
    39;  ///< of text in one encoded-word: a line that has one has at most 76 characters
constexpr std::size_t line_bytes_max = 57;  ///< of text in one line of 76 characters (RFC 2045 §6.8)

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t bits = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j) {
            bits = bits << 8U | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) out += j <= count ? digits[bits >> (18 - 6 * j) & 0x3fU] : '=';
    }
    return out;
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

/// The end of a piece of at most `bytes_max` bytes that begins at `from` and divides no character.
std::size_t end_of_piece(std::string_view text, std::size_t from, std::size_t bytes_max) {
    std::size_t end = std::min(text.size(), from + bytes_max);
    while (end < text.size() && end > from + 1 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    return end;
}

/// RFC 2047 §2, in as many encoded-words as it takes; plain ASCII as it is, if it fits in one line and reads as itself.
std::string header_text(std::string_view text) {
    if (is_plain(text) && text.size() <= encoded_bytes_max && text.find("=?") == std::string_view::npos) {
        return std::string(text);
    }
    std::string out;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = end_of_piece(text, from, encoded_bytes_max);
        out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", base64(text.substr(from, end - from)));
        from = end;
    }
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' && !out.ends_with('\r')) out += '\r';
        out += c;
    }
    if (!out.ends_with("\r\n")) out += "\r\n";
    return out;
}

}  // namespace

bool is_address(std::string_view text) {
    const std::size_t at = text.find('@');
    const bool shaped = at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.rfind('@') == at;
    return shaped && text.size() <= address_max && std::ranges::all_of(text, [](char c) {
               return c > ' ' && c < '\x7f' && std::string_view("\"(),:;<>[\\]").find(c) == std::string_view::npos;
           });
}

Result<std::string> compose(const Message& message) {
    constexpr std::string_view forbidden("\r\n\0", 3);
    if (!is_address(message.from) || !is_address(message.to)) {
        return fail(Errc::invalid_argument, "an address is not of the form name@example.com");
    }
    if ((message.subject + message.from_name + message.id).find_first_of(forbidden) != std::string::npos) {
        return fail(Errc::invalid_argument, "a line break in the header of a mail");
    }
    const auto seconds_of = std::chrono::floor<seconds>(message.date);
    // A name is written encoded whatever it is: then nothing in it has to be quoted.
    const std::string name =
        message.from_name.empty()
            ? ""
            : fmt::format("=?UTF-8?B?{}?= ", base64(message.from_name.substr(0, encoded_bytes_max)));
    std::string out =
        fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n", fmt::gmtime(seconds_of.time_since_epoch().count()));
    out += fmt::format("From: {}<{}>\r\nTo: <{}>\r\n", name, message.from, message.to);
    out += fmt::format("Subject: {}\r\n", header_text(message.subject));
    out += fmt::format("Message-ID: <{}@{}>\r\n", message.id, message.from.substr(message.from.find('@') + 1));
    out += "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nContent-Type: text/plain; charset=utf-8\r\n";
    out += "Content-Transfer-Encoding: base64\r\n\r\n";
    const std::string text = with_crlf(message.text);
    for (std::size_t from = 0; from < text.size(); from += line_bytes_max) {
        out += base64(std::string_view(text).substr(from, line_bytes_max)) + "\r\n";
    }
    return out;
}

}  // namespace roger::email
