// Texts with places to fill in: "${brand} code: ${pin}".
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace roger::message {

/// A name and what stands in its place.
using Filling = std::pair<std::string_view, std::string_view>;

/// Replaces each ${name}, in a single pass: what was filled in is not looked at again, so a value cannot bring in
/// another one. A name without a filling, and a "${" without "}", stay as they are.
[[nodiscard]] std::string fill(std::string_view text, std::initializer_list<Filling> fillings);

}  // namespace roger::message
