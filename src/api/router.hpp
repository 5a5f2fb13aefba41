// Which handler answers a path, on each of the three doors: the public port, the admin port, the control socket.
#pragma once
#include "api/admin.hpp"
#include "api/sandbox.hpp"
#include "api/templates.hpp"
#include "api/v1.hpp"

namespace roger::api {

enum class Readiness { starting, ready, stopping };

class Router {
public:
    explicit Router(Context& context);

    [[nodiscard]] boost::asio::awaitable<http::Response> handle_public(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> handle_admin(const http::Request& request);
    [[nodiscard]] boost::asio::awaitable<http::Response> handle_control(const http::Request& request);
    /// The answer to broken transport, whose status is given.
    void broken(std::string_view path, http::Response& response);

    void set_readiness(Readiness readiness) {
        readiness_ = readiness;
        admin_.figures().set_ready(readiness == Readiness::ready);
    }
    /// Each second: what open pages show next.
    void tick() { admin_.figures().tick(); }
    /// Streams end.
    void stop() {
        sandbox_.stop();
        admin_.figures().stop();
    }
    [[nodiscard]] Sandbox& sandbox() noexcept { return sandbox_; }
    [[nodiscard]] Door& door() noexcept { return admin_.door(); }

private:
    [[nodiscard]] http::Response healthz() const;
    [[nodiscard]] http::Response readyz() const;
    [[nodiscard]] http::Response handset(const http::Request& request);
    void finish(http::Response& response);

    Context& context_;
    v1::Api v1_;
    Admin admin_;
    Sandbox sandbox_;
    TemplatesApi templates_;
    Readiness readiness_ = Readiness::starting;
    std::string id_prefix_;  ///< of X-Request-Id: random, so that ids of two processes differ
    std::uint64_t last_id_ = 0;
};

}  // namespace roger::api
