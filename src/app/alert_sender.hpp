// Tells operators: hands each notice to a program, a URL and a mailbox, whichever are configured, each in its own time.
//
//   tell() ─┬▶ queue ─▶ program: JSON on standard input            a try has 10 s (a mail 30), and
//           ├▶ queue ─▶ url: JSON posted, signed                   there are three; then the log says it
//           └▶ queue ─▶ mailbox: a mail over [email]
//
// Nothing waits for any of them. Everything runs on one executor.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "alert/alerts.hpp"
#include "app/alert_config.hpp"
#include "base/random.hpp"
#include "http/client.hpp"

namespace roger::app {

class AlertSender {
public:
    static constexpr std::size_t queue_max = 100;  ///< notices that wait for one way; the oldest go
    static constexpr seconds try_max{10};
    static constexpr seconds stop_max{3};

    struct Parts {
        boost::asio::any_io_executor executor;
        http::Client& client;
        const Clock& clock;
        Random& random;
    };
    /// The parts outlive the sender, and what it has under way.
    /// @return invalid_argument with a sentence: a mail's password or files that cannot be read
    [[nodiscard]] static Result<std::unique_ptr<AlertSender>> create(const Parts& parts,
                                                                     const AlertConfig& config,
                                                                     const EmailConfig& mail);
    ~AlertSender();

    /// Returns at once.
    void tell(const alert::Notice& notice);

    struct Told {
        std::string way;  ///< "the program /usr/bin/page", "https://…", "ops@example.com": for people
        Result<void> result;
    };
    /// Tries every way once. For `roger alert test`.
    [[nodiscard]] boost::asio::awaitable<std::vector<Told>> tell_now(alert::Notice notice);

    /// Ends what is under way, and drops what waits.
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    struct State;
    explicit AlertSender(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;  // with its coroutines
};

}  // namespace roger::app
