// The operator's calls on routes: /admin/v1/routes
//
//   GET    /routes                    all, as they stand
//   PATCH  /routes/NAME               {"enabled": true|false}: kept in the store, wins over the configuration
//   POST   /routes/NAME/tests         {"number": "+44…"}: sends one real message; answers 202 and its id
//   GET    /routes/NAME/tests/ID      what has become of it
#pragma once
#include "api/actor.hpp"
#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

class AdminRoutes {
public:
    /// @param context  outlives the handlers
    explicit AdminRoutes(Context& context) : context_(context) {}
    /// @param rest  the path behind /admin/v1/routes. The caller has been checked to be an operator.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request,
                                                                std::string_view rest,
                                                                const Actor& actor);

private:
    [[nodiscard]] http::Response list() const;
    [[nodiscard]] boost::asio::awaitable<http::Response> change(const http::Request& request,
                                                                std::string name,
                                                                const Actor& actor);
    [[nodiscard]] boost::asio::awaitable<http::Response> send_test(const http::Request& request,
                                                                   std::string name,
                                                                   const Actor& actor);
    [[nodiscard]] http::Response show_test(const std::string& name, std::string_view id) const;

    Context& context_;
};

/// The setting that keeps the operator's word on a route: "on" or "off".
[[nodiscard]] std::string enabled_setting(const std::string& route);
constexpr std::string_view enabled_setting_prefix = "route_enabled/";

}  // namespace roger::api
