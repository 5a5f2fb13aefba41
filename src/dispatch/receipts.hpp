// Delivery receipts that peers send by ids of their own: from the channel to the row, and back to what the channel
// acknowledges to its peer.
//
// A receipt may come before the answer to its submission, or before that answer is durable: no row has its id yet. Such
// an early one waits here and is tried again when a submission with one of its ids becomes durable. Until it is stored
// or given up it is not acknowledged, so a crash loses none: the peer sends it again.
//
// Everything runs on one executor, the engine's.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "channel/channel.hpp"
#include "engine/engine.hpp"
#include "observe/metrics.hpp"
#include "routing/router.hpp"

namespace roger::dispatch {

/// How long a receipt may be ahead of its submission's answer; longer than any answer takes to be durable.
constexpr seconds early_kept{60};
/// Early receipts at a time, 0.6 KiB each: over it the oldest is given up. A flood of ids that nobody knows ends here.
constexpr std::size_t early_max = 10'000;
/// Receipts in the engine at a time, two batches: over it the peer is asked to send them again.
constexpr std::size_t receipts_at_once_max = 1'024;

class Receipts {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        engine::Engine& engine;
        const Clock& clock;
        observe::Metrics& metrics;
        std::function<boost::asio::awaitable<void>(milliseconds)> pause;  ///< as the dispatcher's
        std::function<void(const std::string& route)> matched = nullptr;  ///< a receipt has found its message
    };
    using Table = std::shared_ptr<const std::vector<routing::Route>>;
    using Done = std::function<void(bool stored)>;
    Receipts(Parts parts, Table routes);

    /// A channel's PeerReceiptSink.
    void take(channel::PeerReceipt receipt, Done done);
    /// The routes that a message may take after a failed receipt, from the next receipt on.
    void set_routes(Table routes) { routes_ = std::move(routes); }
    /// Submissions with these ids are durable now.
    void known(const std::vector<channel::ReceiptKey>& ids);
    /// Early ones are left to the peers, who send them to the next process.
    void stop();
    [[nodiscard]] std::size_t early() const noexcept { return early_.size(); }

private:
    struct Held {
        channel::PeerReceipt receipt;
        Done done;
        SteadyTime give_up_at;
        std::uint64_t number;  ///< in order of arrival
    };
    using HeldPtr = std::shared_ptr<Held>;

    void ask(const HeldPtr& held);
    void answered(const HeldPtr& held, const Result<engine::PeerReceipt::Answer>& answer);
    void hold(const HeldPtr& held);
    HeldPtr release(std::uint64_t number);
    void give_up(const Held& held);
    void count(std::string_view route, channel::PeerReceipt::State state, std::string_view matched);
    [[nodiscard]] boost::asio::awaitable<void> watch();

    Parts parts_;
    Table routes_;
    std::map<std::uint64_t, HeldPtr> early_;  ///< by number, and so the oldest first
    std::set<std::pair<channel::ReceiptKey, std::uint64_t>> early_by_id_;
    std::uint64_t last_number_ = 0;
    std::size_t in_engine_ = 0;
    bool watching_ = false;
    bool stopping_ = false;
    boost::asio::steady_timer timer_;
};

}  // namespace roger::dispatch
