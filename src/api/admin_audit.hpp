// Who did what: GET /admin/v1/audit, page by page, and GET /admin/v1/audit/verify, which goes over all of it.
#pragma once
#include "api/context.hpp"
#include "http/message.hpp"

namespace roger::api {

class AdminAudit {
public:
    /// @param context  outlives the handlers
    explicit AdminAudit(Context& context) : context_(context) {}
    /// @param rest  the path behind /admin/v1/audit. The caller has been let in.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request, std::string_view rest);

private:
    [[nodiscard]] boost::asio::awaitable<http::Response> list(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> verify();

    Context& context_;
    bool verifying_ = false;  ///< one at a time: it reads the whole table
};

}  // namespace roger::api
