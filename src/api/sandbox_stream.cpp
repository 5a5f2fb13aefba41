// The sandbox's phones, live: server-sent events of what comes, and of the calls for a page that answers them.
#include <ranges>

#include <fmt/format.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/sandbox.hpp"

namespace roger::api {
namespace {

namespace asio = boost::asio;

constexpr seconds heartbeat{15};  ///< a comment line keeps proxies from closing a silent stream

/// A phone that a page has open, for as long as its stream lives.
class OpenPhone {
public:
    using Phones = std::multiset<std::pair<std::string, std::string>>;
    OpenPhone(Phones& phones, const std::string& account, const std::string& number)
        : phones_(phones), place_(phones.emplace(account, number)) {}
    ~OpenPhone() { phones_.erase(place_); }
    OpenPhone(const OpenPhone&) = delete;
    OpenPhone& operator=(const OpenPhone&) = delete;

private:
    Phones& phones_;
    Phones::iterator place_;
};

/// Ends a wait, also one that has yet to begin.
void wake(asio::steady_timer& timer) { timer.expires_at(SteadyTime::min()); }

}  // namespace

/// What a stream has shown; each entry again only when it has changed.
class Sandbox::Shown {
public:
    /// The frames of what is new among these, oldest first.
    template <class Messages>
    std::string frames(std::string_view kind, const Messages& found) {
        std::string chunk;
        std::map<std::string, std::string> now;
        for (const auto& message : std::views::reverse(found)) {
            const auto before = shown_.find(message.event_id);
            if (before == shown_.end() || before->second != message.state) {
                chunk += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", message.event_id, kind, message.json);
            }
            now.emplace(message.event_id, message.state);
        }
        shown_ = std::move(now);  // what fell off the list is too old to come back: it stays small
        return chunk;
    }

private:
    std::map<std::string, std::string> shown_;  // event id to state
};

http::Response Sandbox::stream(Filter filter) {
    http::Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.stream = [this, filter = std::move(filter)](http::StreamWriter& writer) {
        return run_stream(filter, writer);
    };
    return response;
}

asio::awaitable<std::string> Sandbox::new_frames(const Filter& filter, Shown& messages_shown, Shown& calls_shown) {
    std::string chunk;
    if (const auto found = co_await messages(filter)) chunk = messages_shown.frames("message", *found);
    if (filter.page) {
        if (const auto found = co_await calls(filter)) chunk += calls_shown.frames("call", *found);
    }
    co_return chunk;
}

asio::awaitable<void> Sandbox::run_stream(Filter filter, http::StreamWriter& writer) {
    std::optional<OpenPhone> open;
    if (filter.page && filter.number) open.emplace(open_phones_, filter.account, *filter.number);
    Shown messages_shown;
    Shown calls_shown;
    asio::steady_timer timer(context_.executor);
    const auto listener = listeners_.emplace(filter.account, &timer);
    SteadyTime beat = context_.clock.steady_now();  // the first frame says that the stream is open
    while (!stopping_) {
        timer.expires_at(beat);  // before looking: what comes from here on moves it, and is looked at next
        const bool silent = context_.clock.steady_now() >= beat;
        std::string chunk = co_await new_frames(filter, messages_shown, calls_shown);
        if (stopping_) break;
        if (chunk.empty() && silent) chunk = ": nothing new\n\n";
        if (!chunk.empty()) {
            beat = context_.clock.steady_now() + heartbeat;
            if (!co_await writer.write(std::move(chunk))) break;
            if (timer.expiry() > SteadyTime::min()) timer.expires_at(beat);
        }
        boost::system::error_code ignored;
        if (!stopping_) co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    listeners_.erase(listener);
}

void Sandbox::notify(const std::string& account) {
    const auto [first, last] = listeners_.equal_range(account);
    for (auto listener = first; listener != last; ++listener) wake(*listener->second);
}

void Sandbox::stop() {
    stopping_ = true;
    for (const auto& [account, timer] : listeners_) wake(*timer);
}

}  // namespace roger::api
