#include "app/serve.hpp"

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/accounts.hpp"
#include "app/exit_code.hpp"
#include "app/house.hpp"
#include "app/live_config.hpp"
#include "app/service_manager.hpp"
#include "http/server.hpp"
#include "observe/log.hpp"

namespace roger::app {
namespace {

namespace asio = boost::asio;

constexpr std::size_t live_secret_min = 16;
constexpr seconds drain_max{5};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// ROGER_BOOTSTRAP_*: an account that the surroundings dictate at every start.
struct Bootstrap {
    std::string key = environment("ROGER_BOOTSTRAP_KEY");
    std::string secret = environment("ROGER_BOOTSTRAP_SECRET");
    std::string signature_secret = environment("ROGER_BOOTSTRAP_SIGNATURE_SECRET");
    std::string signature_method = environment("ROGER_BOOTSTRAP_SIGNATURE_METHOD");
    std::string rate = environment("ROGER_BOOTSTRAP_RATE");
};

constexpr const char* admin_token_name = "ROGER_ADMIN_TOKEN";

/// A token that the surroundings dictate. In a sandbox it may be short.
Result<Secret> read_admin_token(bool sandbox) {
    Secret token(environment(admin_token_name));
    if (!token.empty() && !sandbox && token.reveal().size() < live_secret_min) {
        return fail(Errc::blocked, "ROGER_ADMIN_TOKEN has fewer than 16 characters; only a sandbox takes that");
    }
    return token;
}

Result<void> check(const Bootstrap& bootstrap, bool sandbox) {
    if (bootstrap.key.empty() && bootstrap.secret.empty()) return {};
    if (!account::is_account_key(bootstrap.key)) {
        return fail(Errc::blocked, "ROGER_BOOTSTRAP_KEY is 1 to 32 letters, digits, '_' or '-'");
    }
    if (bootstrap.secret.empty()) return fail(Errc::blocked, "ROGER_BOOTSTRAP_KEY needs ROGER_BOOTSTRAP_SECRET");
    if (!sandbox && bootstrap.secret.size() < live_secret_min) {
        return fail(Errc::blocked, "ROGER_BOOTSTRAP_SECRET has fewer than 16 characters; only a sandbox takes that");
    }
    if (!bootstrap.signature_method.empty() && !account::parse_signature_method(bootstrap.signature_method)) {
        return fail(Errc::blocked, "ROGER_BOOTSTRAP_SIGNATURE_METHOD is md5hash, md5, sha1, sha256 or sha512");
    }
    if (!bootstrap.rate.empty() && !parse_price(bootstrap.rate)) {
        return fail(Errc::blocked, "ROGER_BOOTSTRAP_RATE is a number of requests a second, 0 for no limit");
    }
    return {};
}

account::Account with_bootstrap(account::Account account, const Bootstrap& bootstrap, House& house) {
    auto& context = house.context();
    const auto& keyring = context.vault.keyring();
    account.pin_code = true;
    account.lenient_cancel = account.six_digits = account.demo = account.disabled = false;
    const auto rate = parse_price(bootstrap.rate.empty() ? "30" : bootstrap.rate)->value;
    account.rate = account.burst = static_cast<double>(rate) / 1e6;
    if (!api::SecretHasher(keyring).matches(account, bootstrap.secret)) {
        account.secret_hashes.clear();  // what the surroundings say replaces what they said before
        api::add_secret(account, bootstrap.secret, keyring);
    }
    const bool same = account.signature_kid == keyring.active() &&
                      api::open_signature_secret(account, keyring).reveal() == bootstrap.signature_secret;
    if (!bootstrap.signature_secret.empty() && !same) {
        api::set_signature_secret(account, bootstrap.signature_secret, keyring, context.random);
    }
    if (const auto method = account::parse_signature_method(bootstrap.signature_method))
        account.signature_method = *method;
    return account;
}

/// For the audit log: what the server does by itself, or because its environment says so.
store::AuditNote made_by_server(std::string action, std::string target) {
    return {.who = "server", .from = "", .action = std::move(action), .target = std::move(target), .detail = ""};
}

/// "127.0.0.1:0" with the port that was really bound.
std::string shown_address(const std::string& listen, std::uint16_t port) {
    return fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), port);
}

