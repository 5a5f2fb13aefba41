#include "app/house.hpp"

#include <unistd.h>
#include <algorithm>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/admin_limits.hpp"
#include "app/sip_route.hpp"
#include "app/smpp_peer.hpp"
#include "app/version.hpp"
#include "observe/log.hpp"
#include "store/sqlite.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;

constexpr int exit_disk_failure = 75;
constexpr std::size_t readers_of_the_store = 3;  ///< two for questions, one for the index
constexpr milliseconds handset_look{100};
constexpr seconds page_tick{1};
constexpr const char* handset_route = "handset";
constexpr seconds settle_max{10};  ///< for what one point in time causes, while the sandbox clock is moved
constexpr int standstill_max = 10'000;

std::string fingerprint_name(verification::Kid kid) { return fmt::format("key_fingerprint/{}", kid); }

std::string setting(const store::Store& store, const std::string& name) {
    const auto found = store.opened().settings.find(name);
    return found == store.opened().settings.end() ? "" : found->second;
}

/// An empty store takes the keys that lie beside it; any other must find its own.
Result<void> check_keys(store::Store& store, const verification::Keyring& keyring, const std::string& path) {
    const auto prints = keyring.fingerprints();
    store::Changes changes;
    for (const auto& [name, stored] : store.opened().settings) {
        if (!name.starts_with("key_fingerprint/") || stored == "retired") continue;
        const auto kid = static_cast<verification::Kid>(std::stoul(name.substr(name.find('/') + 1)));
        const auto mine = prints.find(kid);
        if (mine == prints.end() || mine->second != stored) {
            return fail(Errc::blocked,
                        fmt::format("the keys in {} are not those of this database (kid {} is {}); put back "
                                    "the key file that belongs to it, e.g. from your backup",
                                    path, kid, mine == prints.end() ? "missing" : "another one"));
        }
    }
    for (const auto& [kid, print] : prints) {
        if (setting(store, fingerprint_name(kid)) != print) changes.settings.emplace_back(fingerprint_name(kid), print);
    }
    return store.transact({}, [&](const store::Loaded&) { return changes; });
}

Result<void> write_sandbox_mark(store::Store& store, bool sandbox) {
    store::Changes changes;
    changes.settings.emplace_back("sandbox", sandbox ? "on" : "off");
    return store.transact({}, [&](const store::Loaded&) { return changes; });
}

}  // namespace

Result<std::unique_ptr<House>> House::open(const HouseOptions& options) {
    auto data = DataDirectory::open(options.config.data);
    if (!data) return tl::unexpected<Error>(data.error());
    const std::string keys_path = options.keys_file.empty() ? data->file("keys") : options.keys_file;
    const bool fresh = ::access(data->file("roger.db").c_str(), F_OK) != 0;
    auto keys = read_keys(keys_path);
    if (!keys && keys.error().code == Errc::not_found && fresh) {
        SystemRandom random;
        const MasterKeys made{{verification::Kid{1}, make_key(random, true)}};
        if (auto written = write_keys(keys_path, made); !written) return tl::unexpected<Error>(written.error());
        keys = made;
    }
    if (!keys) {
        return fail(Errc::blocked,
                    keys.error().code == Errc::not_found
                        ? fmt::format("the key file {} is missing, and the database needs it; put it back, "
                                      "e.g. from your backup",
                                      keys_path)
                        : keys.error().detail);
    }
    std::unique_ptr<House> house(new House(std::move(*data), to_keyring(*keys)));
    auto store = store::open_sqlite({.path = house->data_.file("roger.db"),
                                     .clock = house->clock_,
                                     .reader_connections = readers_of_the_store,
                                     .reserve = options.timers ? house->data_.file("reserve") : ""});
    if (!store) return tl::unexpected<Error>(store.error());
    house->store_ = std::move(*store);
    if (auto good = check_keys(*house->store_, house->keyring_, keys_path); !good) {
        return tl::unexpected<Error>(good.error());
    }
    std::string mark = setting(*house->store_, "sandbox");
    if (mark.empty()) {
        const bool sandbox = options.create_sandbox.value_or(options.config.routes.empty());
        if (auto written = write_sandbox_mark(*house->store_, sandbox); !written) {
            return tl::unexpected<Error>(written.error());
        }
        mark = sandbox ? "on" : "off";
    }
    if (const std::string offset = setting(*house->store_, "clock_offset_ms"); !offset.empty() && mark == "on") {
        house->clock_.set_offset(milliseconds(std::stoll(offset)));
    }
    if (options.timers) house->open_history();
    if (auto wired = house->wire(options, mark == "on"); !wired) return fail(Errc::blocked, wired.error().detail);
    if (mark == "on" && options.timers) house->resume_handset();
    house->engine_->start();
    if (const std::string& complaint = house->audit_.complaint(); !complaint.empty() && options.timers) {
        observe::error("the audit log is not whole", {{"problem", complaint}});
        engine::Note note{
            .note = {.who = "server", .from = "", .action = "audit.broken", .target = "", .detail = complaint},
            .reply = {}};
        house->engine_->submit(std::move(note));
    }
    return house;
}

