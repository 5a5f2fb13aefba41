#include "api/problem.hpp"

#include "api/json_text.hpp"

namespace roger::api {

http::Response no_such_admin_call() { return problem(404, "Not Found", "There is no such admin call."); }

http::Response json_answer(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

http::Response problem(unsigned status, std::string_view title, std::string_view detail) {
    http::Response response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = R"({"type":"about:blank","title":)";
    append_json(response.body, title);
    response.body += R"(,"status":)" + std::to_string(status) + R"(,"detail":)";
    append_json(response.body, detail);
    response.body += '}';
    return response;
}

http::Response problem(const Error& error) {
    switch (error.code) {
        case Errc::invalid_argument: return problem(400, "Bad Request", error.detail);
        case Errc::not_found: return problem(404, "Not Found", error.detail);
        case Errc::conflict: return problem(409, "Conflict", error.detail);
        case Errc::rate_limited: return problem(429, "Too Many Requests", error.detail);
        case Errc::blocked: return problem(403, "Forbidden", error.detail);
        case Errc::unavailable: return problem(503, "Service Unavailable", error.detail);
        case Errc::timed_out: return problem(504, "Gateway Timeout", error.detail);
    }
    return problem(500, "Internal Server Error", error.detail);
}

http::Response method_not_allowed(std::string allow) {
    http::Response response = problem(405, "Method Not Allowed", "This path takes " + allow + ".");
    response.headers.emplace_back("Allow", std::move(allow));
    return response;
}

}  // namespace roger::api
