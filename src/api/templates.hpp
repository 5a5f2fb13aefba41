// /verify/templates: an account's own texts, as clients create, list and delete them; and as operators look at those
// that wait for approval.
//
//   POST    {"action_type":"sms"|"voice","lg":"en-gb","template":"…","type":"text"|"unicode"} → 201, the template
//           voice: "template", or recordings "digit_0" … "digit_9", and perhaps "welcome_message", "bye_message"
//   GET     ?action_type=&lg= → 200 {"templates":[…]}: what is ACTIVE, PENDING or RETIRED
//   DELETE  ?action_type=&lg=&version= → 204; of the locale and channel one version, or all
//
// Errors are real HTTP codes with problem+json. Source: Verify v1 template API (wire 1.8).
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "account/templates.hpp"
#include "api/context.hpp"
#include "api/v1.hpp"

namespace roger::api {

class TemplatesApi {
public:
    /// @param v1  whose credentials and rate are asked for; both outlive this
    TemplatesApi(Context& context, v1::Api& v1) : context_(context), v1_(v1) {}
    /// The path /verify/templates.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request);

private:
    [[nodiscard]] boost::asio::awaitable<http::Response> judge(const http::Request& request);

    Context& context_;
    v1::Api& v1_;
};

/// Operators: GET /admin/v1/accounts/{key}/templates.
[[nodiscard]] http::Response list_templates(const Context& context, const std::string& key);
/// What POST and DELETE do, for clients and for operators. @param note  an operator's
[[nodiscard]] boost::asio::awaitable<http::Response> create_template(Context& context,
                                                                     const http::Parameters& parameters,
                                                                     std::string key,
                                                                     std::optional<store::AuditNote> note);
[[nodiscard]] boost::asio::awaitable<http::Response> delete_templates(Context& context,
                                                                      const http::Parameters& parameters,
                                                                      std::string key,
                                                                      std::optional<store::AuditNote> note);
/// Operators: POST /admin/v1/accounts/{key}/templates/approve {"action_type","lg","version"}; without a version
/// whichever waits.
[[nodiscard]] boost::asio::awaitable<http::Response> approve_template(Context& context,
                                                                      std::string key,
                                                                      const http::Request& request,
                                                                      std::optional<store::AuditNote> note);

/// As an answer shows it: the text and its type, or the recordings; warnings are not of the template but of its making.
[[nodiscard]] nlohmann::json to_json(const account::Template& one, const std::string& account);

}  // namespace roger::api