/// Before the engine's thread: receipts that were still to come when the last process ended. Two look-ups an account,
/// for only two numbers have them.
void House::resume_handset() {
    store::Wanted wanted;
    for (const auto& account : store_->opened().accounts) {
        for (const std::string_view number : channel::late_receipt_numbers) {
            wanted.subscribers.push_back({account.key, std::string(number)});
        }
    }
    store::Loaded found;
    const auto read = store_->transact(wanted, [&](const store::Loaded& loaded) {
        found = loaded;
        return store::Changes{};
    });
    if (!read) observe::warning("receipts of the last process are lost", {{"error", read.error().detail}});
    for (const auto& [key, row] : found.rows) handset_->resume(row, handset_route);
}

/// Recordings that no template names any more, not even one that a request may still play.
void House::forget_media() const {
    std::set<std::string> named;
    for (const auto& account : store_->opened().accounts) {
        for (const account::Template& each : account.templates) {
            for (const auto& [name, id] : each.media) named.insert(id);
        }
    }
    media_->keep_only(named);
}

/// Searches go over the rows without it; no verification needs it.
void House::open_history() {
    auto history = history::History::open(
        {.path = data_.file("history.db"), .store = *store_, .clock = clock_, .id_key = keyring_.id_key()});
    if (!history) return observe::error("there is no index of requests", {{"error", history.error().detail}});
    history_ = std::move(*history);
}

void House::make_engine(bool timers) {
    engine_ = std::make_unique<engine::Engine>(
        engine::Engine::Parts{.store = *store_,
                              .clock = clock_,
                              .keyring = keyring_,
                              .metrics = metrics_,
                              .post = [this](std::function<void()> work) { asio::post(io_, std::move(work)); },
                              .fatal =
                                  [](const Error& error) {
                                      observe::error("the disk failed at a commit; stopping without an answer",
                                                     {{"error", error.detail}});
                                      ::_exit(exit_disk_failure);
                                  },
                              .audit_head = audit_.begin(store_->opened().audit_head,
                                                         setting(*store_, std::string(store::audit_head_setting))),
                              .changed =
                                  [this](std::span<const verification::RowKey> keys) {
                                      if (history_) history_->changed(keys);
                                  },
                              .audited =
                                  [this](const store::AuditHead& head) {
                                      audit_.grown(head);
                                      asio::post(readers_, [this, head] { audit_.write(head); });
                                  }},
        engine::Options{.timers = timers});
}

