// What a peer's server asks of us: receipts that come as HTTP requests to /callbacks/ROUTE/….
#pragma once
#include <cstdint>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"

namespace roger::channel {

enum class CallbackVerdict : std::uint8_t {
    taken,       ///< stored, or of no use to anybody: the peer need not send it again
    forged,      ///< not sealed by us, not signed by the peer, or too old; nothing has changed
    unreadable,  ///< the peer's, but not understood; nothing has changed
    not_now,     ///< the peer shall send it again
};

class CallbackTaker {
public:
    virtual ~CallbackTaker() = default;
    /// On the channel's executor. The request outlives the coroutine.
    /// @param sealed  what follows /callbacks/ROUTE/; "" when nothing does
    [[nodiscard]] virtual boost::asio::awaitable<CallbackVerdict> take(const http::Request& request,
                                                                       std::string_view sealed) = 0;
};

}  // namespace roger::channel
