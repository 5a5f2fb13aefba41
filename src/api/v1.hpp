// Verify v1: HTTP to commands and back. What each call does is decided in the order of its judgements.
#pragma once
#include <string_view>
#include <variant>

#include "api/context.hpp"
#include "api/gate.hpp"
#include "api/v1_answer.hpp"
#include "guard/end_users.hpp"
#include "http/parameters.hpp"

namespace roger::api::v1 {

class Api {
public:
    /// @param context  outlives the API
    Api(Context& context, const verification::Keyring& keyring) : context_(context), hasher_(keyring) {}

    /// A path below /verify.
    /// @param account  whose call it is, when that is known by other means than credentials in the request
    [[nodiscard]] boost::asio::awaitable<http::Response> handle(
        const http::Request& request, std::shared_ptr<const account::Account> account = nullptr);

    /// The account whose credentials these are; nullptr when they are wrong, unknown or disabled. Without a secret the
    /// parameters must be signed.
    [[nodiscard]] std::shared_ptr<const account::Account> find_account(const Credentials& credentials,
                                                                       const http::Parameters& parameters);
    /// Whether the account may be used from there.
    [[nodiscard]] static bool may_come_from(const account::Account& account, const std::string& address);
    /// The account's rate on one of its endpoints. @return the whole seconds to wait; nullopt when this call may go on
    [[nodiscard]] std::optional<unsigned> over_rate(const account::Account& account, std::string_view endpoint);
    /// After wrong credentials: counts them, and waits when that address has sent many.
    [[nodiscard]] boost::asio::awaitable<void> note_wrong(const http::Request& request);

private:
    struct Asked {
        const http::Request& request;
        const http::Parameters& parameters;
        std::shared_ptr<const account::Account> account;
        Call call;
    };
    struct Form {
        Call call;
        Format format;
    };
    [[nodiscard]] boost::asio::awaitable<http::Response> judge(const http::Request& request,
                                                               std::shared_ptr<const account::Account> account,
                                                               Call call,
                                                               Format format);
    /// @return the account; else what is answered
    [[nodiscard]] boost::asio::awaitable<std::variant<std::shared_ptr<const account::Account>, Answer>> let_in(
        const http::Request& request, const http::Parameters& parameters, Call call);
    [[nodiscard]] boost::asio::awaitable<Answer> start(Asked asked);
    /// What a start's parameters allow, the house may still refuse.
    [[nodiscard]] boost::asio::awaitable<Answer> begin(const Asked& asked, engine::Start command);
    /// Before the engine: whether this end user has had enough, if the client says whom the start is for.
    void judge_end_user(const std::string& source, engine::Start& command, guard::Reason& observed);
    [[nodiscard]] boost::asio::awaitable<Answer> check(Asked asked);
    [[nodiscard]] boost::asio::awaitable<Answer> control(Asked asked);
    [[nodiscard]] boost::asio::awaitable<http::Response> search(Asked asked, Format format);
    [[nodiscard]] boost::asio::awaitable<Result<std::optional<Found>>> find(std::string id,
                                                                            const account::Account& account);
    [[nodiscard]] Found view(const verification::Request& row);
    /// Every answer but a found one leaves here.
    /// @param account  that asked; "" when it is not known
    /// @param http_status  other than 200 where the transport itself is broken
    [[nodiscard]] http::Response finish(const Answer& answer,
                                        Form form,
                                        std::string_view account,
                                        unsigned http_status = 200);
    /// The one place that every refusal passes.
    void note_refused(const Refused& refused);
    void count(Call call, int status);

    Context& context_;
    SecretHasher hasher_;
    RateLimiter limiter_;
    WrongCredentials wrong_;
    guard::EndUsers end_users_;
};

/// The answer to broken transport (not HTTP, too large, late).
/// @param path  as far as it was read
/// @return nullopt when it is not below /verify/
[[nodiscard]] std::optional<http::Response> answer_broken(std::string_view path, unsigned status);

}  // namespace roger::api::v1
