#include "tests/sim/world.hpp"

#include "base/assert.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace roger::sim {
namespace {

namespace asio = boost::asio;

constexpr std::size_t steps_max = 50'000;
constexpr milliseconds run_length = std::chrono::hours(1);

/// Which of these a run meets is the seed's choice, so each kind of fault is also seen alone.
Weather weather_of(Dice& dice) {
    switch (dice.below(6)) {
        case 0: return {.name = "calm"};
        case 1:
            return {.name = "peers",
                    .calm = false,
                    .refused = 120,
                    .unavailable = 80,
                    .throttled = 120,
                    .lost = 120,
                    .receipt_odd = 300};
        case 2: return {.name = "crashes", .calm = false, .prompt = false, .crash = 8};
        case 3:
            return {.name = "crashes and peers",
                    .calm = false,
                    .prompt = false,
                    .refused = 100,
                    .unavailable = 50,
                    .throttled = 150,
                    .lost = 100,
                    .receipt_odd = 300,
                    .crash = 8};
        case 4:
            return {.name = "store",
                    .calm = false,
                    .prompt = false,
                    .throttled = 100,
                    .lost = 50,
                    .store_down = 15,
                    .in_doubt = 15,
                    .lag = 5};
        default:
            return {.name = "all",
                    .calm = false,
                    .prompt = false,
                    .refused = 100,
                    .unavailable = 50,
                    .throttled = 100,
                    .lost = 100,
                    .receipt_odd = 300,
                    .crash = 4,
                    .store_down = 6,
                    .in_doubt = 6,
                    .lag = 10,
                    .clock_step = 20};
    }
}

}  // namespace

Process::Process(World& world)
    : store({world.disk, world.dice, world.clock, world.trace, world.weather,
             [&world](milliseconds down) {
                 const TimePoint now = world.clock.service_now();
                 world.oracle.trouble(now, now + down + seconds(2));
             },
             [this, &world] { waits.at(world.clock.steady_now() + seconds(1), [] {}); }}) {
    engine = std::make_unique<engine::Engine>(
        engine::Engine::Parts{store, world.clock, world.keyring, world.metrics,
                              [this](std::function<void()> work) { asio::post(*io, std::move(work)); },
                              [this](const Error&) { dead = true; }},
        engine::Options{});
    std::vector<dispatch::Route> routes;
    int priority = 0;
    for (const auto& peer : world.peers) {
        routes.push_back(
            {routing::Route{.name = peer->name(), .channel = peer->channel(), .priority = ++priority}, *peer});
    }
    dispatcher = std::make_unique<dispatch::Dispatcher>(
        dispatch::Dispatcher::Parts{io->get_executor(), *engine, world.clock, world.keyring, world.metrics,
                                    [&world](milliseconds length) { return world.wait(length); }},
        std::move(routes));
    engine->set_sender(*dispatcher);
    guard::Modes modes;
    if (world.windows) modes.set(guard::RuleId::number_window, guard::Mode::enforce);
    engine->set_modes(modes);
}

Process::~Process() {
    waits.clear();
    io->drop_handlers();
    dispatcher.reset();
}

World::World(std::uint64_t seed, bool print)
    : dice(seed),
      weather(weather_of(dice)),
      trace(clock, print),
      oracle(oracle_parts()),
      vault_((keyring.add(1, Key32{}, true), keyring)) {
    for (const auto& [name, group] : {std::pair("a", "ab"), std::pair("b", "ab"), std::pair("c", "c")})
        peers.push_back(std::make_unique<Peer>(*this, name, group, message::Channel::sms));
    for (const char* name : {"v", "w"}) peers.push_back(std::make_unique<Peer>(*this, name, "", message::Channel::tts));
    windows = dice.chance(500);
    oracle.windows = windows;
    open_accounts();
    trace("seed {}, weather: {}", seed, weather.name);
}

/// With more money than a run can spend.
void World::open_accounts() {
    store::Changes changes;
    for (const char* key : {"acme", "bolt"}) {
        changes.accounts.push_back({.key = key, .prepaid = true});
        store::FundChange fund{.account = key, .fund = {}, .changed = {}};
        guard::top_up(fund.fund, key, start_balance, clock.service_now(), changes.ledger);
        changes.funds.push_back(std::move(fund));
    }
    const auto store = store::make_memory_store(disk);
    const auto saved = store->transact({}, [&](const store::Loaded&) { return changes; });
    ROGER_ASSERT(saved.has_value(), "a new store has room");
}

