#include "sip/agent.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/assert.hpp"
#include "sip/call.hpp"
#include "sip/trunk.hpp"

namespace roger::sip {
namespace {

constexpr int descriptors_max = 1024;          ///< of libre: SIP's own sockets, not those of speech
constexpr std::uint64_t last_words_ms = 1000;  ///< for the answers to BYE and CANCEL at the end
constexpr std::uint64_t look_ms = 20;
constexpr std::uint32_t nameservers_max = 4;

Ref<dnsc> system_resolver() {
    std::array<sa, nameservers_max> servers{};
    std::uint32_t count = servers.size();
    std::array<char, 256> domain{};
    if (dns_srv_get(domain.data(), domain.size(), servers.data(), &count) != 0) return nullptr;
    return make_resolver(std::span(servers).first(count));
}

}  // namespace

struct Agent::State {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::function<void()>> mailbox;
    bool running = false;
    bool woken = false;
    mqueue* queue = nullptr;  ///< wakes the thread; it and what follows are the thread's
    std::atomic<std::uint64_t> last_id{0};

    Media media;
    Ref<dnsc> resolver;
    std::map<std::uint64_t, std::unique_ptr<Trunk>> trunks;  ///< also those that are closing
    struct Closing {
        std::uint64_t trunk;
        std::uint64_t by;  ///< libre's clock
        std::function<void()> done;
    };
    std::vector<Closing> closing;
    bool ending = false;
    tmr look{};
    std::thread thread;

    void run();
    void post(std::function<void()> work);
    void work();
    void close(std::uint64_t trunk, std::function<void()> done);
    void end_closed();
    void finish();
};

void Agent::State::post(std::function<void()> work) {
    const std::lock_guard lock(mutex);
    mailbox.push_back(std::move(work));
    if (woken || !running) return;
    // One message wakes for all: the queue behind is a pipe, which could be full.
    woken = mqueue_push(queue, 0, nullptr) == 0;
}

void Agent::State::work() {
    std::deque<std::function<void()>> taken;
    {
        const std::lock_guard lock(mutex);
        woken = false;
        taken.swap(mailbox);
    }
    for (const auto& each : taken) each();
}

void Agent::State::run() {
    int error = re_thread_init();
    ROGER_ASSERT(error == 0, "a thread has one loop");
    (void)fd_setsize(descriptors_max);
    tmr_init(&look);
    resolver = system_resolver();
    error = mqueue_alloc(&queue, [](int, void*, void* self) { static_cast<State*>(self)->work(); }, this);
    ROGER_ASSERT(error == 0, "a pipe is free when the process starts");
    {
        const std::lock_guard lock(mutex);
        running = true;
    }
    ready.notify_one();
    (void)re_main(nullptr);
    {
        const std::lock_guard lock(mutex);
        running = false;
    }
    trunks.clear();
    tmr_cancel(&look);
    resolver.reset();
    queue = static_cast<mqueue*>(mem_deref(queue));
    re_thread_close();
}

void Agent::State::close(std::uint64_t trunk, std::function<void()> done) {
    const auto found = trunks.find(trunk);
    if (found == trunks.end()) return done();
    found->second->close();
    closing.push_back({trunk, tmr_jiffies() + last_words_ms, std::move(done)});
    tmr_start(&look, look_ms, [](void* self) { static_cast<State*>(self)->end_closed(); }, this);
}

void Agent::State::end_closed() {
    std::erase_if(closing, [this](const Closing& each) {
        const auto trunk = trunks.find(each.trunk);
        if (trunk != trunks.end() && !trunk->second->quiet() && tmr_jiffies() < each.by) return false;
        if (trunk != trunks.end()) trunks.erase(trunk);
        each.done();
        return true;
    });
    if (closing.empty()) return ending ? re_cancel() : void();
    tmr_start(&look, look_ms, [](void* self) { static_cast<State*>(self)->end_closed(); }, this);
}

void Agent::State::finish() {
    ending = true;
    for (const auto& [id, trunk] : trunks) close(id, [] {});
    end_closed();
}

Ref<dnsc> make_resolver(std::span<const sa> servers) {
    dnsc* made = nullptr;
    const bool usable =
        !servers.empty() && dnsc_alloc(&made, nullptr, servers.data(), static_cast<std::uint32_t>(servers.size())) == 0;
    return Ref<dnsc>(usable ? made : nullptr);
}

Agent::Agent() : state_(std::make_unique<State>()) {
    static std::once_flag once;
    std::call_once(once, [] { ROGER_ASSERT(libre_init() == 0, "libre has what it needs of this machine"); });
    state_->thread = std::thread([state = state_.get()] { state->run(); });
    std::unique_lock lock(state_->mutex);
    state_->ready.wait(lock, [this] { return state_->running; });
}

Agent::~Agent() { stop(); }

void Agent::stop() {
    if (!state_->thread.joinable()) return;
    state_->post([state = state_.get()] { state->finish(); });
    state_->thread.join();
}

std::uint64_t Agent::open(TrunkOptions options, TrunkSink sink) {
    const std::uint64_t id = ++state_->last_id;
    state_->post([state = state_.get(), id, options = std::move(options), sink = std::move(sink)]() mutable {
        const Surroundings surroundings{.resolver = state->resolver.get(),
                                        .media = state->media,
                                        .post = [state, id](std::function<void(Trunk&)> work) {
                                            state->post([state, id, work = std::move(work)] {
                                                const auto trunk = state->trunks.find(id);
                                                if (trunk != state->trunks.end()) work(*trunk->second);
                                            });
                                        }};
        state->trunks[id] = std::make_unique<Trunk>(surroundings, std::move(options), std::move(sink));
    });
    return id;
}

void Agent::close(std::uint64_t trunk, std::function<void()> done) {
    state_->post(
        [state = state_.get(), trunk, done = std::move(done)]() mutable { state->close(trunk, std::move(done)); });
}

std::uint64_t Agent::place(std::uint64_t trunk, CallRequest request, CallSink sink) {
    const std::uint64_t id = ++state_->last_id;
    state_->post([state = state_.get(), id, trunk, request = std::move(request), sink = std::move(sink)]() mutable {
        const auto found = state->trunks.find(trunk);
        if (found != state->trunks.end()) return found->second->place(id, std::move(request), std::move(sink));
        sink({.progress = Progress::ended, .how = Ended::trunk_failed, .reason = "the trunk is gone"});
    });
    return id;
}

void Agent::hang_up(std::uint64_t call) {
    state_->post([state = state_.get(), call] {
        for (const auto& [id, trunk] : state->trunks) {
            if (trunk->hang_up(call)) return;
        }
    });
}

Media::Stats Agent::media() const { return state_->media.stats(); }

}  // namespace roger::sip
