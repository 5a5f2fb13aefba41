// The command line as a client: of a server over HTTP, and of the data directory's control socket.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace roger::app {

struct Reply {
    long status = 0;
    std::string body;
};

struct Call {
    std::string method = "GET";
    std::string url;          ///< "http://127.0.0.1:8080/verify/json"
    std::string unix_socket;  ///< "" = by TCP
    std::string key;          ///< with secret: HTTP Basic
    std::string secret;
    std::string bearer;  ///< a token; "": none
    std::string content_type;
    std::string body;
};

/// One request; blocks at most 30 s.
/// @return unavailable when the server was not reached (nothing was done); timed_out when the request may have arrived
[[nodiscard]] Result<Reply> call(const Call& call);

/// "name=value&…", percent-encoded.
[[nodiscard]] std::string form(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace roger::app
