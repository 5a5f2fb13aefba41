// What every handler may use. All of it lives on the io thread, but for what is said to be safe elsewhere.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/random.hpp"
#include "channel/handset_calls.hpp"
#include "dispatch/dispatcher.hpp"
#include "engine/engine.hpp"
#include "guard/number_policy.hpp"
#include "guard/rules.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"
#include "verification/vault.hpp"
#include "voice/speech.hpp"

namespace roger::api {

struct Settings {
    double rate = 30;  ///< requests a second per account and endpoint; 0 = no limit
    double burst = 30;
    guard::NumberPolicy numbers;
    guard::NumberLists lists;                          ///< the operator's, beside the policy: kept in the store
    guard::Modes rules;                                ///< of the configuration, …
    std::map<guard::RuleId, guard::Mode> rule_words;   ///< … the operator's words on them, kept in the store, …
    guard::Mode sandbox_rules = guard::Mode::observe;  ///< … which go no further than this in a sandbox
    bool sandbox = false;
    bool leaves_house = false;  ///< a route is configured: also a sandbox sends over it
    bool https = false;         ///< the public port speaks TLS
    std::string version;
    std::string operator_account;  ///< may move the sandbox clock; "" = any account
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

/// Reads from the store on the reader pool and comes back to the io thread.
[[nodiscard]] boost::asio::awaitable<Result<store::Page>> read_page(Context& context, store::Query query);
/// How often the account of a row has verified its number.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<guard::Verified>>> read_verified(
    Context& context, const verification::Request& row);
/// The rows of a page alone.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<verification::Request>>> read(Context& context,
                                                                                      store::Query query);

}  // namespace roger::api
