// One run: a process (store, engine, dispatcher on an executor of its own) that may die at any step, and around it the
// peers, the clients and the oracle, which do not.
#pragma once
#include <memory>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "dispatch/dispatcher.hpp"
#include "engine/engine.hpp"
#include "tests/sim/faulty_store.hpp"
#include "tests/sim/oracle.hpp"

namespace roger::sim {

class World;

/// What a peer took and gave ids to, one a segment.
struct Submission {
    std::string group;
    std::string number;
    Part first;  ///< of its segments
    std::vector<std::string> ids;
};
using SubmissionPtr = std::shared_ptr<const Submission>;

/// A receipt that a peer sends until it is acknowledged.
struct Notice {
    SubmissionPtr about;
    unsigned part = 0;
    bool delivered = false;
};

/// A peer behind one route. It outlives every process.
class Peer final : public channel::Channel {
public:
    /// @param group  of peers that share their ids; "": receipts come by our own reference, as the handset's do
    Peer(World& world, std::string name, std::string group, message::Channel channel)
        : world_(world), name_(std::move(name)), group_(std::move(group)), channel_(channel) {}
    [[nodiscard]] boost::asio::awaitable<Result<channel::Accepted>> submit(channel::Outbound message,
                                                                           SteadyTime deadline) override;
    [[nodiscard]] boost::asio::awaitable<void> stop() override { co_return; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] message::Channel channel() const { return channel_; }

private:
    enum class Mood : std::uint8_t { accepts, refuses, unavailable, throttles, loses };
    [[nodiscard]] Mood roll();
    [[nodiscard]] SubmissionPtr take(const channel::Outbound& message, std::size_t handing);
    void plan_receipts(const SubmissionPtr& taken, milliseconds answer_after);
    void plan(const SubmissionPtr& taken, milliseconds after, bool delivered);

    World& world_;
    std::string name_;
    std::string group_;
    message::Channel channel_;
};

/// Can let go of suspended coroutines while what they and the timers refer to still lives.
class IoContext : public boost::asio::io_context {
public:
    IoContext() : io_context(1) {}
    void drop_handlers() { shutdown(); }
};

/// What dies in a crash. Members die from the last to the first: suspended coroutines before what they refer to.
class Process {
public:
    explicit Process(World& world);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    FaultyStore store;
    std::unique_ptr<engine::Engine> engine;
    std::unique_ptr<dispatch::Dispatcher> dispatcher;
    std::unique_ptr<IoContext> io = std::make_unique<IoContext>();
    TimeLine waits;
    bool dead = false;
};

class World {
public:
    World(std::uint64_t seed, bool print);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// @return "" or the first violation
    std::string run();

    // For peers and clients.
    [[nodiscard]] boost::asio::awaitable<void> wait(milliseconds length);
    [[nodiscard]] std::string new_id(const std::string& group, const std::string& number);
    void tell(const Notice& notice);
    /// A client acts on this request soon: the moment is a delicate one.
    void nudge(RowKey key);
    /// @param deed  done when its time comes, whether a process runs or not
    void later(milliseconds length, TimeLine::Deed deed) { outside.at(clock.steady_now() + length, std::move(deed)); }

    Dice dice;
    SimClock clock;
    Weather weather;
    Trace trace;
    TimeLine outside;
    std::shared_ptr<store::MemoryDisk> disk = store::make_memory_disk();
    bool windows = false;  ///< starts of a number are limited
    verification::Keyring keyring;
    observe::Metrics metrics;
    std::vector<std::unique_ptr<Peer>> peers;
    std::unique_ptr<Process> process;
    Oracle oracle;
    std::size_t steps = 0;

private:
    void boot();
    void die(std::string_view how);
    void settle();
    bool step();
    void mishap();
    [[nodiscard]] std::optional<SteadyTime> next_time() const;
    Oracle::Parts oracle_parts();
    void open_accounts();
    void plan_clients();
    void step_clock();
    void send(std::uint64_t notice);
    void acknowledged(std::uint64_t notice, bool stored);
    [[nodiscard]] channel::PeerReceipt word(const Notice& notice);

    std::map<std::string, std::vector<std::pair<std::string, std::string>>> given_;  ///< ids and numbers, by group
    std::map<std::uint64_t, Notice> unacknowledged_;
    std::uint64_t last_notice_ = 0;
    verification::Vault vault_;
    SteadyTime storm_until_{};
};

/// One thing that a client does now: to the request meant, or as the dice have it.
void act(World& world, std::optional<RowKey> about);

}  // namespace roger::sim
