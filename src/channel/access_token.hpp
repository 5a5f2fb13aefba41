// The access token of an HTTP gateway (OAuth 2.0 client credentials, RFC 6749 §4.4): fetched when it is needed, once
// for all that wait, and kept until shortly before it ends. One executor, whose context one thread runs.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/secret.hpp"
#include "channel/gateway.hpp"
#include "http/client.hpp"

namespace roger::channel {

class AccessToken {
public:
    static constexpr seconds margin{30};           ///< it is fetched anew so long before its end
    static constexpr seconds default_life{3'600};  ///< when the answer does not say
    static constexpr seconds fetch_max{3};         ///< however short the time of who asks: the token is for all

    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        http::Client& client;
    };
    /// The parts outlive it.
    AccessToken(Parts parts, OAuth2 options, bool allow_private, std::string ca_file);
    ~AccessToken();

    /// @return unavailable when there is none by the deadline: nothing was sent to the gateway
    [[nodiscard]] boost::asio::awaitable<Result<Secret>> get(SteadyTime deadline);
    /// The gateway did not take it.
    void forget();

private:
    struct State;
    static boost::asio::awaitable<void> fetch(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace roger::channel
