// For what waits for other processes: the time as it goes, and coroutines carried out to their end.
#pragma once
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/assert.hpp"
#include "base/time.hpp"

namespace roger::testing_support {

/// Goes on by itself, for what waits for other processes. A test may only use it for deadlines.
class RealClock final : public Clock {
public:
    [[nodiscard]] TimePoint service_now() const override { return wall_now(); }
    [[nodiscard]] TimePoint wall_now() const override {
        return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

/// Carries out everything on the context until the work is done, and gives what it returns.
template <class T>
T complete(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error, T got) {
        if (error) std::rethrow_exception(error);
        result = std::move(got);
    });
    io.restart();
    while (!result && io.run_one() > 0) {
    }
    ROGER_ASSERT(result, "what waits is under way on the context");
    return std::move(*result);
}
inline void complete(boost::asio::io_context& io, boost::asio::awaitable<void> work) {
    bool done = false;
    boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
        done = true;
    });
    io.restart();
    while (!done && io.run_one() > 0) {
    }
    ROGER_ASSERT(done, "what waits is under way on the context");
}

}  // namespace roger::testing_support