World::~World() = default;

Oracle::Parts World::oracle_parts() {
    return {clock,
            trace,
            weather,
            [this](RowKey key) {
                store::Query query;
                query.key = key;
                return *process->store.read(query);
            },
            [this](const std::string& account) {
                store::Query query;
                query.account = account;
                query.limit = 200;
                return *process->store.read(query);
            },
            [this](const RequestId& id) { return vault_.open_id(id).key; },
            [this] { return store::ledger_of(*disk); }};
}

void World::boot() {
    clock.process_starts();
    process = std::make_unique<Process>(*this);
    trace("a process starts with {} live requests", process->store.live());
    process->engine->prepare();
    oracle.audit();
}

void World::die(std::string_view how) {
    trace("the process dies: {}", how);
    oracle.process_died();
    const TimePoint from = clock.service_now();
    process.reset();
    const auto length = dice.chance(100) ? dice.between(seconds(5), std::chrono::minutes(10))
                                         : dice.between(milliseconds(10), seconds(5));
    clock.advance(length);
    if (dice.chance(300)) storm_until_ = clock.steady_now() + seconds(5);
    boot();
    oracle.trouble(from, clock.service_now() + seconds(1));
    for (const auto& [number, notice] : unacknowledged_) {
        later(dice.between(milliseconds(1), seconds(10)), [this, number = number] { send(number); });
    }
}

/// Something that the weather has in store, at any step.
void World::mishap() {
    const bool storm = clock.steady_now() < storm_until_ && weather.crash > 0;
    if (dice.chance(storm ? 120 : weather.crash)) {
        die("killed");
    } else if (dice.chance(weather.lag)) {
        const auto length = dice.between(milliseconds(1), milliseconds(1500));
        trace("the process stands still for {} ms", length.count());
        oracle.trouble(clock.service_now(), clock.service_now() + length + seconds(1));
        clock.advance(length);
    }
}

/// One turn of either thread, as the dice have it. @return whether there was anything to do
bool World::step() {
    if (process->dead) {
        die("the store's COMMIT is in doubt");
        return true;
    }
    const auto poll = [this] {
        process->io->restart();
        return process->io->poll_one() > 0;
    };
    const bool engine_first = dice.chance(500);
    if (engine_first ? process->engine->run_once() : poll()) return true;
    return engine_first ? poll() : process->engine->run_once();
}

void World::settle() {
    while (oracle.violation().empty() && step()) {
        mishap();
        if (++steps > steps_max) trace("VIOLATION: standstill");
        if (steps > steps_max) return;
    }
}

std::optional<SteadyTime> World::next_time() const {
    std::optional<SteadyTime> next;
    const auto sooner = [&next](SteadyTime time) { next = std::min(next.value_or(time), time); };
    if (!outside.empty()) sooner(outside.next());
    if (!process->waits.empty()) sooner(process->waits.next());
    // What is due and was not done waits for the store, whose next try stands in `waits`.
    if (const auto due = process->store.next_due(); due && *due > clock.service_now())
        sooner(clock.steady_now() + (*due - clock.service_now()));
    return next;
}

std::string World::run() {
    boot();
    plan_clients();
    while (oracle.violation().empty() && steps <= steps_max) {
        settle();
        if (!oracle.violation().empty() || steps > steps_max) break;
        const auto next = next_time();
        if (!next) break;
        if (*next > clock.steady_now())
            clock.advance(std::chrono::duration_cast<milliseconds>(*next - clock.steady_now()));
        if (!process->waits.empty() && process->waits.next() <= clock.steady_now()) {
            process->waits.take()();
        } else if (!outside.empty() && outside.next() <= clock.steady_now()) {
            outside.take()();
        }
    }
    if (steps > steps_max) return "standstill: the run does not come to rest";
    if (oracle.violation().empty() && !unacknowledged_.empty()) return "I11: a receipt is never acknowledged";
    if (oracle.violation().empty()) oracle.finish();
    return oracle.violation();
}

