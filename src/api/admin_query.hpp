// What the query of an admin call says.
#pragma once
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/parameters.hpp"

namespace roger::api {

/// A GET asks by its query alone.
[[nodiscard]] inline Result<http::Parameters> read_query_parameters(const http::Request& request) {
    http::Request asked;
    asked.query = request.query;
    return http::read_parameters(asked);
}

/// The value of a parameter; nullptr when it is not given or empty.
[[nodiscard]] inline const std::string* given(const http::Parameters& parameters, std::string_view name) {
    const std::string* value = parameters.find(name);
    return value == nullptr || value->empty() ? nullptr : value;
}

/// @return nullopt when it is not all of a number from low to high
template <class T>
[[nodiscard]] std::optional<T> read_whole(std::string_view text, T low, T high) {
    T value{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
    return value;
}

/// A page's size: 1 to 200, 50 when not given.
[[nodiscard]] Result<std::size_t> read_limit(const http::Parameters& parameters);
/// E.164 digits. A '+' that came as a space is dropped like one. @return "" when not given
[[nodiscard]] Result<std::string> read_number(const http::Parameters& parameters);
/// @return nullopt when not given
[[nodiscard]] Result<std::optional<TimePoint>> read_time(const http::Parameters& parameters, std::string_view name);

}  // namespace roger::api
