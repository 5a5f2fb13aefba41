#include "api/admin_query.hpp"

#include <fmt/format.h>

#include "numbering/number.hpp"

namespace roger::api {
namespace {

constexpr std::size_t limit_default = 50;
constexpr std::size_t limit_max = 200;

}  // namespace

Result<std::size_t> read_limit(const http::Parameters& parameters) {
    const std::string* limit = given(parameters, "limit");
    if (limit == nullptr) return limit_default;
    const auto value = read_whole<std::size_t>(*limit, 1, limit_max);
    if (!value) return fail(Errc::invalid_argument, "'limit' is 1 to 200");
    return *value;
}

Result<std::string> read_number(const http::Parameters& parameters) {
    const std::string* number = given(parameters, "number");
    if (number == nullptr) return std::string();
    const auto facts = numbering::parse_number(*number, "");
    if (!facts) return fail(Errc::invalid_argument, "'number' is in international form, as +447700900123");
    return facts->number.digits();
}

Result<std::optional<TimePoint>> read_time(const http::Parameters& parameters, std::string_view name) {
    const std::string* text = given(parameters, name);
    if (text == nullptr) return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time) return fail(Errc::invalid_argument, fmt::format("'{}' is a time, as 2026-01-02T03:04:05.678Z", name));
    return time;
}

}  // namespace roger::api
