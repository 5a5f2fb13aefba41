// Our own OpenAPI documents, as they stand in docs/api: part of the program, so that each server serves its own.
#pragma once
#include <string_view>

namespace roger::api {

/// docs/api/admin.openapi.json
[[nodiscard]] std::string_view openapi_document() noexcept;
/// docs/api/verify-v1.openapi.json
[[nodiscard]] std::string_view openapi_document_v1() noexcept;

}  // namespace roger::api
