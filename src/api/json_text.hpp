// JSON strings written straight into an answer: the hot path's answers are a handful of strings.
#pragma once
#include <string>
#include <string_view>

namespace roger::api {

/// Appends a quoted JSON string (RFC 8259 §7). `text` is valid UTF-8.
void append_json(std::string& out, std::string_view text);

/// Appends `"name":"value"`, after a comma unless it is the first member of its object. Both are valid UTF-8.
void append_member(std::string& out, std::string_view name, std::string_view value);

}  // namespace roger::api
