// Looks after the running house: what is wrong with routes, disk, store and certificates goes to alert/, and what is to
// be told to the operator goes to the sender. On the io thread; nothing here waits.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alert/alerts.hpp"
#include "alert/silence.hpp"
#include "app/alert_sender.hpp"
#include "app/certificate.hpp"
#include "app/config.hpp"
#include "dispatch/dispatcher.hpp"
#include "engine/engine.hpp"

namespace roger::app {

class HealthWatch {
public:
    static constexpr seconds disk_every{10};

    struct Parts {
        AlertSender::Parts sending;
        dispatch::Dispatcher& dispatcher;
        const engine::Engine& engine;
        std::string data;  ///< the data directory
    };
    /// The parts outlive the watch.
    explicit HealthWatch(Parts parts);

    /// Who would be told. @return nullptr when that does not change; invalid_argument with a sentence
    [[nodiscard]] Result<std::unique_ptr<AlertSender>> prepare(const Config& config) const;
    /// Takes the configuration over, with what prepare() made of it.
    void apply(const Config& config, std::unique_ptr<AlertSender> sender);

    /// To be called often.
    void look();
    /// What happened once, and is over: a cap that was reached.
    void note(alert::Condition happened);
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    void look_at_routes(SteadyTime now);
    void look_at_disk(SteadyTime now);
    void look_at_certificates(SteadyTime now);

    Parts parts_;
    alert::Alerts alerts_;
    std::unique_ptr<AlertSender> sender_;
    AlertConfig config_;
    EmailConfig mail_;
    std::vector<Certificate> certificates_;         ///< as they were loaded
    std::map<std::string, alert::Silence> routes_;  ///< by name
    SteadyTime next_disk_{};
    bool disk_is_short_ = false;
};

}  // namespace roger::app
