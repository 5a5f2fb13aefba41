// Texts before anybody gets them: POST /admin/v1/templates/preview, GET /admin/v1/templates/languages.
#pragma once
#include <string_view>

#include "http/message.hpp"

namespace roger::api {

/// @param rest  the path behind /admin/v1/templates. The caller has been let in.
[[nodiscard]] http::Response preview_templates(const http::Request& request, std::string_view rest);

}  // namespace roger::api
