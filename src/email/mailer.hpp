// Hands e-mails to one SMTP server (RFC 5321), by libcurl: STARTTLS or TLS with the certificate checked, AUTH, a
// connection for each mail: they are few. On a thread of its own, for libcurl waits for some of a server's answers
// while it blocks; answers come back on the caller's executor.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

namespace roger::email {

constexpr seconds connect_max{5};
constexpr seconds send_max{30};  ///< of one mail, connecting included

enum class Tls : std::uint8_t {
    starttls,  ///< nothing is said before it, and without it nothing is sent (port 587)
    tls,       ///< from the first byte (port 465)
    off,       ///< for a server on this machine
};

struct MailerOptions {
    std::string server;  ///< "HOST:PORT"
    Tls tls = Tls::starttls;
    std::string user;  ///< "": no AUTH
    Secret password;
    std::string ca_file;  ///< PEM of the authorities to believe; "": the system's
};

/// One mail for one recipient. Addresses as is_address() knows them.
struct Envelope {
    std::string sender;  ///< where bounces go
    std::string recipient;
    std::string message;  ///< as compose() makes it
};

class Mailer {
public:
    Mailer(boost::asio::any_io_executor executor, MailerOptions options);
    ~Mailer();  ///< stop(), and waits until it has

    Mailer(const Mailer&) = delete;
    Mailer& operator=(const Mailer&) = delete;

    /// One after the other, in order.
    /// @return blocked       refused for good (5yz)
    ///         rate_limited  refused for now (4yz): try again later
    ///         unavailable   nothing was sent: not reached, no TLS, a bad certificate, credentials refused
    ///         timed_out     sent, and no answer: the mail may be on its way
    [[nodiscard]] boost::asio::awaitable<Result<void>> send(Envelope envelope);
    /// Ends the mail under way within a second or so, as timed_out or unavailable, and refuses what comes.
    void stop() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace roger::email
