#include "api/callbacks.hpp"

#include "api/problem.hpp"
#include "channel/callbacks.hpp"
#include "observe/log.hpp"

namespace roger::api {

namespace asio = boost::asio;
using channel::CallbackVerdict;

asio::awaitable<http::Response> handle_callback(Context& context, const http::Request& request) {
    const std::string_view rest = std::string_view(request.path).substr(callbacks_prefix.size());
    const std::size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    const std::string_view sealed = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    // The entry keeps its channel, though the routes may be replaced meanwhile.
    const auto entry = context.dispatcher.routes().find(name);
    channel::CallbackTaker* const taker = entry ? entry->route.channel.callbacks() : nullptr;
    if (taker == nullptr) co_return problem(404, "Not Found", "There is nothing at this path.");
    if (request.method != http::Method::post && request.method != http::Method::get) {
        co_return method_not_allowed("GET, POST");
    }
    const CallbackVerdict verdict = co_await taker->take(request, sealed);
    http::Response response;
    response.content_type = "text/plain";
    switch (verdict) {
        case CallbackVerdict::taken: co_return response;
        case CallbackVerdict::not_now:
            response = problem(503, "Service Unavailable", "The receipt could not be stored; send it again.");
            response.headers.emplace_back("Retry-After", "10");
            co_return response;
        case CallbackVerdict::unreadable:
            observe::warning("a callback could not be understood", {{"route", name}});
            response = problem(400, "Bad Request", "The receipt could not be understood.");
            break;
        case CallbackVerdict::forged:
            response = problem(403, "Forbidden", "This is not a callback of that route's gateway.");
            break;
    }
    context.metrics.count("roger_callbacks_refused_total", {{"route", name}});
    co_return response;
}

}  // namespace roger::api
