#include "api/v1_answer.hpp"

#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "api/json_text.hpp"

namespace roger::api::v1 {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view xml_type = "text/xml";

std::string_view root_of(Call call) {
    switch (call) {
        case Call::start:
        case Call::check:
        case Call::psd2: return "verify_response";
        case Call::search: return "verify_request";
        case Call::control: return "response";
    }
    return "response";
}

/// Calls take(name, value) for each field, in the order in which they are written.
template <class Take>
void for_each_field(const Answer& answer, const Take& take) {
    if (!answer.request_id.empty()) take("request_id", answer.request_id);
    if (!answer.event_id.empty()) take("event_id", answer.event_id);
    take("status", std::to_string(answer.status));
    if (answer.status != ok) take("error_text", answer.error_text);
    for (const auto& [name, value] : answer.fields) take(name, value);
}

void append_members(std::string& out, const Fields& fields) {
    for (const auto& [name, value] : fields) append_member(out, name, value);
}

void append_list(std::string& out, std::string_view name, const std::vector<Fields>& list) {
    out += ',';
    append_json(out, name);
    out += ":[";
    for (std::size_t i = 0; i < list.size(); ++i) {
        out += i == 0 ? "{" : ",{";
        append_members(out, list[i]);
        out += '}';
    }
    out += ']';
}

void append_found(std::string& out, const Found& found) {
    out += '{';
    append_members(out, found.head);
    append_list(out, "checks", found.checks);
    append_list(out, "events", found.events);
    out += '}';
}

/// XML 1.0 has no way at all to write most control characters (§2.2), and a client may send them: what cannot be
/// written is left out.
std::string without_unwritable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {  // U+FFFE, U+FFFF
            i += 2;
            continue;
        }
        const bool control = static_cast<unsigned char>(text[i]) < 0x20;
        if (!control || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') out += text[i];
    }
    return out;
}

void add_child(pugi::xml_node node, std::string_view name, std::string_view value) {
    node.append_child(std::string(name).c_str()).text().set(without_unwritable(value).c_str());
}

void add_children(pugi::xml_node node, const Fields& fields) {
    for (const auto& [name, value] : fields) add_child(node, name, value);
}

void add_found(pugi::xml_node node, const Found& found) {
    add_children(node, found.head);
    pugi::xml_node checks = node.append_child("checks");
    for (const Fields& check : found.checks) add_children(checks.append_child("check"), check);
    pugi::xml_node events = node.append_child("events");
    for (const Fields& event : found.events) add_children(events.append_child("event"), event);
}

std::string to_text(pugi::xml_document& document) {
    pugi::xml_node declaration = document.prepend_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    std::ostringstream out;
    document.save(out, "", pugi::format_raw);
    return std::move(out).str();
}

}  // namespace

std::string_view name_of(Call call) noexcept {
    switch (call) {
        case Call::start: return "start";
        case Call::check: return "check";
        case Call::search: return "search";
        case Call::control: return "control";
        case Call::psd2: return "psd2";
    }
    return "unknown";
}

Answer refuse(int status, std::string error_text, std::string_view rule, std::string_view scope) {
    Answer answer;
    answer.status = status;
    answer.error_text = std::move(error_text);
    answer.reason.rule = rule;
    answer.reason.scope = scope;
    return answer;
}

Answer missing_parameter(std::string_view name) {
    return refuse(missing, fmt::format("Your request is incomplete and missing the mandatory parameter `{}`", name),
                  "missing-parameter", name);
}

Answer invalid_value(Call call, std::string_view name) {
    const bool starts = call == Call::start || call == Call::psd2;
    return refuse(invalid, fmt::format("Invalid value for {}{}", starts ? "" : "param: ", name), "parameter", name);
}

Answer credentials_refused(Call call) {
    const bool starts = call == Call::start || call == Call::psd2;
    return refuse(bad_credentials, starts ? "Invalid credentials were provided" : "Bad credentials", "credentials",
                  "request");
}

Answer overloaded(std::string_view rule, std::string_view scope, unsigned retry_after) {
    Answer answer = refuse(throttled, "Throttled", rule, scope);
    answer.retry_after = retry_after;
    return answer;
}

Answer failed_inside() { return refuse(internal_error, "Internal Error", "internal", "server"); }

http::Response write(const Answer& answer, Call call, Format format) {
    http::Response response;
    if (format == Format::json) {
        std::string& body = response.body;
        response.content_type = json_type;
        body.reserve(256);
        body += '{';
        for_each_field(answer,
                       [&body](std::string_view name, std::string_view value) { append_member(body, name, value); });
        body += '}';
    } else {
        response.content_type = xml_type;
        pugi::xml_document document;
        const pugi::xml_node root = document.append_child(std::string(root_of(call)).c_str());
        for_each_field(answer,
                       [&root](std::string_view name, std::string_view value) { add_child(root, name, value); });
        response.body = to_text(document);
    }
    if (!answer.reason.rule.empty()) response.headers.emplace_back("Roger-Reason", to_header(answer.reason));
    if (answer.retry_after) response.headers.emplace_back("Retry-After", std::to_string(*answer.retry_after));
    return response;
}

http::Response write(const std::vector<Found>& found, bool list, Format format) {
    http::Response response;
    if (format == Format::json) {
        response.content_type = json_type;
        if (!list) {
            append_found(response.body, found.front());
            return response;
        }
        response.body = R"({"verification_requests":[)";
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (i > 0) response.body += ',';
            append_found(response.body, found[i]);
        }
        response.body += "]}";
        return response;
    }
    response.content_type = xml_type;
    pugi::xml_document document;
    if (list) {
        pugi::xml_node root = document.append_child("verification_requests");
        for (const Found& one : found) add_found(root.append_child("verify_request"), one);
    } else {
        add_found(document.append_child("verify_request"), found.front());
    }
    response.body = to_text(document);
    return response;
}

}  // namespace roger::api::v1
