// An e-mail as it is handed to a server: RFC 5322 with MIME. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace roger::email {

/// Whether a text is an address that we write to: "local@domain", at most 254 printable ASCII characters (RFC 5321
/// §4.5.3.1.3), without quotes, brackets, commas and spaces.
[[nodiscard]] bool is_address(std::string_view text);

struct Message {
    std::string from;       ///< an address
    std::string from_name;  ///< UTF-8; "": the address alone
    std::string to;         ///< an address
    std::string subject;    ///< UTF-8
    std::string text;       ///< UTF-8; lines end in LF or CR LF
    TimePoint date{};       ///< wall time
    std::string id;         ///< of the Message-ID, before the @: letters and digits
};

/// Header and body with CR LF; marked as made by a machine (RFC 3834 §5). Dots are not doubled: libcurl does that.
/// @return invalid_argument for an address that is none, or CR, LF or NUL in a value of the header
[[nodiscard]] Result<std::string> compose(const Message& message);

}  // namespace roger::email
