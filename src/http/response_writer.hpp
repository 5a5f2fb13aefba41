// The bytes of an answer. By hand instead of through Beast's serializer: one buffer, used again for every answer of a
// connection, and one write.
#pragma once
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace roger::http {

struct Framing {
    bool head_only = false;   ///< the answer to HEAD: Content-Length, but no body
    bool close = false;       ///< say `Connection: close`
    bool keep_alive = false;  ///< say `Connection: keep-alive`, which HTTP/1.0 does not take for granted
};

/// Appends head and body to `out`. A stream gets its head alone, as text/event-stream without Content-Length; statuses
/// 204 and 304 have neither body nor Content-Length (RFC 9110 §8.6). Control characters in field values become spaces
/// and fields whose name is no token are left out, so no value can forge a field.
void append_response(const Response& response, const Framing& framing, std::string& out);

}  // namespace roger::http