class Doors {
public:
    Doors(const LiveConfig& live, const std::function<Result<Config>()>& reread, House& house)
        : live_(live), config_(live.config), reread_(reread), house_(house) {}

    Result<void> open();
    int run();

private:
    asio::awaitable<Result<void>> prepare();
    asio::awaitable<Result<void>> make_first_account();
    asio::awaitable<void> live();
    asio::awaitable<void> close();
    asio::awaitable<void> keep_alive();
    void reload();
    void notify(std::string_view state) const;
    void warn_of_routes() const;
    /// "https://127.0.0.1:8080", with the port that was really bound.
    [[nodiscard]] std::string public_url() const;
    void tell(const std::string& line) const {
        std::fputs((line + "\n").c_str(), stdout);
        std::fflush(stdout);
    }

    const LiveConfig& live_;
    const Config& config_;  ///< what the process started with
    const std::function<Result<Config>()>& reread_;
    House& house_;
    Bootstrap bootstrap_;
    ServiceManager manager_;
    std::unique_ptr<http::Server> public_;
    std::unique_ptr<http::Server> admin_;
    std::unique_ptr<http::Server> control_;
    bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
    int exit_code_ = done;
};

Result<void> Doors::open() {
    auto& router = house_.router();
    const auto bind = [&](http::Options options, http::Handler handler) {
        options.broken = [&router](std::string_view path, http::Response& response) { router.broken(path, response); };
        return http::Server::bind(house_.io().get_executor(), std::move(options), std::move(handler));
    };
    house_.context().settings.https = live_.tls != nullptr;
    http::Options options{.listen = config_.listen, .tls = live_.tls, .trusted_proxies = live_.trusted_proxies};
    auto bound = bind(options, [&router](const http::Request& request) { return router.handle_public(request); });
    if (!bound) return tl::unexpected<Error>(bound.error());
    public_ = std::move(*bound);
    options = {.listen = config_.admin_listen};
    bound = bind(options, [&router](const http::Request& request) { return router.handle_admin(request); });
    if (!bound) return tl::unexpected<Error>(bound.error());
    admin_ = std::move(*bound);
    options = {.listen = "unix:" + house_.data().file("control.sock")};
    bound = bind(options, [&router](const http::Request& request) { return router.handle_control(request); });
    if (!bound) return tl::unexpected<Error>(bound.error());
    control_ = std::move(*bound);
    house_.context().settings.admin_url = "http://" + shown_address(config_.admin_listen, admin_->port());
    auto token = read_admin_token(house_.sandbox());
    if (!token) return tl::unexpected<Error>(token.error());
    house_.context().settings.admin_token = std::move(*token);
    return check(bootstrap_, house_.sandbox());
}

void warn_if_expired(const LiveConfig& live) {
    if (live.tls && live.tls->expired()) {
        observe::warning("the certificate has expired: clients will refuse it", {{"file", live.config.tls_cert}});
    }
}

std::string Doors::public_url() const {
    return (live_.tls ? "https://" : "http://") + shown_address(config_.listen, public_->port());
}

/// Where messages go, when that is not what one would expect of a data directory of that kind.
void Doors::warn_of_routes() const {
    const bool routes = house_.context().settings.leaves_house;
    if (!routes && !house_.sandbox()) {
        observe::warning("this data directory is live and no route is configured: starts answer 15");
    } else if (routes && house_.sandbox()) {
        observe::warning(
            "this data directory is a sandbox, but messages leave this machine over the configured routes");
    }
}

