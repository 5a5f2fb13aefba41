// The whole house but its doors: store, engine, dispatch and handlers, wired together over one io_context.
// The server opens its doors on it; the command line uses it without doors when no server runs.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/router.hpp"
#include "app/audit_record.hpp"
#include "app/config.hpp"
#include "app/data_directory.hpp"
#include "app/health_watch.hpp"
#include "app/media_library.hpp"
#include "app/peers.hpp"
#include "app/system.hpp"
#include "channel/handset.hpp"
#include "http/client.hpp"
#include "voice/speaker.hpp"

namespace roger::app {

struct HouseOptions {
    Config config;
    std::string keys_file;               ///< "" = DATA/keys
    std::optional<bool> create_sandbox;  ///< what a data directory made now becomes; none: one without routes is one
    bool timers = true;                  ///< false for commands beside a stopped server: no event may be carried out
};

class House {
public:
    /// Everything open, the engine's thread running, nothing listening.
    /// @return a sentence for the operator. blocked: wrong keys or configuration (exit 78); conflict: in use
    [[nodiscard]] static Result<std::unique_ptr<House>> open(const HouseOptions& options);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] api::Router& router() noexcept { return *router_; }
    [[nodiscard]] api::Context& context() noexcept { return *context_; }
    [[nodiscard]] const DataDirectory& data() const noexcept { return data_; }
    [[nodiscard]] bool sandbox() const noexcept { return context_->settings.sandbox; }

    /// Takes over limits, number rules, routes and alerts, from the next request on. Runs on io().
    /// @return a sentence when a route's files cannot be used; then nothing has changed
    [[nodiscard]] Result<void> apply(const Config& config);
    /// Reaches for the routes' peers from now on. Runs on io().
    void start_routes();
    /// Answers one request of the operator's without a socket. Not while io() runs.
    [[nodiscard]] http::Response ask_control(const http::Request& request);
    /// Adds to the audit log what was done beside the server. Not while io() runs.
    [[nodiscard]] Result<void> note(store::AuditNote note);
    /// No new handovers, then the end of the engine's thread. Runs on io().
    [[nodiscard]] boost::asio::awaitable<void> stop();
    /// Delivers the handset's receipts when they are due, notes which routes are up, and has the operator told of what
    /// is wrong, until stop().
    [[nodiscard]] boost::asio::awaitable<void> keep_watch();
    /// Blanks requests whose retention has ended, a few at a time, until stop().
    [[nodiscard]] boost::asio::awaitable<void> keep_retention();

private:
    House(DataDirectory data, verification::Keyring keyring)
        : data_(std::move(data)), keyring_(std::move(keyring)), audit_(data_.file("audit-head"), keyring_.id_key()) {}
    [[nodiscard]] Result<void> wire(const HouseOptions& options, bool sandbox);
    void open_history();
    void make_engine(bool timers);
    void resume_handset();
    void forget_media() const;
    [[nodiscard]] Result<Peer> make_peer(const RouteConfig& config);
    [[nodiscard]] Result<Peer> make_http_peer(const RouteConfig& config);
    [[nodiscard]] Result<Peer> make_trunk(const RouteConfig& config);
    void count_frames();
    [[nodiscard]] boost::asio::awaitable<std::size_t> blank_some(const std::string& account, std::uint32_t days);
    [[nodiscard]] boost::asio::awaitable<Result<TimePoint>> advance(seconds by);
    [[nodiscard]] boost::asio::awaitable<Result<void>> move_to(TimePoint target);

    DataDirectory data_;
    verification::Keyring keyring_;
    AuditRecord audit_;
    SystemClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
    boost::asio::io_context io_{1};
    http::Client http_client_{{.executor = io_.get_executor(), .clock = clock_}};
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<history::History> history_;  ///< none beside a stopped server
    boost::asio::thread_pool readers_{2};
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<channel::Handset> handset_;
    std::unique_ptr<voice::Speaker> speaker_;
    MediaLibrary* media_ = nullptr;  ///< the speaker's
    channel::CallPolicy call_policy_;
    std::unique_ptr<sip::Agent> agent_;  ///< once a trunk is configured
    sip::Media::Stats frames_;           ///< as they were counted last
    std::unique_ptr<Peers> peers_;
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
    std::unique_ptr<HealthWatch> health_;
    std::unique_ptr<verification::Vault> vault_;
    Key32 callback_key_{};  ///< seals the references in callbacks' URLs; of the first master key, so the same for ever
    std::unique_ptr<api::Context> context_;
    std::unique_ptr<api::Router> router_;
    bool moving_ = false;
    bool stopping_ = false;
};

}  // namespace roger::app
