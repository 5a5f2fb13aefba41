// Asks other servers over HTTP and HTTPS, many at a time on one thread: libcurl's multi interface on an executor.
//
//   http::Client client({.executor = io.get_executor(), .clock = clock});
//   auto answer = co_await client.ask({.url = "https://api.example.com/sms", .body = "…"}, deadline);
//
// Every call ends by its deadline, and says whether the request may have reached its peer: a message must not be sent
// twice because an answer was lost. So a request is never repeated, not even when a kept connection turns out to be
// dead, and redirects are not followed. Certificates are checked. Proxies in the environment are not used: then the
// address guard would see only theirs. Everything runs on one executor, whose context one thread runs.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/time.hpp"

namespace roger::http {

constexpr seconds connect_max{3};
constexpr std::size_t answer_headers_bytes_max = 32U << 10U;

struct ClientCall {
    std::string method = "POST";       ///< without a body when "GET"
    std::string url;                   ///< http or https
    std::vector<std::string> headers;  ///< "Name: value", without CR and LF
    std::string body;
    bool allow_private = false;  ///< else only addresses of the public Internet are connected to (public_address.hpp)
    std::string ca_file;         ///< PEM of the authorities to believe; "": $SSL_CERT_FILE, or the system's
    std::size_t answer_bytes_max = 64U << 10U;
};

struct ClientAnswer {
    unsigned status = 0;
    std::string body;
    std::optional<seconds> retry_after;  ///< header Retry-After, a date too; ≥ 1 s
};

class Client {
public:
    struct Parts {
        boost::asio::any_io_executor executor;
        const Clock& clock;  ///< whose steady time goes as the machine's; outlives the client
    };
    explicit Client(Parts parts);
    /// @pre nothing is under way, or the executor's context runs no more
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// @return the answer, whatever its status;
    ///         unavailable  nothing was sent: no address, none that may be reached, no connection, a bad certificate
    ///         timed_out    the request, or a part of it, was sent and no whole answer came: it may have its effect
    /// The detail names neither URL nor body.
    [[nodiscard]] boost::asio::awaitable<Result<ClientAnswer>> ask(ClientCall call, SteadyTime deadline);
    [[nodiscard]] std::size_t under_way() const noexcept;
    /// Ends what is under way as if its deadline had come, and refuses what comes.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace roger::http