asio::awaitable<Result<void>> Doors::make_first_account() {
    auto& context = house_.context();
    const std::string key = api::make_account_key(context.random);
    const api::FreshSecrets secrets = api::make_secrets(context.random);
    account::Account fresh{.key = key, .pin_code = true};
    fresh.created = context.clock.wall_now();
    api::add_secret(fresh, secrets.secret.reveal(), context.vault.keyring());
    api::set_signature_secret(fresh, secrets.signature_secret.reveal(), context.vault.keyring(), context.random);
    const std::string lines = fmt::format("key: {}\nsecret: {}\n", key, secrets.secret.reveal());
    if (!terminal_) {
        // Before the account exists, so that a crash in between cannot leave an account that nobody can use.
        const std::string path = house_.data().file("first-account");
        if (auto written = write_private_file(path, lines, 0600); !written) co_return written;
        observe::info("made the first account; its key and secret are in a file", {{"file", path}});
    }
    engine::ChangeAccount command{
        .key = key,
        .change = [fresh](const account::Account*) -> Result<account::Account> { return fresh; },
        .reply = {},
        .note = made_by_server("account.create", key)};
    const auto made = co_await api::ask(context.engine, std::move(command));
    if (!made) co_return tl::unexpected<Error>(made.error());
    if (terminal_) {
        tell("The first account, shown this once:\n" + lines);
        tell(fmt::format("Try it:\n  curl -u {}:{} {}/verify/json -d number=447700900000 -d brand=Acme\n", key,
                         secrets.secret.reveal(), public_url()));
    }
    context.settings.operator_account = key;
    co_return Result<void>{};
}

asio::awaitable<Result<void>> Doors::prepare() {
    auto& context = house_.context();
    if (!bootstrap_.key.empty()) {
        context.settings.operator_account = bootstrap_.key;
        // As it was at the last start: then a full disk does not keep the server from starting.
        const auto book = context.engine.accounts();
        const auto known = book->find(bootstrap_.key);
        if (known != book->end() && with_bootstrap(*known->second, bootstrap_, house_) == *known->second) {
            co_return Result<void>{};
        }
        engine::ChangeAccount command{.key = bootstrap_.key,
                                      .change = [this](const account::Account* current) -> Result<account::Account> {
                                          account::Account account{.key = bootstrap_.key};
                                          account.created = house_.context().clock.wall_now();
                                          return with_bootstrap(current == nullptr ? std::move(account) : *current,
                                                                bootstrap_, house_);
                                      },
                                      .reply = {},
                                      .note = made_by_server("account.update", bootstrap_.key)};
        const auto made = co_await api::ask(context.engine, std::move(command));
        if (!made) co_return tl::unexpected<Error>(made.error());
        co_return Result<void>{};
    }
    const auto book = context.engine.accounts();
    if (book->empty()) co_return co_await make_first_account();
    const account::Account* oldest = nullptr;
    for (const auto& [key, account] : *book) {
        if (oldest == nullptr || account->created < oldest->created) oldest = account.get();
    }
    context.settings.operator_account = oldest->key;
    co_return Result<void>{};
}

asio::awaitable<void> Doors::live() {
    if (const auto prepared = co_await prepare(); !prepared) {
        observe::error("cannot start", {{"error", prepared.error().detail}});
        exit_code_ = refused;
        co_await house_.stop();
        co_return;
    }
    warn_if_expired(live_);
    house_.start_routes();
    public_->start();
    admin_->start();
    control_->start();
    house_.router().set_readiness(api::Readiness::ready);
    const std::string url = public_url();
    tell("admin on " + house_.context().settings.admin_url);
    if (terminal_) {
        const std::string token = house_.router().door().make_setup_token();
        if (!token.empty())
            tell(fmt::format("first user (opens once): {}/setup#{}", house_.context().settings.admin_url, token));
    }
    if (terminal_ && house_.sandbox()) {
        const std::string token = house_.router().sandbox().make_once_token(house_.context().settings.operator_account);
        tell(fmt::format("handset (opens once): {}/handset?once={}", url, token));
    }
    tell("listening on " + url);
    observe::info("server started", {{"listen", url}, {"data", config_.data}, {"sandbox", house_.sandbox()}});
    warn_of_routes();
    notify("READY=1\nSTATUS=listening on " + url);
}

void Doors::notify(std::string_view state) const {
    if (const auto told = manager_.tell(state); !told) {
        observe::warning("the service manager does not listen", {{"error", told.error().detail}});
    }
}

