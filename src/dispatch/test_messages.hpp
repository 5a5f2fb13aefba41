// Real messages that an operator sends over one route to see it work. They belong to no request and are not stored: a
// server that restarts has forgotten them. One thread: the dispatcher's executor.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/time.hpp"
#include "channel/channel.hpp"
#include "dispatch/route_table.hpp"

namespace roger::dispatch {

struct TestMessage {
    enum class State : std::uint8_t {
        sending,
        accepted,   ///< the peer took it; a receipt may follow
        delivered,  ///< the receipts of all segments say so
        failed,     ///< a receipt says so
        refused,
        not_sent,
        unknown,  ///< sent, no answer
    };
    std::uint64_t id = 0;
    std::string route;
    std::string masked_number;
    message::Channel channel = message::Channel::sms;
    State state = State::sending;
    std::string reason;  ///< of what went wrong
    std::vector<std::string> peer_ids;
    unsigned segments = 0;
    Micros price;
    SteadyTime begun{};
    std::optional<milliseconds> answered_after;   ///< the peer's answer
    std::optional<milliseconds> receipted_after;  ///< the receipt that decided
};
[[nodiscard]] std::string_view to_string(TestMessage::State state) noexcept;

class TestMessages {
public:
    /// Messages of requests have attempts from 1 on: by this one a receipt is known as of a test.
    static constexpr std::uint8_t attempt = 0;
    static constexpr std::size_t kept_max = 64;  ///< the oldest is forgotten: nobody follows it any more

    /// @param clock  outlives it
    TestMessages(boost::asio::any_io_executor executor, const Clock& clock)
        : executor_(std::move(executor)), clock_(clock) {}

    /// Hands one message to the route's channel, whether the route is enabled or not. @return what find() takes
    std::uint64_t send(std::shared_ptr<RouteTable::Entry> entry, channel::Outbound message, std::string masked_number);
    /// @return nullptr when there is no such message, or no longer
    [[nodiscard]] const TestMessage* find(std::uint64_t id) const;
    /// @return whether the receipt is of a test message, so that nobody else needs it
    bool receipt(const channel::PeerReceipt& receipt);
    bool receipt(const channel::DeliveryReceipt& receipt);

private:
    struct Kept {
        TestMessage shown;
        std::vector<channel::ReceiptKey> keys;  ///< of its segments
        std::vector<bool> delivered;            ///< of each
        Micros route_price;
    };
    static constexpr std::size_t early_max = 64;  ///< receipts kept while a test is being sent
    bool note(Kept& kept, const channel::PeerReceipt& receipt);
    [[nodiscard]] boost::asio::awaitable<void> run(std::shared_ptr<Kept> kept,
                                                   std::shared_ptr<RouteTable::Entry> entry,
                                                   channel::Outbound message);
    [[nodiscard]] milliseconds since(SteadyTime begun) const;

    boost::asio::any_io_executor executor_;
    const Clock& clock_;
    std::deque<std::shared_ptr<Kept>> kept_;  ///< newest last
    std::deque<channel::PeerReceipt> early_;  ///< may be of a message whose answer has not come yet
    std::uint64_t last_id_ = 0;
};

}  // namespace roger::dispatch
