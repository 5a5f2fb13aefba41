// What every handler may use. All of it lives on the io thread, but for what is said to be safe elsewhere.
#pragma once
#include <functional>
#include <string>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/password.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "channel/handset_calls.hpp"
#include "dispatch/dispatcher.hpp"
#include "engine/engine.hpp"
#include "guard/number_policy.hpp"
#include "history/history.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"
#include "verification/vault.hpp"
#include "voice/speech.hpp"

namespace roger::api {

struct Settings {
    double rate = 30;  ///< requests a second per account and endpoint; 0 = no limit
    double burst = 30;
    guard::NumberPolicy numbers;
    bool sandbox = false;
    bool leaves_house = false;  ///< a route is configured: also a sandbox sends over it
    bool https = false;         ///< the public port speaks TLS
    std::string version;
    std::string operator_account;  ///< may move the sandbox clock; "" = any account
    Secret admin_token;            ///< opens the admin port beside those that the store knows; "": none
    std::string admin_url;         ///< "http://127.0.0.1:8081"
    PasswordCost password_cost;    ///< of passwords that are set from now on
};

struct Context {
    boost::asio::any_io_executor executor;
    boost::asio::thread_pool& readers;  ///< where store reads block
    engine::Engine& engine;
    const store::Store& store;
    dispatch::Dispatcher& dispatcher;
    const Clock& clock;
    Random& random;
    verification::Vault& vault;  ///< the io thread's own
    observe::Metrics& metrics;
    Settings settings;
    /// The sandbox clock: moves service time forward and comes back when all that fell due is durable and visible.
    std::function<boost::asio::awaitable<Result<TimePoint>>(seconds)> advance_clock;
    channel::HandsetCalls& calls;  ///< of the sandbox's phones
    voice::Speech& speech;         ///< what is heard in them
    /// Where the audit log ends, by whom or what knows it beside the table; none: what should know it does not.
    std::function<std::vector<std::pair<std::string, std::optional<store::AuditHead>>>()> recorded_heads = {};
    history::History* history = nullptr;  ///< none: searches go over the rows, and nothing is counted by hour
};

/// Hands a command to the engine and waits for its answer.
template <class Command>
boost::asio::awaitable<Result<typename Command::Answer>> ask(engine::Engine& engine, Command command) {
    using Answer = Result<typename Command::Answer>;
    co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Answer)>(
        [&engine, command = std::move(command)](auto handler) mutable {
            // std::function wants a copyable target; a handler of a coroutine can only be moved.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            command.reply = [shared](Answer answer) { (*shared)(std::move(answer)); };
            engine.submit(std::move(command));
        },
        boost::asio::use_awaitable);
}

/// Runs what blocks on a pool and comes back to the io thread with what it returned.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> run_on(Context& context, boost::asio::thread_pool& pool, Work work) {
    using Answer = std::invoke_result_t<Work>;
    co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Answer)>(
        [&context, &pool, work = std::move(work)](auto handler) mutable {
            boost::asio::post(pool, [&context, work = std::move(work), handler = std::move(handler)]() mutable {
                Answer answer = work();
                boost::asio::post(context.executor,
                                  [handler = std::move(handler), answer = std::move(answer)]() mutable {
                                      handler(std::move(answer));
                                  });
            });
        },
        boost::asio::use_awaitable);
}

/// Reads from the store on the reader pool and comes back to the io thread.
[[nodiscard]] boost::asio::awaitable<Result<store::Page>> read_page(Context& context, store::Query query);
/// The rows of a page alone.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::Request>>> read(Context& context,
                                                                                      store::Query query);

}  // namespace roger::api
