#include "base/result.hpp"

#include <utility>

namespace roger {

tl::unexpected<Error> fail(Errc code, std::string detail) {
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

std::string_view to_string(Errc code) noexcept {
    switch (code) {
        case Errc::invalid_argument: return "invalid_argument";
        case Errc::not_found: return "not_found";
        case Errc::conflict: return "conflict";
        case Errc::rate_limited: return "rate_limited";
        case Errc::blocked: return "blocked";
        case Errc::unavailable: return "unavailable";
        case Errc::timed_out: return "timed_out";
    }
    return "unknown";
}

}  // namespace roger
