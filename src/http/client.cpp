#include "http/client.hpp"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/assert.hpp"
#include "http/public_address.hpp"

namespace roger::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Idle connections and handles that are kept: as many as one route may have under way.
constexpr std::size_t kept_max = 1'000;
/// A connection that was idle for longer is not used again: Node's and Apache's servers close it after 5 s, and a
/// request that meets the end of its connection counts as sent.
constexpr long idle_seconds_max = 4;

struct CloseEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, CloseEasy>;
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// One call under way: what libcurl's callbacks are given. The call outlives the transfer, for libcurl points into it.
struct Transfer {
    explicit Transfer(ClientCall wanted) : call(std::move(wanted)) {}

    /// Whether bytes of the request may have left.
    [[nodiscard]] bool sent() const {
        long bytes = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_REQUEST_SIZE, &bytes);
        return bytes > 0;
    }

    ClientCall call;
    std::unordered_set<curl_socket_t>* own_sockets = nullptr;  ///< the client's
    Easy easy;
    std::unique_ptr<curl_slist, FreeList> headers;
    ClientAnswer answer;
    std::size_t header_bytes = 0;
    bool refused_address = false;
    bool too_large = false;
    std::function<void(Result<ClientAnswer>)> done;
};

std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* given) {
    auto& transfer = *static_cast<Transfer*>(given);
    if (transfer.answer.body.size() + size * count > transfer.call.answer_bytes_max) {
        transfer.too_large = true;
        return 0;
    }
    transfer.answer.body.append(data, size * count);
    return size * count;
}

std::size_t on_header(const char* /*data*/, std::size_t size, std::size_t count, void* given) {
    auto& transfer = *static_cast<Transfer*>(given);
    transfer.header_bytes += size * count;
    transfer.too_large = transfer.too_large || transfer.header_bytes > answer_headers_bytes_max;
    return transfer.too_large ? 0 : size * count;
}

/// Here and not where the name is looked up: a name that has another address the next time does not help.
curl_socket_t open_socket(void* given, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(given);
    if (!transfer.call.allow_private && !is_public_address(address->addr)) {
        transfer.refused_address = true;
        return CURL_SOCKET_BAD;
    }
    const curl_socket_t opened = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (opened != CURL_SOCKET_BAD) transfer.own_sockets->insert(opened);
    return opened;
}

/// Before a request goes out on a connection, a kept one too: that may have been made for a call with other rights.
int before_request(void* given, char* peer, char* /*local*/, int /*peer_port*/, int /*local_port*/) {
    auto& transfer = *static_cast<Transfer*>(given);
    if (!transfer.call.allow_private && !is_public_address(std::string(peer))) {
        transfer.refused_address = true;
        return CURL_PREREQFUNC_ABORT;
    }
    // libcurl begins anew when a kept connection ends without an answer, though the peer may have the request.
    return transfer.sent() ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

std::string authorities() {
    const char* file = std::getenv("SSL_CERT_FILE");
    return file == nullptr ? "" : file;
}

/// What is the same in every call.
Easy make_easy() {
    Easy easy(curl_easy_init());
    ROGER_ASSERT(easy, "a handle is memory alone");
    CURL* const curl = easy.get();
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, idle_seconds_max);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &before_request);
    // Else a look-up that a dead name server holds up would hold up the thread when its call has timed out.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    return easy;
}

}  // namespace

struct Client::State : std::enable_shared_from_this<State> {
    /// One of libcurl's sockets; the descriptor only waits. That of a connection is kept until its end, for telling the
    /// kernel of it anew with every request would cost more than the waits; that of a look-up only while it is watched.
    struct Watch {
        Watch(const asio::any_io_executor& executor, curl_socket_t socket) : descriptor(executor, socket) {}
        asio::posix::stream_descriptor descriptor;
        int wanted = CURL_POLL_NONE;
        bool waits_to_read = false;
        bool waits_to_write = false;
    };

