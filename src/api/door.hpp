// The operator's door on the admin port: who comes in, by a token or by signing in; and who may.
//
//   POST|GET|DELETE /admin/v1/session   sign in, who am I, sign out
//   GET|POST        /admin/v1/setup     the first user, by the one-time link; POST /setup/link makes one (control
//   socket) …               /admin/v1/tokens, /users (api/admin_staff.cpp)
//
// Everything on the io thread, but for the hashing of passwords, on two threads of its own.
#pragma once
#include <functional>
#include <set>
#include <variant>

#include <boost/asio/thread_pool.hpp>

#include "api/context.hpp"
#include "api/sessions.hpp"
#include "api/staff.hpp"
#include "http/message.hpp"

namespace roger::api {

class Door {
public:
    static constexpr std::size_t hashes_at_once = 2;  ///< each takes 256 MiB
    static constexpr std::size_t hashes_waiting_max = 8;
    static constexpr std::chrono::hours setup_life{1};

    /// @param context  outlives it
    explicit Door(Context& context);
    ~Door() { hashers_.join(); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// Who asks on the admin port, or the answer that refuses them: 401 without a good token or session, 403 when a
    /// call that changes something did not come from the console's own page.
    [[nodiscard]] std::variant<Actor, http::Response> admit(const http::Request& request);
    /// Calls that nobody has to be let in for: sign in, setup. nullopt: none of these
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> handle_open(const http::Request& request,
                                                                                    std::string_view rest);
    /// @param rest  the path behind /admin/v1: /session…, /tokens…, /users… or /setup/link. nullopt: none of these
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> handle(const http::Request& request,
                                                                               std::string_view rest,
                                                                               const Actor& actor);
    /// For a stream, which lives on: whether its session or token is still good.
    [[nodiscard]] bool still_in(const http::Request& request);

    /// A new one-time token for the first user; the one before is void. "" when there is a user.
    [[nodiscard]] std::string make_setup_token();
    [[nodiscard]] Staff& staff() noexcept { return staff_; }

private:
    using Answer = boost::asio::awaitable<http::Response>;
    Answer sign_in(const http::Request& request);
    Answer set_up(const http::Request& request);
    Answer tokens(const http::Request& request, std::string_view name, const Actor& actor);
    Answer users(const http::Request& request, std::string_view name, const Actor& actor);
    Answer create_token(const http::Request& request, const Actor& actor);
    Answer create_user(const http::Request& request, const Actor& actor);
    Answer change_user(const http::Request& request, std::string name, const Actor& actor);
    Answer remove_user(std::string name, const Actor& actor);

    /// @param value  of the setting; "" takes it away
    boost::asio::awaitable<Result<void>> save(std::string setting, std::string value, store::AuditNote note);
    boost::asio::awaitable<void> tell(store::AuditNote note);
    /// rate_limited when too many wait.
    boost::asio::awaitable<Result<Digest>> hash(std::string password, Salt salt, PasswordCost cost);
    /// A user with this password, not kept yet.
    boost::asio::awaitable<Result<User>> with_password(User user, std::string password);
    [[nodiscard]] http::Response begin_session(const http::Request& request, const User& user);
    [[nodiscard]] std::optional<http::Response> too_often(const std::string& user, const std::string& address);
    [[nodiscard]] const Session* session_of(const http::Request& request);

    Context& context_;
    Staff staff_;
    Sessions sessions_;
    Failures failures_;
    boost::asio::thread_pool hashers_{hashes_at_once};
    std::size_t hashes_waiting_ = 0;
    std::set<std::string> saving_;  ///< settings under way: two calls at once must not both make the same name
    Secret setup_token_;            ///< "" when there is none
    SteadyTime setup_ends_{};
};

/// {"kind","user","scope",…} of GET /session. @param session  nullptr: by token or control socket
[[nodiscard]] std::string session_json(const Actor& actor, const Session* session, std::optional<TimePoint> expires);

}  // namespace roger::api
