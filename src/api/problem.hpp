// Errors of everything that is not Verify v1: problem+json (RFC 9457).
#pragma once
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace roger::api {

/// @param detail  a sentence that says what to do; no secret, no whole number
[[nodiscard]] http::Response problem(unsigned status, std::string_view title, std::string_view detail);
/// The one place where an Errc becomes an HTTP status.
[[nodiscard]] http::Response problem(const Error& error);
[[nodiscard]] http::Response no_such_admin_call();  ///< 404
/// A JSON answer.
[[nodiscard]] http::Response json_answer(unsigned status, std::string body);
[[nodiscard]] http::Response method_not_allowed(std::string allow);

}  // namespace roger::api