    explicit State(Parts given) : parts(std::move(given)), timer(parts.executor), ca_file(authorities()) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        multi = curl_multi_init();
        ROGER_ASSERT(multi != nullptr, "a handle is memory alone");
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(kept_max));
    }
    ~State() {
        for (auto& [easy, transfer] : transfers) curl_multi_remove_handle(multi, easy);
        curl_multi_cleanup(multi);
        for (auto& [socket, watch] : watches) watch->descriptor.release();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void begin(std::unique_ptr<Transfer> transfer, milliseconds left);
    void set_up(Transfer& transfer, milliseconds left) const;
    void act(curl_socket_t socket, int events);
    void take_finished();
    void finish(CURL* easy, CURLcode code);
    void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch);
    void let_go(curl_socket_t socket);
    void set_timer(long timeout_ms);
    void arm_timer(SteadyTime at);

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* given, void* of_socket);
    static int close_socket(void* given, curl_socket_t socket);
    static int on_timer(CURLM* multi, long timeout_ms, void* given);

    Parts parts;
    asio::steady_timer timer;
    SteadyTime timer_at = SteadyTime::max();   ///< when it goes off; not after …
    SteadyTime wanted_at = SteadyTime::max();  ///< … when libcurl wants to be called
    bool call_posted = false;
    std::string ca_file;
    CURLM* multi = nullptr;
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers;
    std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches;
    std::unordered_set<curl_socket_t> own_sockets;  ///< those of connections
    std::vector<Easy> idle;
    bool stopped = false;
};

int Client::State::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* given, void* /*of_socket*/) {
    State& state = *static_cast<State*>(given);
    const auto known = state.watches.find(socket);
    if (what == CURL_POLL_REMOVE) {
        if (known == state.watches.end()) return 0;
        known->second->wanted = CURL_POLL_NONE;
        if (!state.own_sockets.contains(socket)) state.let_go(socket);  // libcurl closes it
        return 0;
    }
    const std::shared_ptr<Watch> watch =
        known != state.watches.end()
            ? known->second
            : state.watches.emplace(socket, std::make_shared<Watch>(state.parts.executor, socket)).first->second;
    watch->wanted = what;
    state.wait(socket, watch);
    return 0;
}

void Client::State::let_go(curl_socket_t socket) {
    const auto watch = watches.extract(socket);
    if (!watch) return;
    watch.mapped()->wanted = CURL_POLL_NONE;
    watch.mapped()->descriptor.release();
}

int Client::State::close_socket(void* given, curl_socket_t socket) {
    State& state = *static_cast<State*>(given);
    state.let_go(socket);
    state.own_sockets.erase(socket);
    return ::close(socket);
}

void Client::State::wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
    const auto arm = [&](int direction, bool Watch::* waits, asio::posix::stream_descriptor::wait_type type,
                         int event) {
        if ((watch->wanted & direction) == 0 || (*watch).*waits) return;
        (*watch).*waits = true;
        auto ready = [weak = weak_from_this(), watch, socket, waits, direction, event](const error_code& error) {
            (*watch).*waits = false;
            const auto state = weak.lock();
            if (error || !state || (watch->wanted & direction) == 0) return;
            state->act(socket, event);
            if (watch->wanted != CURL_POLL_NONE) state->wait(socket, watch);
        };
        watch->descriptor.async_wait(type, std::move(ready));
    };
    arm(CURL_POLL_IN, &Watch::waits_to_read, asio::posix::stream_descriptor::wait_read, CURL_CSELECT_IN);
    arm(CURL_POLL_OUT, &Watch::waits_to_write, asio::posix::stream_descriptor::wait_write, CURL_CSELECT_OUT);
}

int Client::State::on_timer(CURLM* /*multi*/, long timeout_ms, void* given) {
    static_cast<State*>(given)->set_timer(timeout_ms);
    return 0;
}

void Client::State::set_timer(long timeout_ms) {
    if (timeout_ms == 0) {
        // Not from its own callback.
        if (std::exchange(call_posted, true)) return;
        asio::post(parts.executor, [weak = weak_from_this()] {
            const auto state = weak.lock();
            if (!state) return;
            state->call_posted = false;
            state->act(CURL_SOCKET_TIMEOUT, 0);
        });
        return;
    }
    // Nearly every timeout is for a request that ends before: a timer that is set already may go off early.
    wanted_at =
        timeout_ms < 0 ? SteadyTime::max() : asio::steady_timer(parts.executor, milliseconds(timeout_ms)).expiry();
    if (wanted_at < timer_at) arm_timer(wanted_at);
}

