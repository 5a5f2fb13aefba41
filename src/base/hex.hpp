// Bytes as text.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roger {

using Bytes = std::vector<std::byte>;

/// Lower-case hex, two digits a byte.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
/// Upper-case hex, two digits a byte.
[[nodiscard]] std::string to_hex_upper(std::span<const std::byte> bytes);
/// Either case. @return nullopt for an odd length or another character
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace roger
