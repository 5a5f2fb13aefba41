// The operator's calls, /admin/v1: accounts, requests and routes. Served over the control socket, whose peer was
// checked to be the same user.
#pragma once
#include "api/admin_limits.hpp"
#include "api/admin_requests.hpp"
#include "api/admin_routes.hpp"
#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

class Admin {
public:
    /// @param context  outlives the handlers
    explicit Admin(Context& context) : context_(context), limits_(context), requests_(context), routes_(context) {}
    /// A path below /admin/v1. The caller has been checked to be an operator.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request);

private:
    [[nodiscard]] boost::asio::awaitable<http::Response> create(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> change(const http::Request& request, std::string key);
    [[nodiscard]] boost::asio::awaitable<http::Response> add_secret(std::string key);
    [[nodiscard]] http::Response list() const;

    Context& context_;
    AdminLimits limits_;
    AdminRequests requests_;
    AdminRoutes routes_;
};

}  // namespace roger::api
