// Owns the truth. Commands wait in lanes; one batch of them is one store transaction (group commit); only when it is
// durable are they answered and their events carried out.
//
//   submit() ─▶ lanes ─▶ take ─▶ store.transact( load ─▶ decide ─▶ save ) ─▶ post: revoke, carry out, answer
//                          ▲                                              └─▶ not saved: split, refuse, or keep for
//                          later
//                        timers
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>

#include "base/random.hpp"
#include "engine/decide.hpp"
#include "engine/lanes.hpp"
#include "observe/metrics.hpp"

namespace roger::engine {

struct Options {
    std::uint16_t node = 0;       ///< 0–1023
    milliseconds wait_max{1000};  ///< what a client or a peer sent and waited longer is refused
    /// Neither recovers nor runs timers: for a command on the store of a server that is stopped.
    bool timers = true;
    milliseconds store_retry{1000};  ///< while the store cannot be written
};

/// Where answers and works go: one post a batch. In production the io thread.
using Post = std::function<void(std::function<void()>)>;

/// What the store takes.
enum class Condition : std::uint8_t {
    writable,
    unwritable,  ///< nothing; each batch of clients' commands tries again, and so do we each second
    on_reserve,  ///< outcomes and receipts alone, until the disk has room to set the reserve aside again
};

class Engine {
public:
    struct Parts {
        store::Store& store;
        const Clock& clock;
        const verification::Keyring& keyring;
        observe::Metrics& metrics;
        Post post;
        /// The commit may or may not have happened: nothing may be answered any more. Ends the process (exit 75).
        std::function<void(const Error&)> fatal;
        /// Where the audit log ends, as far as is known: the table's end, unless a later one was recorded elsewhere.
        std::optional<store::AuditHead> audit_head = std::nullopt;
        /// On the executor, after each commit: rows that it wrote, and where the audit log ends when it grew.
        std::function<void(std::span<const RowKey>)> changed = {};
        std::function<void(const store::AuditHead&)> audited = {};
    };
    /// The parts outlive the engine.
    Engine(Parts parts, Options options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Before start(): where claims go. The sender outlives the engine's thread.
    void set_sender(Sender& sender) { sender_ = &sender; }
    /// Starts the commit thread; claims whose sender died with the last process are recovered first (with timers).
    void start();
    /// Finishes what waits, then ends the thread. Replies are still posted.
    void stop();

    /// Any thread. The command is answered by its reply, on the executor; rate_limited comes at once, on this thread.
    void submit(Command command);
    /// Any thread: the service clock was moved.
    void clock_moved() { lanes_.wake(); }
    /// Any thread.
    [[nodiscard]] std::shared_ptr<const account::AccountBook> accounts() const { return std::atomic_load(&accounts_); }
    /// Any thread.
    [[nodiscard]] Condition condition() const noexcept { return condition_; }
    [[nodiscard]] bool writable() const noexcept { return condition_ == Condition::writable; }
    /// Any thread: a start submitted now would be refused, because as many wait as can be done in good time.
    [[nodiscard]] bool starts_full() const { return lanes_.starts_full(); }

    /// One turn of the commit thread: takes a batch, decides and answers it. For tests and the simulator, which have no
    /// thread. @return whether there was anything to do
    bool run_once();
    /// What start() does first: the reserve is set aside, and claims of the last process are void.
    void prepare();

private:
    void run();
    void recover();
    void commit(std::vector<Waiting> batch);
    void not_saved(std::vector<Waiting> batch, const Error& error);
    void not_written(std::vector<Waiting> batch, const Error& error);
    void enter(Condition condition);
    void restore_reserve();
    [[nodiscard]] std::vector<Waiting> for_reserve(std::vector<Waiting> batch);
    void refuse_all(std::vector<Waiting> batch, const std::string& why);
    void answer(std::vector<Waiting> batch, Effects effects);
    store::AuditHead add_audit(store::Changes& changes, std::vector<store::AuditNote> notes);
    void told(const store::AuditHead& head);
    void publish(const std::vector<account::Account>& changed);
    [[nodiscard]] std::vector<Waiting> refuse_stale(std::vector<Waiting> batch);
    [[nodiscard]] std::optional<SteadyTime> next_look() const;

    Parts parts_;
    Options options_;
    Sender* sender_ = nullptr;
    Lanes lanes_;
    verification::Vault vault_;
    verification::KeyMaker keys_;
    store::AuditChain audit_chain_;  ///< commit thread
    store::AuditHead audit_head_;    ///< commit thread
    std::shared_ptr<const account::AccountBook> accounts_;
    std::atomic<Condition> condition_ = Condition::writable;
    std::atomic<bool> stopping_ = false;
    std::optional<SteadyTime> retry_at_;  ///< commit thread: nothing of our own is tried before; set while on_reserve
    std::vector<Waiting> held_;           ///< commit thread: our own commands that could not be saved yet
    std::thread thread_;
};

}  // namespace roger::engine
