// The operator's calls, /admin/v1. Served over the control socket, whose peer was checked to be the same user, and on
// the admin port to those whom the door lets in. What they say is in docs/api/admin.openapi.json.
#pragma once
#include "api/admin_audit.hpp"
#include "api/admin_figures.hpp"
#include "api/admin_limits.hpp"
#include "api/admin_numbers.hpp"
#include "api/admin_requests.hpp"
#include "api/admin_routes.hpp"
#include "api/context.hpp"
#include "api/door.hpp"
#include "http/message.hpp"

namespace roger::api {

class Admin {
public:
    /// @param context  outlives the handlers
    explicit Admin(Context& context)
        : context_(context),
          door_(context),
          audit_(context),
          figures_(context, door_),
          numbers_(context),
          limits_(context),
          requests_(context),
          routes_(context) {}
    /// A path below /admin/v1 on the admin port, from anybody.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle_stranger(const http::Request& request);
    /// A path below /admin/v1, from somebody who has been let in.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request, Actor actor);
    [[nodiscard]] Door& door() noexcept { return door_; }
    [[nodiscard]] AdminFigures& figures() noexcept { return figures_; }

private:
    using Answer = boost::asio::awaitable<http::Response>;
    [[nodiscard]] Answer handle_accounts(const http::Request& request, std::string_view rest, const Actor& actor);
    [[nodiscard]] Answer handle_templates(const http::Request& request,
                                          std::string_view tail,
                                          std::string key,
                                          const Actor& actor);
    [[nodiscard]] Answer create(const http::Request& request, const Actor& actor);
    [[nodiscard]] Answer change(const http::Request& request, std::string key, const Actor& actor);
    [[nodiscard]] Answer add_secret(std::string key, const Actor& actor);
    [[nodiscard]] http::Response list() const;
    [[nodiscard]] http::Response show(const std::string& key) const;

    Context& context_;
    Door door_;
    AdminAudit audit_;
    AdminFigures figures_;
    AdminNumbers numbers_;
    AdminLimits limits_;
    AdminRequests requests_;
    AdminRoutes routes_;
};

}  // namespace roger::api
