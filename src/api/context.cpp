#include "api/context.hpp"

namespace roger::api {

namespace asio = boost::asio;

asio::awaitable<Result<std::vector<verification::Request>>> read(Context& context, store::Query query) {
    using Rows = Result<std::vector<verification::Request>>;
    const auto initiate = [&context, query = std::move(query)](auto handler) mutable {
        asio::post(context.readers, [&context, query = std::move(query), handler = std::move(handler)]() mutable {
            Rows rows = context.store.read(query);
            asio::post(context.executor,
                       [handler = std::move(handler), rows = std::move(rows)]() mutable { handler(std::move(rows)); });
        });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Rows)>(initiate, asio::use_awaitable);
}

}  // namespace roger::api
