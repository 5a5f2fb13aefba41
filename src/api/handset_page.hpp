// The plain page of the sandbox's phones: type a number, see its messages arrive.
#pragma once
#include <string_view>

#include "http/message.hpp"

namespace roger::api {

/// @param path  "/handset", "/handset/handset.js" or "/handset/handset.css"; 404 for anything else
[[nodiscard]] http::Response handset_page(std::string_view path);

}  // namespace roger::api