Result<void> House::wire(const HouseOptions& options, bool sandbox) {
    make_engine(options.timers);
    handset_ = std::make_unique<channel::Handset>(clock_, [this](channel::DeliveryReceipt receipt) {
        receipt.route = handset_route;
        dispatcher_->receipt(receipt);
    });
    auto engine = voice::make_engine(io_.get_executor(), options.config.voice.engine_options());
    if (!engine) return tl::unexpected<Error>(engine.error());
    auto media = std::make_unique<MediaLibrary>(
        MediaLibrary::Parts{
            .executor = io_.get_executor(), .readers = readers_, .client = http_client_, .clock = clock_},
        data_.file("media"));
    media_ = media.get();
    if (options.timers) forget_media();
    speaker_ = std::make_unique<voice::Speaker>(io_.get_executor(), clock_, std::move(*engine), std::move(media));
    callback_key_ = derive_key(keyring_.id_key(), "roger callbacks");
    peers_ =
        std::make_unique<Peers>(io_.get_executor(), [this](const RouteConfig& config) { return make_peer(config); });
    dispatcher_ = std::make_unique<dispatch::Dispatcher>(
        dispatch::Dispatcher::Parts{.executor = io_.get_executor(),
                                    .engine = *engine_,
                                    .clock = clock_,
                                    .keyring = keyring_,
                                    .metrics = metrics_,
                                    .random = [this] { return random_.next_u64(); }},
        std::vector<dispatch::Route>{});
    health_ = std::make_unique<HealthWatch>(HealthWatch::Parts{
        .sending = {.executor = io_.get_executor(), .client = http_client_, .clock = clock_, .random = random_},
        .dispatcher = *dispatcher_,
        .engine = *engine_,
        .data = data_.path()});
    for (const auto& [name, value] : store_->opened().settings) {
        if (name.starts_with(api::enabled_setting_prefix)) {
            (void)dispatcher_->set_enabled(name.substr(api::enabled_setting_prefix.size()), value == "on");
        } else if (name.starts_with(dispatch::Inbox::setting_prefix)) {
            dispatcher_->inbox().restore(name, value);
        }
    }
    engine_->set_sender(*dispatcher_);
    engine_->on_spend_warning([this](const guard::SpendWarning& warning) {
        observe::warning(warning.percent < 100 ? "an account has nearly used up what it may spend"
                                               : "an account has used up what it may spend",
                         {{"account", warning.account},
                          {"what", warning.what},
                          {"used", to_price(warning.used)},
                          {"limit", to_price(warning.limit)},
                          {"currency", warning.currency}});
        // A day's cap is reached again tomorrow: that is told again.
        const std::string date = to_rfc3339(clock_.service_now()).substr(0, std::string_view("2026-01-02").size());
        health_->note(
            {.kind = alert::Kind::spend,
             .subject = fmt::format("{} {} {}% {}", warning.account, warning.what, warning.percent, date),
             .text = fmt::format("Account {} has used {} % of its {}: {} of {} {}.", warning.account, warning.percent,
                                 warning.what, to_price(warning.used), to_price(warning.limit), warning.currency)});
    });
    vault_ = std::make_unique<verification::Vault>(keyring_);
    api::Settings settings{.version = std::string(version)};
    settings.sandbox = sandbox;
    for (const auto& [name, value] : store_->opened().settings) api::restore_limits(settings, name, value);
    context_ = std::make_unique<api::Context>(
        api::Context{io_.get_executor(), readers_, *engine_, *store_, *dispatcher_, clock_, random_, *vault_, metrics_,
                     std::move(settings), [this](seconds by) { return advance(by); }, handset_->calls(), *speaker_,
                     [this](std::string url) { return media_->fetch(std::move(url)); },
                     [this] { return audit_.heads(); }, history_.get()});
    router_ = std::make_unique<api::Router>(*context_);
    handset_->calls().on_attended([this](const std::string& account, const std::string& number) {
        return router_->sandbox().attended(account, number);
    });
    handset_->calls().on_change([this](const std::string& account) { router_->sandbox().notify(account); });
    dispatcher_->on_reported([this](const std::string& account) { router_->sandbox().notify(account); });
    return apply(options.config);
}

