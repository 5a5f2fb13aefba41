#include "api/openapi.hpp"

#include <cstddef>

// A string literal may not be that long; the assembler takes files as they are.
#define ROGER_EMBED(symbol, file)                                                                             \
    __asm__(".pushsection .rodata\n.global " #symbol "\n" #symbol ":\n.incbin \"" file "\"\n.global " #symbol \
            "_end\n" #symbol "_end:\n.popsection\n")

ROGER_EMBED(roger_openapi_admin, ROGER_API_DOCUMENTS "/admin.openapi.json");
ROGER_EMBED(roger_openapi_v1, ROGER_API_DOCUMENTS "/verify-v1.openapi.json");

extern "C" {
extern const char roger_openapi_admin[];
extern const char roger_openapi_admin_end[];
extern const char roger_openapi_v1[];
extern const char roger_openapi_v1_end[];
}

namespace roger::api {

std::string_view openapi_document() noexcept {
    return {roger_openapi_admin, static_cast<std::size_t>(roger_openapi_admin_end - roger_openapi_admin)};
}

std::string_view openapi_document_v1() noexcept {
    return {roger_openapi_v1, static_cast<std::size_t>(roger_openapi_v1_end - roger_openapi_v1)};
}

}  // namespace roger::api
