// /callbacks/ROUTE/SEALED: receipts that gateways send over HTTP. They have no account; the channel of the route says
// whether a callback is its gateway's.
#pragma once
#include <string_view>

#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

constexpr std::string_view callbacks_prefix = "/callbacks/";

/// @pre  request.path begins with the prefix
/// @return 200 stored, or of no use to anybody · 400 not understood · 403 forged · 404 no such route, or none that has
///         callbacks · 503 send it again
[[nodiscard]] boost::asio::awaitable<http::Response> handle_callback(Context& context, const http::Request& request);

}  // namespace roger::api