Result<void> House::apply(const Config& config) {
    auto alerts = health_->prepare(config);
    if (!alerts) return tl::unexpected<Error>(alerts.error());
    auto routes = peers_->set(config.routes);
    if (!routes) return tl::unexpected<Error>(routes.error());
    health_->apply(config, std::move(*alerts));
    api::Settings& settings = context_->settings;
    settings.rate = config.rate;
    settings.burst = config.burst;
    settings.numbers = config.numbers;
    settings.rules = config.rules;
    settings.sandbox_rules = config.sandbox_rules;
    engine_->set_modes(api::modes_in_force(settings));
    settings.leaves_house = !config.routes.empty();
    handset_->calls().set_gate(config.voice.gate);
    media_->set_allow_private(config.voice.allow_private);
    call_policy_ = {.repeat = static_cast<unsigned>(config.voice.repeat), .gate = config.voice.gate};
    // Only a sandbox has phones of its own, for the channels without a route; elsewhere a message without one fails.
    for (const auto channel : {message::Channel::sms, message::Channel::tts}) {
        const auto has_channel = [channel](const RouteConfig& route) { return route.route.channel == channel; };
        if (!settings.sandbox || std::ranges::any_of(config.routes, has_channel)) continue;
        routes->push_back({routing::Route{.name = handset_route, .kind = "handset", .channel = channel}, *handset_});
    }
    dispatcher_->set_routes(std::move(*routes));
    return {};
}

Result<Peer> House::make_http_peer(const RouteConfig& config) {
    auto gateway = config.http.gateway();
    if (!gateway) return tl::unexpected<Error>(gateway.error());
    if (config.http.public_url.empty() && (*gateway)->takes_callback_url()) {
        observe::warning("this route gets no receipts: its gateway is not told where to send them (server.public_url)",
                         {{"route", config.route.name}});
    }
    auto channel = std::make_shared<channel::HttpSms>(
        channel::HttpSms::Parts{.executor = io_.get_executor(),
                                .clock = clock_,
                                .random = random_,
                                .metrics = metrics_,
                                .client = http_client_,
                                .callback_key = callback_key_,
                                .receipts =
                                    [this](channel::PeerReceipt receipt, std::function<void(bool)> done) {
                                        dispatcher_->peer_receipt(std::move(receipt), std::move(done));
                                    }},
        config.http.options(config.route.name), std::move(*gateway));
    return Peer{std::move(channel), [] {}};  // it connects when it has something to send
}

Result<Peer> House::make_trunk(const RouteConfig& config) {
    if (const auto good = check_trunk(config.sip); !good) return tl::unexpected<Error>(good.error());
    if (!agent_) agent_ = std::make_unique<sip::Agent>();
    const auto channel = std::make_shared<channel::SipCall>(
        channel::SipCall::Parts{
            .executor = io_.get_executor(),
            .clock = clock_,
            .metrics = metrics_,
            .speech = *speaker_,
            .lines = *agent_,
            .policy = call_policy_,
            .receipts = [this](const channel::DeliveryReceipt& receipt) { dispatcher_->receipt(receipt); }},
        config.sip);
    return Peer{channel, [raw = channel.get()] { raw->start(); }};
}

Result<Peer> House::make_peer(const RouteConfig& config) {
    if (config.route.kind == "http") return make_http_peer(config);
    if (config.route.kind == "sip") return make_trunk(config);
    auto made = channel::SmppSms::create({.executor = io_.get_executor(),
                                          .clock = clock_,
                                          .random = random_,
                                          .metrics = metrics_,
                                          .receipts =
                                              [this](channel::PeerReceipt receipt, std::function<void(bool)> done) {
                                                  dispatcher_->peer_receipt(std::move(receipt), std::move(done));
                                              },
                                          .inbound =
                                              [this](channel::InboundMessage message, std::function<void(bool)> done) {
                                                  dispatcher_->inbox().take(std::move(message), std::move(done));
                                              }},
                                         smpp_options(config));
    if (!made) return tl::unexpected<Error>(made.error());
    std::shared_ptr<channel::SmppSms> channel = std::move(*made);
    return Peer{channel, [raw = channel.get()] { raw->start(); }};
}

House::~House() {
    if (engine_) engine_->stop();
    readers_.join();
}

void House::start_routes() {
    peers_->start();
    speaker_->look();
}

http::Response House::ask_control(const http::Request& request) {
    http::Response answer;
    auto work = asio::make_work_guard(io_);  // a handler that waits for the engine is no work of the io_context's own
    asio::co_spawn(io_, router_->handle_control(request),
                   [&answer, &work](const std::exception_ptr& error, http::Response got) {
                       if (!error) answer = std::move(got);
                       work.reset();
                   });
    io_.run();
    io_.restart();
    return answer;
}

