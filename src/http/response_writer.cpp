#include "http/response_writer.hpp"

#include <algorithm>
#include <charconv>

namespace roger::http {
namespace {

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 402: return "Payment Required";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 423: return "Locked";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "";  // allowed to be empty: RFC 9112 §4
    }
}

void append_number(std::size_t number, std::string& out) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

bool is_token(std::string_view name) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
    out.append(name).append(": ");
    const std::size_t start = out.size();
    out.append(value);
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_control, ' ');
    out.append("\r\n");
}

}  // namespace

void append_response(const Response& response, const Framing& framing, std::string& out) {
    const bool bodiless = response.status == 204 || response.status == 304;
    out.append("HTTP/1.1 ");
    append_number(response.status, out);
    out.append(" ").append(reason_of(response.status)).append("\r\n");
    if (response.stream) {
        out.append("Content-Type: text/event-stream\r\n");
    } else if (!bodiless) {
        if (!response.content_type.empty()) append_field("Content-Type", response.content_type, out);
        out.append("Content-Length: ");
        append_number(response.body.size(), out);
        out.append("\r\n");
    }
    for (const auto& [name, value] : response.headers) {
        if (is_token(name)) append_field(name, value, out);
    }
    if (framing.close) {
        out.append("Connection: close\r\n");
    } else if (framing.keep_alive) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    if (!framing.head_only && !bodiless && !response.stream) out.append(response.body);
}

}  // namespace roger::http
