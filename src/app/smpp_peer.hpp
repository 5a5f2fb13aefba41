// A route of kind smpp as the channel wants it.
#pragma once
#include "app/route_config.hpp"
#include "channel/smpp_sms.hpp"

namespace roger::app {

/// @pre  the configuration was read and checked, and its password loaded
[[nodiscard]] channel::SmppSmsOptions smpp_options(const RouteConfig& config);

/// Opens what serve would open, short of connecting: the TLS files of each route.
/// @return invalid_argument with a sentence that names the route
[[nodiscard]] Result<void> check_peers(const std::vector<RouteConfig>& routes);

}  // namespace roger::app