void World::plan_clients() {
    const std::size_t actions = 20 + dice.below(41);
    milliseconds at{0};
    for (std::size_t i = 0; i < actions; ++i) {
        const auto kind = dice.below(10);
        if (kind >= 4) {
            const seconds most = kind < 7 ? seconds(10) : kind < 9 ? seconds(150) : seconds(600);
            at += dice.between(milliseconds(0), most);
        } else if (kind > 0) {
            at += dice.between(milliseconds(0), milliseconds(40));
        }
        later(at, [this] { act(*this, std::nullopt); });
        if (dice.chance(weather.clock_step)) later(at, [this] { step_clock(); });
    }
    later(std::max(at, run_length), [this] {
        trace("the weather clears");
        weather.crash = weather.store_down = weather.in_doubt = weather.lag = 0;
    });
}

void World::step_clock() {
    const auto by = dice.between(milliseconds(1), dice.chance(700) ? seconds(60) : seconds(3600));
    const TimePoint from = clock.service_now();
    if (dice.chance(500)) {
        trace("the sandbox moves its clock by {} ms", by.count());
        clock.step_service(by);
        process->engine->clock_moved();
    } else {
        trace("the wall clock steps by {} ms", by.count());
        clock.step_wall(by);
    }
    oracle.trouble(from, clock.service_now() + seconds(1));
}

asio::awaitable<void> World::wait(milliseconds length) {
    return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
        [this, length](auto&& handler) {
            auto shared = std::make_shared<std::decay_t<decltype(handler)>>(std::forward<decltype(handler)>(handler));
            Process& owner = *process;
            owner.waits.at(clock.steady_now() + length,
                           [&owner, shared] { asio::post(*owner.io, [shared] { std::move (*shared)(); }); });
        },
        asio::use_awaitable);
}

void World::nudge(RowKey key) {
    if (!dice.chance(150)) return;
    later(dice.between(milliseconds(0), milliseconds(400)), [this, key] { act(*this, key); });
}

/// Each group counts for itself, so that the same id means one thing here and another there.
std::string World::new_id(const std::string& group, const std::string& number) {
    auto& given = given_[group];
    given.emplace_back(std::to_string(100 + given.size()), number);
    return given.back().first;
}

void World::tell(const Notice& notice) {
    const Part& first = notice.about->first;
    trace("receipt of {} for {} event {} attempt {} segment {}: {}", notice.about->group, first.reference.key.value,
          first.reference.event, first.reference.attempt, notice.part, notice.delivered ? "delivered" : "failed");
    Part part = first;
    part.part = notice.part;
    oracle.told(part, notice.delivered);
    if (notice.about->group.empty()) {
        process->dispatcher->receipt(
            {.reference = first.reference, .delivered = notice.delivered, .reason = notice.delivered ? "" : "UNDELIV"});
        return;
    }
    unacknowledged_.emplace(++last_notice_, notice);
    send(last_notice_);
}

/// The id as it may be read, in other forms too; the number as the peer writes it, or not at all.
channel::PeerReceipt World::word(const Notice& notice) {
    const std::string& id = notice.about->ids[notice.part];
    channel::PeerReceipt receipt{.peer_group = notice.about->group, .ids = {id}, .number = "", .reason = ""};
    receipt.state = notice.delivered ? channel::PeerReceipt::State::delivered : channel::PeerReceipt::State::failed;
    if (!notice.delivered) receipt.reason = "UNDELIV";
    if (dice.chance(500)) receipt.number = "0" + notice.about->number.substr(2);
    const auto& [other, number] = dice.pick(given_.at(notice.about->group));
    if (!receipt.number.empty() && number != notice.about->number) receipt.ids.insert(receipt.ids.begin(), other);
    if (dice.chance(300)) receipt.ids.insert(receipt.ids.begin(), "0x" + id);
    return receipt;
}

void World::send(std::uint64_t number) {
    const auto found = unacknowledged_.find(number);
    if (found == unacknowledged_.end()) return;
    process->dispatcher->peer_receipt(word(found->second),
                                      [this, number](bool stored) { acknowledged(number, stored); });
}

void World::acknowledged(std::uint64_t number, bool stored) {
    const auto found = unacknowledged_.find(number);
    if (found == unacknowledged_.end()) return;
    if (!stored) {
        later(dice.between(seconds(1), seconds(10)), [this, number] { send(number); });
        return;
    }
    Part part = found->second.about->first;
    part.part = found->second.part;
    const bool delivered = found->second.delivered;
    trace("receipt of {} for {} event {} segment {} is acknowledged", found->second.about->group,
          part.reference.key.value, part.reference.event, part.part);
    unacknowledged_.erase(found);
    oracle.acknowledged(part, delivered);
}

}  // namespace roger::sim
