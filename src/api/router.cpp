#include "api/router.hpp"

#include <fmt/format.h>

#include "api/callbacks.hpp"
#include "api/problem.hpp"
#include "pages/pages.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;

http::Response not_found() { return problem(404, "Not Found", "There is nothing at this path."); }

bool below(std::string_view path, std::string_view prefix) { return path.starts_with(prefix); }

/// The reference, and what every page is made of: on both ports.
bool is_page(std::string_view path) {
    return path == "/docs" || below(path, "/docs/") || below(path, "/assets/") || path == "/icon.svg" ||
           path == "/theme.js";
}

http::Response page(std::string_view path, const http::Request& request) {
    return pages::serve(pages::built_files(), path, request);
}

http::Response redirect(std::string where) {
    http::Response response;
    response.status = 303;
    response.content_type = "text/plain";
    response.headers.emplace_back("Location", std::move(where));
    return response;
}

}  // namespace

Router::Router(Context& context)
    : context_(context),
      v1_(context, context.vault.keyring()),
      admin_(context),
      sandbox_(context, v1_),
      templates_(context, v1_),
      id_prefix_(fmt::format("{:08x}-", context.random.next_u64() & 0xffffffffU)) {}

void Router::finish(http::Response& response) {
    response.headers.reserve(response.headers.size() + 2);
    response.headers.emplace_back("X-Request-Id", fmt::format("{}{:x}", id_prefix_, ++last_id_));
    if (context_.settings.sandbox) response.headers.emplace_back("Roger-Sandbox", "on");
}

asio::awaitable<http::Response> Router::handle_public(const http::Request& request) {
    http::Response response;
    const std::string& path = request.path;
    if (path == "/verify/templates") {
        response = co_await templates_.handle(request);
    } else if (below(path, "/verify/")) {
        response = co_await v1_.handle(request);
    } else if (path == "/healthz") {
        response = healthz();
    } else if (path == "/readyz") {
        response = readyz();
    } else if (below(path, callbacks_prefix)) {
        response = co_await handle_callback(context_, request);
    } else if (below(path, "/sandbox/")) {
        response = co_await sandbox_.handle(request);
    } else if (path == "/handset") {
        response = handset(request);
    } else if (is_page(path)) {
        response = page(path, request);
    } else if (path == "/") {
        response = pages::built_files().empty() ? page(path, request)
                                                : redirect(context_.settings.sandbox ? "/handset" : "/docs");
    } else {
        response = not_found();
    }
    finish(response);
    co_return response;
}

asio::awaitable<http::Response> Router::handle_admin(const http::Request& request) {
    http::Response response;
    if (request.path == "/metrics") {
        response.content_type = "text/plain; version=0.0.4";
        response.body = context_.metrics.text();
    } else if (request.path == "/healthz") {
        response = healthz();
    } else if (request.path == "/readyz") {
        response = readyz();
    } else if (request.path == "/" || request.path == "/setup") {
        response = page("/console", request);
    } else if (is_page(request.path)) {
        response = page(request.path, request);
    } else if (below(request.path, "/admin/v1/")) {
        response = co_await admin_.handle_stranger(request);
    } else {
        response = not_found();
    }
    finish(response);
    co_return response;
}

asio::awaitable<http::Response> Router::handle_control(const http::Request& request) {
    if (!below(request.path, "/admin/v1/")) co_return co_await handle_admin(request);
    http::Response response = co_await admin_.handle(request, Actor{});
    finish(response);
    co_return response;
}

void Router::broken(std::string_view path, http::Response& response) {
    const unsigned status = response.status;
    response =
        v1::answer_broken(path, status).value_or(problem(status, "Bad Request", "The request could not be read."));
    finish(response);
}

http::Response Router::healthz() const { return json_answer(200, R"({"status":"ok"})"); }

http::Response Router::readyz() const {
    const std::string sandbox = context_.settings.sandbox ? "true" : "false";
    const auto not_ready = [&](const char* why) {
        return json_answer(503, R"({"status":")" + std::string(why) + R"(","sandbox":)" + sandbox + "}");
    };
    if (readiness_ == Readiness::starting) return not_ready("starting");
    if (readiness_ == Readiness::stopping) return not_ready("stopping");
    if (context_.engine.condition() == engine::Condition::on_reserve) {
        return not_ready("read-only: the disk is full, and what was set aside is kept for outcomes of messages");
    }
    if (!context_.engine.writable()) return not_ready("read-only: the store cannot be written");
    if (!context_.settings.sandbox && !context_.dispatcher.routes().usable()) return not_ready("no usable route");
    std::string warning;
    if (context_.settings.sandbox && context_.settings.leaves_house) {
        warning = R"(,"warning":"messages leave this machine over the configured routes, though this is a sandbox")";
    }
    return json_answer(200, R"({"status":"ready","sandbox":)" + sandbox + warning + "}");
}

http::Response Router::handset(const http::Request& request) {
    if (!context_.settings.sandbox) return not_found();
    if (request.method != http::Method::get) return method_not_allowed("GET");
    constexpr std::string_view once = "once=";
    if (request.path == "/handset" && request.query.starts_with(once)) {
        const auto cookie = sandbox_.take_once_token(request.query.substr(once.size()));
        http::Response response = redirect(cookie ? "/handset#open" : "/handset");
        if (cookie) {
            response.headers.emplace_back("Set-Cookie", "roger_handset=" + *cookie +
                                                            "; Path=/sandbox; HttpOnly; SameSite=Strict" +
                                                            (context_.settings.https ? "; Secure" : ""));
        }
        return response;
    }
    return page("/handset", request);
}

}  // namespace roger::api
