// The pages that people open: handset, console and reference, as web/ built them into this program.
#pragma once
#include <span>
#include <string_view>

#include "http/message.hpp"

namespace roger::pages {

/// One file of web/. All views are of static storage.
struct File {
    std::string_view path;  ///< in the URL: "/handset", "/docs/quick-start", "/assets/console-3f2a.js"
    std::string_view type;
    std::string_view etag;  ///< quoted; of the plain bytes
    std::string_view plain;
    std::string_view gzip;
};

/// Sorted by path; empty in a server that was built with -DROGER_WEB=OFF.
[[nodiscard]] std::span<const File> built_files();

/// Answers GET with the file of that path: compressed where the client takes it (RFC 9110 §12.5.3), 304 when it has it
/// already. Says in text what to do when the server was built without pages.
/// @param path  of the file, which is not always that of the request
/// @return problem+json with 404 for an unknown path, 405 for another method
[[nodiscard]] http::Response serve(std::span<const File> files, std::string_view path, const http::Request& request);

}  // namespace roger::pages
