#include "smpp/options.hpp"

#include <charconv>

#include <fmt/format.h>

namespace roger::smpp {
namespace {

constexpr std::size_t binds_max = 16;
constexpr std::size_t window_max = 1'000;
constexpr std::uint32_t rate_max = 100'000;
// SMPP v3.4 §4.1, without the NUL.
constexpr std::size_t system_id_bytes_max = 15;
constexpr std::size_t password_bytes_max = 8;
constexpr std::size_t system_type_bytes_max = 12;

tl::unexpected<Error> refuse(std::string sentence) { return fail(Errc::invalid_argument, std::move(sentence)); }

}  // namespace

std::optional<Host> parse_host(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view name = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (name.starts_with('[')) {
        if (!name.ends_with(']')) return std::nullopt;
        name = name.substr(1, name.size() - 2);
    } else if (name.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number == 0 || name.empty()) return std::nullopt;
    return Host{std::string(name), number};
}

Result<void> check(const Options& options) {
    if (options.hosts.empty()) return refuse("an SMPP route needs at least one host");
    for (const std::string& host : options.hosts) {
        if (!parse_host(host)) return refuse(fmt::format("'{}' is not host:port", host));
    }
    if (options.system_id.empty() || options.system_id.size() > system_id_bytes_max) {
        return refuse(fmt::format("system_id must have 1 to {} bytes", system_id_bytes_max));
    }
    if (options.password.reveal().size() > password_bytes_max) {
        return refuse(fmt::format("an SMPP password has at most {} bytes", password_bytes_max));
    }
    if (options.system_type.size() > system_type_bytes_max) {
        return refuse(fmt::format("system_type must have at most {} bytes", system_type_bytes_max));
    }
    if (options.binds == 0 || options.binds > binds_max) {
        return refuse(fmt::format("the count of binds must be 1 to {}", binds_max));
    }
    if (options.window == 0 || options.window > window_max) {
        return refuse(fmt::format("the window must be 1 to {}", window_max));
    }
    if (options.segments_per_second == 0 || options.segments_per_second > rate_max) {
        return refuse(fmt::format("segments_per_second must be 1 to {}", rate_max));
    }
    return {};
}

}  // namespace roger::smpp
