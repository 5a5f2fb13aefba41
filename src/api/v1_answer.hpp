// Verify v1's answers: status codes with their texts, and the two forms they are written in.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guard/reason.hpp"
#include "http/message.hpp"

namespace roger::api::v1 {

enum class Call { start, check, search, control, psd2 };
enum class Format { json, xml };

[[nodiscard]] std::string_view name_of(Call call) noexcept;

/// Statuses that Roger gives. Source: Verify v1 (wire 1.6).
enum Status : int {
    ok = 0,
    throttled = 1,
    missing = 2,
    invalid = 3,
    bad_credentials = 4,
    internal_error = 5,
    not_live = 6,
    denied = 7,
    barred = 8,
    concurrent = 10,
    not_served = 15,
    wrong_code = 16,
    wrong_code_last = 17,
    too_many_ids = 18,
    not_now = 19,
    no_pin_code_right = 20,
    demo = 29,
    nothing_found = 101,
};

using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// A flat answer. Fields are written in order; the status stands after request_id and event_id.
struct Answer {
    int status = ok;
    std::string error_text;  ///< "" in a success, which has no such member
    std::string request_id;  ///< "" when the answer has none
    std::string event_id;
    Fields fields;
    guard::Reason reason;                 ///< for Roger-Reason; every refusal has one
    std::string number;                   ///< that was asked about, E.164 digits; "" when none was read. Not written
    std::optional<unsigned> retry_after;  ///< seconds
};

/// A call that was refused, with all that explains it.
struct Refused {
    Call call = Call::start;
    const Answer& answer;      ///< its status and reason; number and request_id as far as they are known
    std::string_view account;  ///< "" when no account has that key
};

/// @param rule   which rule said no, in lower case with '-'
/// @param scope  what it was said of: a parameter's name, "request", "number", "account", "country" or "server"
[[nodiscard]] Answer refuse(int status, std::string error_text, std::string_view rule, std::string_view scope);
[[nodiscard]] Answer missing_parameter(std::string_view name);
[[nodiscard]] Answer invalid_value(Call call, std::string_view name);
[[nodiscard]] Answer credentials_refused(Call call);
[[nodiscard]] Answer overloaded(std::string_view rule, std::string_view scope, unsigned retry_after);
[[nodiscard]] Answer failed_inside();

[[nodiscard]] http::Response write(const Answer& answer, Call call, Format format);

/// One request as search shows it.
struct Found {
    Fields head;                 ///< request_id … status, in the order they are written
    std::vector<Fields> checks;  ///< oldest first
    std::vector<Fields> events;
};
/// @param list  `request_ids` was asked: the answer is a list even for one
[[nodiscard]] http::Response write(const std::vector<Found>& found, bool list, Format format);

}  // namespace roger::api::v1
