#include "api/body.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "api/problem.hpp"

namespace roger::api {

using nlohmann::json;

Body::Body(const http::Request& request)
    : body_(json::parse(request.body.empty() ? "{}" : request.body, nullptr, false)) {
    if (body_.is_object()) return;
    problem_ = body_.is_discarded() ? "the body is not JSON" : "the body is a JSON object";
    body_ = json::object();
}

const json* Body::find(const char* name) {
    known_.emplace_back(name);
    const auto found = body_.find(name);
    return found == body_.end() || found->is_null() ? nullptr : &*found;
}

void Body::complain(const char* name, std::string_view rule) {
    if (problem_.empty()) problem_ = fmt::format("'{}' {}", name, rule);
}

std::string Body::text(const char* name, const char* rule, bool (*good)(const std::string&)) {
    const json* value = find(name);
    if (value == nullptr) return "";
    std::string text = value->is_string() ? value->get<std::string>() : "";
    if (!value->is_string() || !good(text)) complain(name, rule);
    return text;
}

std::string Body::needed(const char* name, const char* rule, bool (*good)(const std::string&)) {
    if (!has(name)) complain(name, rule);
    return text(name, rule, good);
}

bool Body::flag(const char* name, bool otherwise) {
    const json* value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) complain(name, "is true or false");
    return value->is_boolean() && value->get<bool>();
}

std::optional<std::int64_t> Body::number(const char* name, std::int64_t low, std::int64_t high) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    const bool whole =
        value->is_number_integer() && (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX);
    const std::int64_t number = whole ? value->get<std::int64_t>() : low;
    if (!whole || number < low || number > high) complain(name, fmt::format("is a whole number, {} to {}", low, high));
    return number;
}

std::optional<http::Response> Body::wrong() const {
    if (!problem_.empty()) return problem(400, "Bad Request", problem_);
    for (const auto& [name, value] : body_.items()) {
        if (std::ranges::find(known_, name) == known_.end()) {
            return problem(400, "Bad Request", fmt::format("this call has no member '{}'", name.substr(0, 32)));
        }
    }
    return std::nullopt;
}

}  // namespace roger::api
