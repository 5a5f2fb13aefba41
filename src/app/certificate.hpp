// When certificates end: for those who must renew them.
#pragma once
#include <string>
#include <vector>

#include "app/config.hpp"
#include "base/time.hpp"

namespace roger::app {

/// An operator hears of it so long before.
constexpr std::chrono::days certificate_warning{14};

struct Certificate {
    std::string file;
    std::string of;    ///< "of the API", "of route trunk-a"
    TimePoint ends{};  ///< its last moment
};

/// The first certificate of a PEM file; blocks.
/// @return invalid_argument with a sentence that names the file
[[nodiscard]] Result<TimePoint> end_of_certificate(const std::string& file);

/// Those that a configuration shows to others: its own, and the ones that peers ask for. What cannot be read is left
/// out; whoever uses it says so.
[[nodiscard]] std::vector<Certificate> certificates_of(const Config& config);

/// "The certificate in FILE, of the API, ends on 2026-12-05 at 10:00 UTC"; or "ended".
[[nodiscard]] std::string describe(const Certificate& certificate, TimePoint now);

}  // namespace roger::app
