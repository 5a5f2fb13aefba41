// Which scope an admin call needs: one table for all of /admin/v1.
#pragma once
#include <string_view>

#include "api/actor.hpp"
#include "http/message.hpp"

namespace roger::api {

/// @param rest  the path behind /admin/v1
[[nodiscard]] Scope needed_scope(http::Method method, std::string_view rest);

}  // namespace roger::api
