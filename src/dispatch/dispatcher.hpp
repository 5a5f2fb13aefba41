// Carries events out: picks a route, renders the message, hands it to a channel, and reports back with a command.
// One claim is at most one handover; whether another follows is decided in the row, by the machine.
// Everything runs on one executor, the engine's.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "account/account.hpp"
#include "channel/channel.hpp"
#include "dispatch/inbox.hpp"
#include "dispatch/receipts.hpp"
#include "dispatch/route_table.hpp"
#include "dispatch/test_messages.hpp"
#include "engine/engine.hpp"
#include "engine/sender.hpp"
#include "observe/metrics.hpp"
#include "verification/vault.hpp"

namespace roger::dispatch {

constexpr seconds answer_max{3};              ///< no answer in this time: outcome unknown
constexpr milliseconds throttled_max{2000};   ///< a route that throttles longer loses the message to another
constexpr milliseconds throttled_pause{100};  ///< before the first repeat; doubles up to throttled_max
/// A message whose routes are all down waits so long for one to come up: a peer that restarts is back in this time, and
/// a server that restarts has bound.
constexpr milliseconds down_max{5000};

/// The words of an event as the subscriber reads or hears them; the same at every call, for the row names the version
/// of the account's own text, and versions do not change.
/// @param accounts  as they stand now; a version that is kept no more, or is recordings, has the catalogue's words
/// @return nullopt when the PIN was the caller's own and has been wiped at the end of the request
[[nodiscard]] std::optional<std::string> message_text(const verification::Request& row,
                                                      std::size_t event,
                                                      verification::Vault& vault,
                                                      const account::AccountBook& accounts);
/// The account's own recordings that a call plays in place of its words; empty when it speaks them.
[[nodiscard]] account::Media message_media(const verification::Request& row,
                                           std::size_t event,
                                           const account::AccountBook& accounts);

class Dispatcher final : public engine::Sender {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        engine::Engine& engine;
        const Clock& clock;
        const verification::Keyring& keyring;
        observe::Metrics& metrics;
        /// Waits on the executor; none: in real time. For the simulator, whose time is virtual.
        std::function<boost::asio::awaitable<void>(milliseconds)> pause = nullptr;
        std::function<std::uint64_t()> random = [] { return std::uint64_t{0}; };  ///< for a router that explores
    };
    /// The parts outlive the dispatcher.
    Dispatcher(Parts parts,
               std::vector<Route> routes,
               std::unique_ptr<routing::Router> router = routing::make_ordered_router());

    void carry_out(engine::Work work) override;
    void revoke(verification::RowKey key) override;

    /// Replaces all routes; what is under way ends on those it has.
    void set_routes(std::vector<Route> routes);
    /// The operator's word on a route wins over the configuration's. @return whether there is such a route
    bool set_enabled(const std::string& name, bool enabled);
    /// To be called often: says in logs and metrics which routes went down or came up.
    void look_at_routes();
    [[nodiscard]] const RouteTable& routes() const noexcept { return table_; }
    /// What subscribers write.
    [[nodiscard]] Inbox& inbox() noexcept { return inbox_; }
    /// Whether the subscriber wants nothing from any sender that an SMS of this request could have.
    [[nodiscard]] bool opted_out(const verification::Request& row) const;
    /// Real messages of the operator's, outside of every request.
    [[nodiscard]] TestMessages& tests() noexcept { return tests_; }
    /// How long a message of that channel, for a request that is about to start, would wait before it could leave.
    [[nodiscard]] milliseconds backlog(message::Channel channel, const verification::Request& row);

    /// A channel's receipt sink.
    void receipt(const channel::DeliveryReceipt& receipt);
    /// A channel's peer receipt sink.
    void peer_receipt(channel::PeerReceipt receipt, Receipts::Done done);
    /// Whether a route of that channel serves the number, up or down: a start without any is refused.
    [[nodiscard]] bool serves(message::Channel channel, const verification::Request& row) const;

    /// The highest price of one segment, or of one call, among the routes that serve the number; 0 without any.
    [[nodiscard]] Micros dearest(message::Channel channel, const verification::Request& row) const;

    /// Called with the account whenever a report of its request is durable.
    void on_reported(std::function<void(const std::string& account)> listener) { on_reported_ = std::move(listener); }
    /// Called with a route's name when it has taken a message, or a receipt has come of one that it took.
    void on_traffic(std::function<void(const std::string& route, bool receipt)> listener) {
        on_traffic_ = std::move(listener);
    }
    /// Nothing is under way.
    [[nodiscard]] bool idle() const noexcept { return under_way_.empty(); }
    /// Waits until the reports of all claims and receipts handed in so far are durable, at most until the deadline.
    /// @return whether they are
    [[nodiscard]] boost::asio::awaitable<bool> wait_settled(SteadyTime deadline);
    /// No new handovers from here on; claims that come are left to the next process (their rows say `sending`).
    [[nodiscard]] boost::asio::awaitable<void> stop(SteadyTime deadline);

private:
    /// A claim under way, from its arrival until its report is durable.
    struct Task {
        engine::Work work;
        std::uint64_t number = 0;  ///< in order of arrival
        bool revoked = false;
        SteadyTime deadline{};                        ///< the lease, less a margin, in steady time
        std::vector<channel::DeliveryReceipt> early;  ///< came before the report was durable: would find no submission
    };
    using Place = std::pair<verification::RowKey, std::size_t>;

    [[nodiscard]] boost::asio::awaitable<verification::Outcome> hand_over(std::shared_ptr<Task> task);
    [[nodiscard]] boost::asio::awaitable<std::optional<RouteTable::Found>> find_route(const Task& task,
                                                                                      std::vector<std::string> tried);
    [[nodiscard]] boost::asio::awaitable<Result<channel::Accepted>> submit(Task& task,
                                                                           std::shared_ptr<RouteTable::Entry> entry,
                                                                           const std::vector<std::string>& tried,
                                                                           TimePoint& handed_over);
    [[nodiscard]] boost::asio::awaitable<void> pause(milliseconds length);
    [[nodiscard]] std::string why_not(const Task& task) const;
    [[nodiscard]] channel::Outbound render(const Task& task, const routing::Route& route);
    void learn(const Task& task, const verification::Outcome& outcome);
    [[nodiscard]] bool opted_out_of(const routing::Route& route, const verification::Request& row) const;
    [[nodiscard]] std::vector<std::string> not_to_be_used(const Task& task) const;
    void report(const std::shared_ptr<Task>& task, verification::Outcome outcome);
    void count(const Task& task, const verification::Outcome& outcome);
    void count_receipt(const std::string& route, bool delivered);
    void tell_traffic(const std::string& route, bool receipt) const;
    void done(const Place& place, const std::shared_ptr<Task>& task);
    void settle(std::uint64_t number);

    Parts parts_;
    RouteTable table_;
    Inbox inbox_;
    TestMessages tests_;
    Receipts receipts_;
    verification::Vault vault_;
    std::multimap<Place, std::shared_ptr<Task>> tasks_;  ///< more than one of a place only while an older attempt ends
    std::set<std::uint64_t> under_way_;  ///< numbers of claims and receipts whose reports are not durable yet
    std::uint64_t last_number_ = 0;
    bool stopping_ = false;
    std::function<void(const std::string&)> on_reported_;
    std::function<void(const std::string&, bool)> on_traffic_;
    std::vector<boost::asio::steady_timer*> waiters_;  ///< cancelled whenever something settles
};

}  // namespace roger::dispatch
