#include "sip/outcome.hpp"

#include <charconv>

namespace roger::sip {
namespace {

std::optional<Ended> of_cause(unsigned cause) {
    switch (cause) {
        case 17: return Ended::busy;
        case 1:                               // unallocated number
        case 28: return Ended::bad_number;    // invalid number format
        case 18:                              // no user responding
        case 19:                              // no answer from user
        case 20: return Ended::no_answer;     // subscriber absent
        case 21: return Ended::declined;      // call rejected
        case 34:                              // no circuit available
        case 38:                              // network out of order
        case 41:                              // temporary failure
        case 42:                              // switching equipment congestion
        case 47: return Ended::trunk_failed;  // resource unavailable
        default: return std::nullopt;
    }
}

}  // namespace

std::string_view to_string(Ended ended) noexcept {
    switch (ended) {
        case Ended::completed: return "completed";
        case Ended::hung_up: return "hung_up";
        case Ended::no_key: return "no_key";
        case Ended::busy: return "busy";
        case Ended::no_answer: return "no_answer";
        case Ended::declined: return "declined";
        case Ended::bad_number: return "bad_number";
        case Ended::misconfigured: return "misconfigured";
        case Ended::trunk_failed: return "trunk_failed";
        case Ended::no_response: return "no_response";
        case Ended::stopped: return "stopped";
    }
    return "stopped";
}

std::optional<unsigned> read_q850(std::string_view reason) {
    if (!reason.starts_with("Q.850")) return std::nullopt;
    constexpr std::string_view name = "cause=";
    const std::size_t at = reason.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    unsigned cause = 0;
    const char* const end = reason.data() + reason.size();
    const auto [stop, error] = std::from_chars(reason.data() + at + name.size(), end, cause);
    const bool whole = stop == end || *stop == ';' || *stop == ' ';
    if (error != std::errc{} || !whole || cause == 0 || cause > 127) return std::nullopt;
    return cause;
}

Ended outcome_of(unsigned status, std::optional<unsigned> q850) {
    if (q850) {
        if (const auto known = of_cause(*q850)) return *known;
    }
    switch (status) {
        case 486:
        case 600: return Ended::busy;
        case 408:
        case 480:
        case 487: return Ended::no_answer;
        case 603:
        case 607:
        case 608: return Ended::declined;
        case 404:
        case 410:
        case 484:
        case 604: return Ended::bad_number;
        default: return status >= 500 && status < 600 ? Ended::trunk_failed : Ended::misconfigured;
    }
}

}  // namespace roger::sip
