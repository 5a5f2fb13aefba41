// What the operator says of a route, and what a message asks for. Values; whether they fit together is a pure question.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.hpp"
#include "message/message.hpp"

namespace roger::routing {

/// One way over one peer. It serves what passes all of its filters.
struct Route {
    std::string name;
    std::string kind = "smpp";  ///< of its peer: "smpp", "handset"
    message::Channel channel = message::Channel::sms;
    std::vector<std::string> countries{"*"};  ///< ISO 3166-1 alpha-2, or "*"
    std::vector<std::string> prefixes;        ///< E.164 digits without '+'; none: every number
    std::vector<std::string> networks;        ///< MCC+MNC, 5 or 6 digits; none: every network, also an unknown one
    int priority = 10;                        ///< lower first
    bool enabled = true;
    Micros price;                                ///< of one segment, or of one call
    std::string sender;                          ///< when the client gave none
    std::map<std::string, std::string> senders;  ///< by country; wins over the client's
    double segments_per_second = 0;              ///< that its peer takes, over all binds; 0: no limit

    friend bool operator==(const Route&, const Route&) = default;
};

struct Destination {
    message::Channel channel = message::Channel::sms;
    std::string_view country{};  ///< ISO 3166-1 alpha-2 or ""
    std::string_view number{};   ///< E.164 digits without '+'
    std::string_view network{};  ///< MCC+MNC or ""
};

/// Whether a route that is enabled may take a message at all: its channel and every filter.
[[nodiscard]] bool serves(const Route& route, const Destination& destination);

/// Whether one of the routes serves the destination, of those that were not tried.
[[nodiscard]] bool any_serves(std::span<const Route> routes,
                              const Destination& destination,
                              std::span<const std::string> tried);

/// What the handset shows as origin: the rule of the country, else what the client asked for, else the route's own.
/// Many countries show only senders that were registered there, so the operator's rule wins.
[[nodiscard]] const std::string& sender_of(const Route& route, std::string_view country, const std::string& asked);

}  // namespace roger::routing
