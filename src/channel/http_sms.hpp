// SMS over an HTTP API: one account with a gateway, as a Channel. Asks through http::Client, takes receipts as
// callbacks.
//
//   Outbound ──Gateway::write──▶ http::Client ──▶ API       what the answer says ◀──Gateway::read──
//   PeerReceiptSink ◀──Gateway::receipt── /callbacks/ROUTE/SEALED ◀── API
//
// A message whose answer is lost is "unknown" and is not sent again; see docs/decisions/0016. Receipts are known by our
// own reference, which stands sealed in the callback's URL; by the gateway's ids where each segment has a receipt, or
// where the gateway is told no URL.
//
// Everything runs on one executor, whose context one thread runs.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/crypto.hpp"
#include "base/random.hpp"
#include "channel/callbacks.hpp"
#include "channel/channel.hpp"
#include "channel/gateway.hpp"
#include "http/client.hpp"
#include "observe/metrics.hpp"

namespace roger::channel {

struct HttpSmsOptions {
    std::string route;
    std::string public_url;             ///< "https://roger.example.com", without a slash at its end; "": no callbacks
    std::size_t under_way_max = 1'000;  ///< at once; more are told to come again
    bool allow_private = false;         ///< the gateway may be in our own network
    std::string ca_file;                ///< PEM of the authorities to believe; "": the system's
};

class HttpSms final : public Channel, public CallbackTaker {
public:
    /// A gateway that asks for a pause (Retry-After) gets it, but not a longer one.
    static constexpr seconds pause_max{60};
    /// A callback whose receipt is not stored by then is told to come again.
    static constexpr seconds store_max{10};

    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;
        Random& random;
        observe::Metrics& metrics;
        http::Client& client;
        const Key32& callback_key;
        PeerReceiptSink receipts;
    };
    /// The parts outlive it.
    HttpSms(Parts parts, HttpSmsOptions options, std::unique_ptr<Gateway> gateway);
    ~HttpSms() override;

    [[nodiscard]] boost::asio::awaitable<Result<Accepted>> submit(Outbound message, SteadyTime deadline) override;
    /// Waits for what is under way; its deadlines bound that.
    [[nodiscard]] boost::asio::awaitable<void> stop() override;
    /// Not resting: neither did its gateway ask for a pause, nor has it failed again and again.
    [[nodiscard]] bool up() const override;
    [[nodiscard]] CallbackTaker* callbacks() noexcept override { return this; }

    [[nodiscard]] boost::asio::awaitable<CallbackVerdict> take(const http::Request& request,
                                                               std::string_view sealed) override;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace roger::channel
