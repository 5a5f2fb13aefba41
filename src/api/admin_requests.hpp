// The operator's look at requests: /admin/v1/requests
//
//   GET  /requests/ID   the whole story of one (api/story.hpp)
//   POST /requests/ID/cancel
//   GET  /requests      newest first; filters id, number, account, status; limit ≤ 200; after: the `next` of a page
//
// Numbers are masked unless `reveal=number` is given, which is a right and is audited. Both read the store beside the
// commit thread, and both know ended requests as well as live ones. A list is found by the index (history/history.hpp).
// Without one, or while that reads the rows again, each page looks at 50 000 requests at most, and may so come back
// empty with a `next`.
#pragma once
#include "api/actor.hpp"
#include "api/context.hpp"
#include "api/story.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"

namespace roger::api {

class AdminRequests {
public:
    /// @param context  outlives the handlers
    explicit AdminRequests(Context& context) : context_(context) {}
    /// @param rest  the path behind /admin/v1/requests. The caller has been checked to be an operator.
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(const http::Request& request,
                                                                std::string_view rest,
                                                                const Actor& actor);

private:
    /// @param teller  set when numbers are shown whole: who is told of in the audit log before they are
    [[nodiscard]] boost::asio::awaitable<http::Response> show(std::string id, const Actor* teller);
    [[nodiscard]] boost::asio::awaitable<http::Response> list(history::RequestFilter filter, const Actor* teller);
    [[nodiscard]] boost::asio::awaitable<Result<store::Page>> look_up(history::RequestFilter filter);
    [[nodiscard]] boost::asio::awaitable<Story> refusals_around(const verification::Request& row);
    [[nodiscard]] boost::asio::awaitable<http::Response> cancel(std::string id, const Actor& actor);
    [[nodiscard]] boost::asio::awaitable<Result<void>> tell_of_reveal(const Actor& actor,
                                                                      std::string target,
                                                                      std::string detail);
    /// @return the row with this id; none when there is none
    [[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::Request>>> find(std::string id);

    Context& context_;
};

}  // namespace roger::api