Result<void> House::note(store::AuditNote note) {
    Result<void> answer;
    auto work = asio::make_work_guard(io_);
    engine::Note command{.note = std::move(note), .reply = [&](const Result<engine::Note::Answer>& told) {
                             if (!told) answer = tl::unexpected<Error>(told.error());
                             work.reset();
                         }};
    engine_->submit(std::move(command));
    io_.run();
    io_.restart();
    return answer;
}

asio::awaitable<void> House::stop() {
    stopping_ = true;
    co_await dispatcher_->stop(clock_.steady_now() + dispatch::answer_max);
    co_await handset_->stop();
    co_await peers_->stop();
    co_await health_->stop();
    http_client_.stop();
    // The last calls have told what became of them: that must be durable, too.
    (void)co_await dispatcher_->wait_settled(clock_.steady_now() + dispatch::answer_max);
    if (agent_) agent_->stop();
    co_await speaker_->stop();
    engine_->stop();
}

void House::count_frames() {
    if (!agent_) return;
    const sip::Media::Stats now = agent_->media();
    metrics_.count("roger_call_frames_total", {}, static_cast<double>(now.frames - frames_.frames));
    metrics_.count("roger_call_frames_late_total", {}, static_cast<double>(now.late - frames_.late));
    frames_ = now;
}

asio::awaitable<void> House::keep_watch() {
    asio::steady_timer timer(io_);
    boost::system::error_code ignored;
    SteadyTime next_tick = clock_.steady_now();
    while (!stopping_) {
        if (!moving_) handset_->run_due();
        if (clock_.steady_now() >= next_tick) {
            next_tick = clock_.steady_now() + page_tick;
            router_->tick();
        }
        dispatcher_->look_at_routes();
        count_frames();
        health_->look();
        timer.expires_after(handset_look);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<Result<TimePoint>> House::advance(seconds by) {
    if (moving_) co_return fail(Errc::conflict, "the clock is being moved by another call; try again when it is done");
    moving_ = true;
    // It stands still from here on: what is asked for in the meantime must not be later than what comes next.
    const TimePoint now = clock_.service_now();
    clock_.freeze(now);
    const TimePoint target = now + by;
    // First of all durable: after a crash in the middle, service time must not be earlier than rows that have moved on.
    engine::SaveSetting save{.name = "clock_offset_ms", .value = std::to_string(clock_.offset_for(target).count())};
    auto moved = Result<void>{};
    const auto saved = co_await api::ask(*engine_, std::move(save));
    if (saved) {
        moved = co_await move_to(target);
    } else {
        moved = tl::unexpected<Error>(saved.error());
    }
    clock_.set_offset(clock_.offset_for(saved ? target : now));
    engine_->clock_moved();
    moving_ = false;
    if (!moved) co_return tl::unexpected<Error>(moved.error());
    co_return clock_.service_now();
}

/// From due time to due time, each carried out before the next.
asio::awaitable<Result<void>> House::move_to(TimePoint target) {
    int standstill = 0;
    while (true) {
        const TimePoint now = clock_.service_now();
        handset_->run_due();
        auto tick = co_await api::ask(*engine_, engine::Tick{});
        if (!tick) co_return tl::unexpected<Error>(tick.error());
        if (!dispatcher_->idle()) {
            (void)co_await dispatcher_->wait_settled(clock_.steady_now() + settle_max);
            tick = co_await api::ask(*engine_, engine::Tick{});
            if (!tick) co_return tl::unexpected<Error>(tick.error());
        }
        auto next = tick->next_due;
        if (const auto receipt = handset_->next_due(); receipt && (!next || *receipt < *next)) next = receipt;
        if (dispatcher_->idle() && (!next || *next > target)) co_return Result<void>{};
        if (next && *next > now && *next <= target && dispatcher_->idle()) {
            clock_.freeze(*next);
            standstill = 0;
        } else if (++standstill > standstill_max) {
            co_return fail(Errc::unavailable, "the clock stopped short: something due does not go away");
        }
    }
}

}  // namespace roger::app
