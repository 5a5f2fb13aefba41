// Parameters of a request. The first byte picks where the rest of the input stands: query, form, JSON, or both query
// and JSON, split at the first NUL.
#include <cstdint>
#include <cstdlib>

#include "base/assert.hpp"
#include "http/parameters.hpp"

namespace {

roger::http::Request request_of(unsigned char kind, std::string text) {
    roger::http::Request request;
    request.method = roger::http::Method::post;
    request.path = "/";
    switch (kind % 4) {
        case 0: request.query = std::move(text); break;
        case 1:
            request.content_type = "application/x-www-form-urlencoded";
            request.body = std::move(text);
            break;
        case 2:
            request.content_type = "application/json";
            request.body = std::move(text);
            break;
        default: {
            const std::size_t split = std::min(text.find('\0'), text.size());
            request.content_type = "application/json";
            request.query = text.substr(0, split);
            request.body = text.substr(std::min(split + 1, text.size()));
        }
    }
    return request;
}

void check(const roger::http::Parameters& parameters) {
    ROGER_ASSERT(parameters.pairs().size() <= 256, "read_parameters() bounds the pairs");
    for (const roger::http::Pair& pair : parameters.pairs()) {
        const std::string* found = parameters.find(pair.name);
        const std::vector<std::string> all = parameters.all(pair.name);
        const bool nested = parameters.nested(pair.name);
        ROGER_ASSERT((found == nullptr) == nested, "a name that was given is either a scalar or nested");
        ROGER_ASSERT(found == nullptr || (!all.empty() && all.front() == *found), "the first value is the value");
        ROGER_ASSERT(pair.name.find('\0') == std::string::npos && pair.value.find('\0') == std::string::npos,
                     "NUL is refused");
        ROGER_ASSERT(!pair.element || pair.nested, "an element of an array is nested for find()");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto parameters = roger::http::read_parameters(request_of(data[0], text));
    if (parameters) check(*parameters);
    (void)roger::http::read_basic(text);
    return 0;
}