void Client::State::arm_timer(SteadyTime at) {
    timer_at = at;
    timer.expires_at(at);
    timer.async_wait([weak = weak_from_this(), at](const error_code& error) {
        const auto state = weak.lock();
        if (error || !state || state->timer_at != at) return;
        state->timer_at = SteadyTime::max();
        if (state->wanted_at > at) {
            if (state->wanted_at != SteadyTime::max()) state->arm_timer(state->wanted_at);
            return;
        }
        state->wanted_at = SteadyTime::max();
        state->act(CURL_SOCKET_TIMEOUT, 0);
    });
}

void Client::State::act(curl_socket_t socket, int events) {
    int running = 0;
    curl_multi_socket_action(multi, socket, events, &running);
    take_finished();
}

void Client::State::take_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
}

void Client::State::set_up(Transfer& transfer, milliseconds left) const {
    CURL* const curl = transfer.easy.get();
    const ClientCall& call = transfer.call;
    curl_slist* list = curl_slist_append(nullptr, "Expect:");  // no wait for "100 Continue"
    for (const std::string& header : call.headers) list = curl_slist_append(list, header.c_str());
    transfer.headers.reset(list);
    curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    if (call.method == "GET") {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, nullptr);
    } else {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method == "POST" ? nullptr : call.method.c_str());
    }
    const std::string& file = call.ca_file.empty() ? ca_file : call.ca_file;
    if (!file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, file.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(std::min<milliseconds>(left, connect_max).count()));
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, &transfer);
}

void Client::State::begin(std::unique_ptr<Transfer> transfer, milliseconds left) {
    // A handle that was set to other authorities keeps them: such calls get one of their own.
    if (idle.empty() || !transfer->call.ca_file.empty()) {
        transfer->easy = make_easy();
        curl_easy_setopt(transfer->easy.get(), CURLOPT_CLOSESOCKETFUNCTION, &State::close_socket);
        curl_easy_setopt(transfer->easy.get(), CURLOPT_CLOSESOCKETDATA, this);
    } else {
        transfer->easy = std::move(idle.back());
        idle.pop_back();
    }
    transfer->own_sockets = &own_sockets;
    set_up(*transfer, left);
    CURL* const easy = transfer->easy.get();
    transfers.emplace(easy, std::move(transfer));
    curl_multi_add_handle(multi, easy);
}

void Client::State::finish(CURL* easy, CURLcode code) {
    curl_multi_remove_handle(multi, easy);
    const std::unique_ptr<Transfer> transfer = std::move(transfers.extract(easy).mapped());
    Result<ClientAnswer> result = ClientAnswer{};
    if (code == CURLE_OK) {
        long status = 0;
        curl_off_t retry_after = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
        transfer->answer.status = static_cast<unsigned>(status);
        if (retry_after > 0) transfer->answer.retry_after = seconds(retry_after);
        result = std::move(transfer->answer);
    } else {
        std::string why = curl_easy_strerror(code);
        if (transfer->too_large) why = "its answer is too large";
        if (transfer->refused_address) why = "its address is not public, and allow_private is not set";
        result = fail(transfer->sent() ? Errc::timed_out : Errc::unavailable, std::move(why));
    }
    if (transfer->call.ca_file.empty() && idle.size() < kept_max) idle.push_back(std::move(transfer->easy));
    transfer->done(std::move(result));
}

Client::Client(Parts parts) : state_(std::make_shared<State>(std::move(parts))) {}
Client::~Client() = default;

asio::awaitable<Result<ClientAnswer>> Client::ask(ClientCall call, SteadyTime deadline) {
    const std::shared_ptr<State> state = state_;
    const auto left = std::chrono::ceil<milliseconds>(deadline - state->parts.clock.steady_now());
    if (state->stopped || left <= milliseconds(0)) co_return fail(Errc::unavailable, "there is no time left");
    auto transfer = std::make_unique<Transfer>(std::move(call));
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(Result<ClientAnswer>)>(
        [&state, &transfer, left](auto handler) {
            // std::function wants a copyable target; a handler of a coroutine can only be moved.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            transfer->done = [shared](Result<ClientAnswer> answer) { (*shared)(std::move(answer)); };
            state->begin(std::move(transfer), left);
        },
        asio::use_awaitable);
}

std::size_t Client::under_way() const noexcept { return state_->transfers.size(); }

void Client::stop() {
    state_->stopped = true;
    while (!state_->transfers.empty()) state_->finish(state_->transfers.begin()->first, CURLE_OPERATION_TIMEDOUT);
}

}  // namespace roger::http