/// A thread that hangs, this one or the one that commits, keeps the manager's watchdog waiting.
asio::awaitable<void> Doors::keep_alive() {
    const auto every = manager_.ping_every();
    if (!every) co_return;
    asio::steady_timer timer(house_.io());
    while (true) {
        if (co_await api::ask(house_.context().engine, engine::Tick{})) notify("WATCHDOG=1");
        timer.expires_after(*every);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> Doors::close() {
    notify("STOPPING=1");
    observe::info("server stopping");
    house_.router().set_readiness(api::Readiness::stopping);
    house_.router().stop();
    const SteadyTime deadline = house_.context().clock.steady_now() + drain_max;
    co_await public_->stop(deadline);
    co_await control_->stop(deadline);
    co_await house_.stop();
    co_await admin_->stop(house_.context().clock.steady_now());
    observe::info("server stopped");
    house_.io().stop();  // whatever still sleeps has nobody left to answer
}

/// SIGHUP: all that was read takes effect, or nothing.
void Doors::reload() {
    auto fresh = reread_().and_then(load_live);
    if (!fresh) {
        observe::error("the configuration was not reloaded, nothing changed", {{"error", fresh.error().detail}});
        return;
    }
    if (auto applied = house_.apply(fresh->config); !applied) {
        observe::error("the configuration was not reloaded, nothing changed", {{"error", applied.error().detail}});
        return;
    }
    for (const std::string& key : keys_for_restart(config_, fresh->config)) {
        observe::warning("this change takes effect at the next start", {{"key", key}});
    }
    public_->set_trusted_proxies(std::move(fresh->trusted_proxies));
    if (live_.tls && fresh->tls) public_->set_tls(fresh->tls);
    warn_if_expired(*fresh);
    warn_of_routes();
    observe::info("configuration reloaded");
}

int Doors::run() {
    auto& io = house_.io();
    asio::signal_set signals(io, SIGTERM, SIGINT);
    asio::signal_set hangups(io, SIGHUP);
    const auto report = [this](const char* what) {
        return [this, what](const std::exception_ptr& error) {
            if (!error) return;
            observe::error("an internal failure", {{"in", what}});
            exit_code_ = refused;
            house_.io().stop();
        };
    };
    std::function<void(const boost::system::error_code&, int)> on_hangup = [&](const boost::system::error_code& error,
                                                                               int) {
        if (error) return;
        reload();
        hangups.async_wait(on_hangup);
    };
    hangups.async_wait(on_hangup);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (error) return;
        hangups.cancel();
        // A second signal ends the process at once: the crash path is safe.
        signals.clear();
        std::signal(SIGTERM, SIG_DFL);
        std::signal(SIGINT, SIG_DFL);
        asio::co_spawn(io, close(), report("stop"));
    });
    asio::co_spawn(io, house_.keep_watch(), report("watch"));
    asio::co_spawn(io, house_.keep_retention(), report("retention"));
    asio::co_spawn(io, live(), [&, failed = report("start")](const std::exception_ptr& error) {
        failed(error);
        if (exit_code_ == done) {
            asio::co_spawn(io, keep_alive(), report("watchdog"));
            return;
        }
        signals.cancel();
        hangups.cancel();
    });
    io.run();
    return exit_code_;
}

}  // namespace

int serve(const Config& config, const std::string& keys_file, const std::function<Result<Config>()>& reread) {
    const auto live = load_live(config);
    if (!live) {
        std::fprintf(stderr, "roger: %s\n", live.error().detail.c_str());
        return wrong_setup;
    }
    const std::uint64_t descriptors = raise_descriptor_limit();
    if (descriptors < http::Limits{}.connections_max) {
        observe::warning("this user may open few files, so that there is room for fewer connections",
                         {{"files", descriptors}});
    }
    // With the passwords, which stand in files of their own.
    auto house = House::open({.config = live->config, .keys_file = keys_file});
    if (!house) {
        std::fprintf(stderr, "roger: %s\n", house.error().detail.c_str());
        return house.error().code == Errc::blocked ? wrong_setup : refused;
    }
    Doors doors(*live, reread, **house);
    if (auto opened = doors.open(); !opened) {
        std::fprintf(stderr, "roger: %s\n", opened.error().detail.c_str());
        return opened.error().code == Errc::blocked || opened.error().code == Errc::invalid_argument ? wrong_setup
                                                                                                     : refused;
    }
    return doors.run();
}

}  // namespace roger::app
