#include "engine/engine.hpp"

#include <algorithm>
#include <iterator>

#include "base/assert.hpp"
#include "observe/log.hpp"

namespace roger::engine {
namespace {

template <class Concrete>
void reply_to(Concrete& command, Result<typename Concrete::Answer> answer) {
    if (command.reply) command.reply(std::move(answer));
}

void refuse(Command& command, const Error& error) {
    std::visit(
        [&error](auto& concrete) {
            using Concrete = std::remove_cvref_t<decltype(concrete)>;
            reply_to(concrete, Result<typename Concrete::Answer>(tl::unexpected<Error>(error)));
        },
        command);
}

/// What became of a message is known here alone, and is worth the last room on the disk.
bool outcome(const Command& command) { return std::holds_alternative<Report>(command); }

/// The house's own commands are kept until they are saved; a client's is refused, and may be sent again.
bool own(const Command& command) { return outcome(command) || std::holds_alternative<Tick>(command); }

account::AccountBook book_of(const std::vector<account::Account>& accounts) {
    account::AccountBook book;
    for (const auto& account : accounts) book[account.key] = std::make_shared<const account::Account>(account);
    return book;
}

}  // namespace

Engine::Engine(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(options),
      vault_(parts_.keyring),
      keys_(options.node, parts_.store.opened().last_key),
      audit_chain_(parts_.keyring.id_key()),
      audit_head_(parts_.audit_head.value_or(parts_.store.opened().audit_head)),
      accounts_(std::make_shared<const account::AccountBook>(book_of(parts_.store.opened().accounts))) {}

Engine::~Engine() { stop(); }

void Engine::start() {
    ROGER_ASSERT(sender_ != nullptr, "the wiring sets the sender first");
    if (options_.timers) prepare();
    thread_ = std::thread([this] { run(); });
}

void Engine::stop() {
    stopping_ = true;
    lanes_.wake();
    if (thread_.joinable()) thread_.join();
}

void Engine::submit(Command command) {
    auto waiting = std::make_unique<Command>(std::move(command));
    switch (lanes_.push(waiting, parts_.clock.steady_now())) {
        case Lanes::Pushed::waiting: break;
        // Not now but when the executor has done what it has in hand: the batch is all that this leads to.
        case Lanes::Pushed::asleep: parts_.post([this] { lanes_.wake(); }); break;
        case Lanes::Pushed::full: refuse(*waiting, Error{Errc::rate_limited, "too many commands wait"});
    }
}

void Engine::prepare() {
    enter(Condition::writable);
    restore_reserve();
    // Nothing may be sent again while its check could not be saved: then their leases run out by themselves.
    if (writable()) recover();
}

void Engine::recover() {
    const auto& sending = parts_.store.opened().sending;
    for (std::size_t from = 0; from < sending.size(); from += Lanes::batch_max) {
        const std::span part = std::span(sending).subspan(from, std::min(Lanes::batch_max, sending.size() - from));
        store::Wanted wanted{.live = {part.begin(), part.end()}};
        Effects effects;
        const auto result = parts_.store.transact(wanted, [&](const store::Loaded& loaded) {
            store::Changes changes;
            effects = {};
            for (const auto& [key, row] : loaded.rows) {
                verification::Transition now{row, Verdict::ignored, {}};
                for (std::size_t i = 0; i < row.events.size(); ++i) {
                    const auto at = parts_.clock.service_now();
                    auto next = verification::step(now.next, verification::SenderLost{i}, options_.node, at);
                    if (next.verdict != Verdict::ignored) now = std::move(next);
                }
                if (now.send) effects.works.push_back({now.next, *now.send});
                effects.changed.push_back(key);
                changes.rows.push_back(std::move(now.next));
            }
            return changes;
        });
        if (!result) {
            // Their leases run out by themselves, so they are only later, not lost.
            observe::warning("claims of the last process could not be recovered yet",
                             {{"error", result.error().detail}});
            return;
        }
        observe::info("recovered claims of the last process",
                      {{"requests", part.size()}, {"sent_again", effects.works.size()}});
        answer({}, std::move(effects));
    }
}

void Engine::run() {
    while (true) {
        if (!stopping_) lanes_.wait(next_look());
        if (!run_once() && stopping_) return;
    }
}

std::optional<SteadyTime> Engine::next_look() const {
    if (retry_at_) return retry_at_;
    if (!options_.timers) return std::nullopt;
    const auto due = parts_.store.next_due();
    if (!due) return std::nullopt;
    return parts_.clock.steady_now() + std::max(milliseconds(0), *due - parts_.clock.service_now());
}

bool Engine::run_once() {
    const SteadyTime now = parts_.clock.steady_now();
    std::vector<Waiting> batch = lanes_.take();
    if (retry_at_ && now >= *retry_at_) {
        retry_at_.reset();
        if (condition_ == Condition::on_reserve) restore_reserve();
        batch.insert(batch.begin(), std::make_move_iterator(held_.begin()), std::make_move_iterator(held_.end()));
        held_.clear();
        // Clients may stay away until we say that we are ready.
        if (condition_ == Condition::unwritable && batch.empty())
            batch.push_back({std::make_unique<Command>(SaveSetting{.name = "probe"}), now});
    }
    batch = refuse_stale(std::move(batch));
    if (condition_ == Condition::on_reserve) batch = for_reserve(std::move(batch));
    const auto due = parts_.store.next_due();
    const bool timers = options_.timers && !retry_at_ && due && *due <= parts_.clock.service_now();
    if (batch.empty() && !timers) return false;
    commit(std::move(batch));
    return true;
}

std::vector<Waiting> Engine::refuse_stale(std::vector<Waiting> batch) {
    const SteadyTime oldest = parts_.clock.steady_now() - options_.wait_max;
    std::vector<Waiting> fresh;
    std::vector<Waiting> stale;
    fresh.reserve(batch.size());
    for (Waiting& waiting : batch) {
        const bool too_old = waiting.since < oldest && !own(*waiting.command);
        (too_old ? stale : fresh).push_back(std::move(waiting));
    }
    if (!stale.empty()) {
        auto shared = std::make_shared<std::vector<Waiting>>(std::move(stale));
        parts_.post([shared] {
            for (Waiting& waiting : *shared) {
                const bool start = std::holds_alternative<Start>(*waiting.command);
                refuse(*waiting.command, Error{start ? Errc::rate_limited : Errc::unavailable, "waited too long"});
            }
        });
    }
    return fresh;
}

void Engine::commit(std::vector<Waiting> batch) {
    std::vector<Command*> commands;
    commands.reserve(batch.size());
    for (Waiting& waiting : batch) commands.push_back(waiting.command.get());

    const SteadyTime began = parts_.clock.steady_now();
    const TimePoint now = parts_.clock.service_now();
    const auto accounts = this->accounts();
    Effects effects;
    std::vector<account::Account> changed_accounts;
    std::size_t rows = 0;
    bool wrote = false;
    store::AuditHead audit_head;
    store::Wanted needs = wanted(commands, vault_, now);
    if (!options_.timers || condition_ == Condition::on_reserve) needs.due_by.reset();
    const auto saved = parts_.store.transact(needs, [&](const store::Loaded& loaded) {
        const Facts facts{
            .now = now, .wall_now = parts_.clock.wall_now(), .node = options_.node, .accounts = *accounts};
        Decision decision = decide(commands, loaded, facts, vault_, keys_);
        effects = std::move(decision.effects);
        audit_head = add_audit(decision.changes, std::move(effects.notes));
        changed_accounts = decision.changes.accounts;
        rows = decision.changes.rows.size();
        wrote = !decision.changes.empty();
        return std::move(decision.changes);
    });
    if (!saved) return not_saved(std::move(batch), saved.error());

    if (wrote && condition_ == Condition::unwritable) enter(Condition::writable);
    publish(changed_accounts);
    if (audit_head != audit_head_) told(audit_head);
    parts_.metrics.observe("roger_commit_rows", static_cast<double>(rows));
    const SteadyTime::duration took = parts_.clock.steady_now() - began;
    parts_.metrics.observe("roger_commit_seconds", std::chrono::duration<double>(took).count());
    const auto starts =
        std::ranges::count_if(commands, [](const Command* command) { return std::holds_alternative<Start>(*command); });
    lanes_.committed(commands.size(), static_cast<std::size_t>(starts), took);
    parts_.metrics.set("roger_live", {}, static_cast<double>(parts_.store.live()));
    answer(std::move(batch), std::move(effects));
}

/// Nothing of the batch was done (or, for timed_out, nobody knows).
void Engine::not_saved(std::vector<Waiting> batch, const Error& error) {
    if (error.code == Errc::timed_out) {
        parts_.fatal(error);
        return;
    }
    const bool data = error.code == Errc::invalid_argument || error.code == Errc::conflict;
    if (data && batch.size() > 1) {
        // One bad command must not fail its neighbours.
        const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
        std::vector<Waiting> second(std::make_move_iterator(middle), std::make_move_iterator(batch.end()));
        batch.erase(middle, batch.end());
        commit(std::move(batch));
        commit(std::move(second));
        return;
    }
    if (!data) return not_written(std::move(batch), error);
    observe::error("a command was refused by the store", {{"error", error.detail}});
    if (batch.empty()) retry_at_ = parts_.clock.steady_now() + options_.store_retry;
    refuse_all(std::move(batch), error.detail);
}

/// The disk is full, read-only or locked. Our own commands are kept; on a full disk outcomes get the reserve.
void Engine::not_written(std::vector<Waiting> batch, const Error& error) {
    if (condition_ == Condition::writable) {
        observe::error("the store cannot be written; trying again each second", {{"error", error.detail}});
        enter(Condition::unwritable);
    }
    // The first failure sets the time: clients who keep trying must not put it off.
    if (!retry_at_) retry_at_ = parts_.clock.steady_now() + options_.store_retry;
    std::vector<Waiting> refused;
    bool outcomes = false;
    for (Waiting& waiting : batch) {
        outcomes = outcomes || outcome(*waiting.command);
        (own(*waiting.command) ? held_ : refused).push_back(std::move(waiting));
    }
    refuse_all(std::move(refused), error.detail);
    if (!outcomes || condition_ == Condition::on_reserve || !parts_.store.give_up_reserve()) return;
    observe::error("the disk is full: what was set aside is used for outcomes of messages alone");
    enter(Condition::on_reserve);
    if (auto kept = for_reserve(std::exchange(held_, {})); !kept.empty()) commit(std::move(kept));
}

void Engine::enter(Condition condition) {
    if (condition == Condition::writable && !writable()) observe::info("the store can be written again");
    condition_ = condition;
    parts_.metrics.set("roger_store_writable", {}, condition == Condition::writable ? 1 : 0);
    parts_.metrics.set("roger_reserve_whole", {}, condition == Condition::on_reserve ? 0 : 1);
}

/// That it can be set aside shows that the disk has room again; until then no client may use what there is.
void Engine::restore_reserve() {
    const auto restored = parts_.store.restore_reserve();
    if (restored) return enter(Condition::writable);
    if (condition_ != Condition::on_reserve) {
        observe::error("the disk is full: clients are refused until it has room to set aside again",
                       {{"error", restored.error().detail}});
        enter(Condition::on_reserve);
    }
    retry_at_ = parts_.clock.steady_now() + options_.store_retry;
}

/// Outcomes go on, the rest of our own waits, clients are refused without a try.
std::vector<Waiting> Engine::for_reserve(std::vector<Waiting> batch) {
    std::vector<Waiting> kept;
    std::vector<Waiting> refused;
    for (Waiting& waiting : batch) {
        auto& place = outcome(*waiting.command) ? kept : own(*waiting.command) ? held_ : refused;
        place.push_back(std::move(waiting));
    }
    refuse_all(std::move(refused), "the disk is full");
    return kept;
}

void Engine::refuse_all(std::vector<Waiting> batch, const std::string& why) {
    if (batch.empty()) return;
    auto shared = std::make_shared<std::vector<Waiting>>(std::move(batch));
    parts_.post([shared, why] {
        for (Waiting& waiting : *shared) refuse(*waiting.command, Error{Errc::unavailable, why});
    });
}

/// @return where the log ends with these entries
store::AuditHead Engine::add_audit(store::Changes& changes, std::vector<store::AuditNote> notes) {
    store::AuditHead head = audit_head_;
    for (store::AuditNote& note : notes) {
        changes.audit.push_back(audit_chain_.link(head, std::move(note), parts_.clock.wall_now()));
        head = {changes.audit.back().seq, changes.audit.back().hash};
    }
    if (!notes.empty()) changes.settings.emplace_back(store::audit_head_setting, audit_chain_.record(head));
    return head;
}

/// The log has grown: the head is recorded outside the database too.
void Engine::told(const store::AuditHead& head) {
    audit_head_ = head;
    if (parts_.audited) parts_.post([this, head] { parts_.audited(head); });
}

void Engine::publish(const std::vector<account::Account>& changed) {
    if (changed.empty()) return;
    auto book = std::make_shared<account::AccountBook>(*accounts());
    for (const auto& account : changed) (*book)[account.key] = std::make_shared<const account::Account>(account);
    std::atomic_store(&accounts_, std::shared_ptr<const account::AccountBook>(std::move(book)));
}

void Engine::answer(std::vector<Waiting> batch, Effects effects) {
    if (batch.empty() && effects.works.empty() && effects.changed.empty()) return;
    struct Posted {
        std::vector<Waiting> batch;
        Effects effects;
    };
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (auto* tick = std::get_if<Result<Tick::Answer>>(&effects.answers[i]))
            (*tick)->next_due = parts_.store.next_due();
        if (auto* scrub = std::get_if<Result<Scrub::Answer>>(&effects.answers[i]))
            (*scrub)->clean = parts_.store.scrub();
    }
    auto posted = std::make_shared<Posted>(Posted{std::move(batch), std::move(effects)});
    parts_.post([this, posted] {
        // Works are known before their revocation, and both before an answer tells the client that it has ended.
        for (Work& work : posted->effects.works) sender_->carry_out(std::move(work));
        for (const RowKey key : posted->effects.ended) sender_->revoke(key);
        if (parts_.changed && !posted->effects.changed.empty()) parts_.changed(posted->effects.changed);
        for (std::size_t i = 0; i < posted->batch.size(); ++i) {
            std::visit(
                [&](auto& command) {
                    using Concrete = std::remove_cvref_t<decltype(command)>;
                    reply_to(command,
                             std::get<Result<typename Concrete::Answer>>(std::move(posted->effects.answers[i])));
                },
                *posted->batch[i].command);
        }
    });
}

}  // namespace roger::engine
