// The operator's look at requests: /admin/v1/requests
//
//   GET  /requests/ID   the whole story of one (api/story.hpp)
//   GET  /requests      newest first; filters id, number, account, status; limit ≤ 200; after: the `next` of a page
//
// Numbers are masked unless `reveal=number` is given, which is logged. Both read the store beside the commit thread,
// and both know ended requests as well as live ones. There is no index by number, account or status: each page looks at
// 50 000 requests at most, and may so come back empty with a `next`.
#pragma once
#include "api/context.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"

namespace roger::api {

class AdminRequests {
public:
    /// @param context  outlives the handlers
    explicit AdminRequests(Context& context) : context_(context) {}
    /// @param rest  the path behind /admin/v1/requests. The caller has been checked to be an operator.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request, std::string_view rest);

private:
    [[nodiscard]] boost::asio::awaitable<http::Response> show(std::string id, bool whole_number);
    [[nodiscard]] boost::asio::awaitable<http::Response> list(store::Query query, bool whole_numbers);
    /// @return the row with this id; none when there is none
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::Request>>> find(std::string id);

    Context& context_;
};

}  // namespace roger::api
