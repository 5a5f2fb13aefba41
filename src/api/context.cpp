#include "api/context.hpp"

namespace roger::api {

namespace asio = boost::asio;

asio::awaitable<Result<store::Page>> read_page(Context& context, store::Query query) {
    co_return co_await run_on(context, context.readers,
                              [&context, query = std::move(query)] { return context.store.page(query); });
}

asio::awaitable<Result<std::vector<verification::Request>>> read(Context& context, store::Query query) {
    auto page = co_await read_page(context, std::move(query));
    if (!page) co_return tl::unexpected<Error>(page.error());
    co_return std::move(page->rows);
}

}  // namespace roger::api
