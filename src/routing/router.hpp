// Which route takes a message next. Pure: the state of the routes comes in, a choice goes out.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "message/message.hpp"

namespace roger::routing {

/// One way over one peer with one sender.
struct Route {
    std::string name;
    message::Channel channel = message::Channel::sms;
    std::vector<std::string> countries{"*"};  ///< ISO 3166-1 alpha-2, or "*"
    int priority = 10;                        ///< lower first
    bool enabled = true;
};

struct Destination {
    message::Channel channel = message::Channel::sms;
    std::string_view country;
};

[[nodiscard]] bool serves(const Route& route, const Destination& destination);

/// The enabled route of the lowest priority that serves the destination and was not tried; of equals the first.
/// @return its index in `routes`, or nullopt
[[nodiscard]] std::optional<std::size_t> choose(std::span<const Route> routes,
                                                const Destination& destination,
                                                std::span<const std::string> tried);

}  // namespace roger::routing
