// What one text of a configuration file may be. Each check gives the text in the form in which it is kept, or says what
// belongs there: "numbers or prefixes in international form, …".
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"

namespace roger::app {

/// A check's answer for what does not fit. @param what  belongs there
[[nodiscard]] tl::unexpected<Error> wanted(std::string what);

[[nodiscard]] Result<std::string> check_prefix(const std::string& text);       ///< "+4477" to "4477"
[[nodiscard]] Result<std::string> check_country(const std::string& text);      ///< ISO 3166-1 alpha-2, or "*"
[[nodiscard]] Result<std::string> check_one_country(const std::string& text);  ///< without "*"
[[nodiscard]] Result<std::string> check_number_type(const std::string& text);  ///< numbering::to_string
[[nodiscard]] Result<std::string> check_mcc_mnc(const std::string& text);      ///< "234-15" to "23415" (ITU-T E.212)
[[nodiscard]] Result<std::string> check_sender(const std::string& text);       ///< "+4477…" without '+'
[[nodiscard]] Result<std::string> check_endpoint(const std::string& text);     ///< "HOST:PORT", "[::1]:2775"
[[nodiscard]] Result<std::string> check_address(const std::string& text);      ///< IP address or network
/// An http or https URL without user, query and fragment; a slash at its end is taken away.
[[nodiscard]] Result<std::string> check_base_url(const std::string& text);
[[nodiscard]] Result<std::string> check_http_url(const std::string& text);  ///< as it stands
[[nodiscard]] Result<std::string> check_route_name(const std::string& text);
[[nodiscard]] Result<std::string> check_program_word(
    const std::string& text);  ///< a program's path, or an argument of it
/// Whether the words are the absolute path of a program and at most 31 arguments.
[[nodiscard]] bool is_program(const std::vector<std::string>& words);

}  // namespace roger::app
