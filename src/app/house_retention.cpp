// What has ended and is past its account's retention loses number, brand and codes.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/house.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;

/// Of requests whose retention has ended so many are blanked at a time, with a pause between: 200 rows a second at
/// most.
constexpr std::size_t blank_part = 200;
constexpr seconds blank_pause{1};
constexpr seconds retention_look{60};

}  // namespace

asio::awaitable<std::size_t> House::blank_some(const std::string& account, std::uint32_t days) {
    const TimePoint before = clock_.service_now() - std::chrono::days(days);
    const auto keys = co_await api::run_on(
        *context_, readers_, [this, account, before] { return history_->to_be_blanked(account, before, blank_part); });
    if (!keys || keys->empty() || stopping_) co_return 0;
    engine::Blank command{.keys = *keys, .number = std::nullopt, .reply = {}};
    const auto blanked = co_await api::ask(*engine_, std::move(command));
    if (!blanked) co_return 0;
    if (blanked->blanked < keys->size()) history_->changed(*keys);  // the index did not know that they are blank
    co_return keys->size();
}

asio::awaitable<void> House::keep_retention() {
    asio::steady_timer timer(io_);
    boost::system::error_code ignored;
    while (!stopping_ && history_) {
        bool more = false;
        const auto book = engine_->accounts();
        for (const auto& [key, account] : *book) {
            if (stopping_) co_return;
            if (co_await blank_some(key, account->retention_days) < blank_part) continue;
            more = true;
            timer.expires_after(blank_pause);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        timer.expires_after(more ? blank_pause : retention_look);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace roger::app
