#include "api/context.hpp"

namespace roger::api {

namespace asio = boost::asio;

asio::awaitable<Result<store::Page>> read_page(Context& context, store::Query query) {
    co_return co_await run_on(context, context.readers,
                              [&context, query = std::move(query)] { return context.store.page(query); });
}

asio::awaitable<Result<std::optional<guard::Verified>>> read_verified(Context& context,
                                                                      const verification::Request& row) {
    using Found = Result<std::optional<guard::Verified>>;
    const guard::NumberHash subscriber{context.vault.subscriber_hash(row.account, row.number)};
    const auto initiate = [&context, subscriber](auto handler) mutable {
        asio::post(context.readers, [&context, subscriber, handler = std::move(handler)]() mutable {
            Found found = context.store.verified_of(subscriber);
            asio::post(context.executor, [handler = std::move(handler), found = std::move(found)]() mutable {
                handler(std::move(found));
            });
        });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Found)>(initiate, asio::use_awaitable);
}

asio::awaitable<Result<std::vector<verification::Request>>> read(Context& context, store::Query query) {
    auto page = co_await read_page(context, std::move(query));
    if (!page) co_return tl::unexpected<Error>(page.error());
    co_return std::move(page->rows);
}

}  // namespace roger::api
