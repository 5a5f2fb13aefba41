// A coroutine waits here until something has changed, looks, and waits again. One thread, so nothing is missed between.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace roger::smpp {

class Signal {
public:
    explicit Signal(const boost::asio::any_io_executor& executor) : timer_(executor) {}
    [[nodiscard]] boost::asio::awaitable<void> wait() {
        timer_.expires_at(boost::asio::steady_timer::time_point::max());
        boost::system::error_code ignored;
        co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    }
    void notify() { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

}  // namespace roger::smpp
