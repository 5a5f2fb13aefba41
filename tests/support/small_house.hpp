// The whole house without doors, disk, commit thread or real time: handlers, engine, dispatch and the sandbox's phones
// over a memory store. Requests go in as values; everything moves only while a call of this class runs.
//
//   SmallHouse house;
//   house.account("acme");                                            // its secret is "secret-of-acme"
//   auto answer = house.v1("start", {{"number", "447700900001"}, {"brand", "Acme"}});
//   house.pass(seconds(125));                                         // from due time to due time
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/accounts.hpp"
#include "api/router.hpp"
#include "base/crypto.hpp"
#include "channel/handset.hpp"
#include "store/memory.hpp"
#include "tests/support/fakes.hpp"

namespace roger::testing_support {

inline constexpr const char* number = "447700900001";
inline constexpr const char* unknown_id = "0123456789abcdef0123456789abcdef";  ///< of no request
inline constexpr const char* xml_head = R"(<?xml version="1.0" encoding="UTF-8"?>)";

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline std::string to_form(const Pairs& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (!text.empty()) text += '&';
        text += name + "=";
        for (const char c : value) {
            const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            text += plain ? std::string(1, c) : "%" + to_hex(as_bytes(std::string_view(&c, 1)));
        }
    }
    return text;
}

inline http::Request get_request(std::string path, const Pairs& query = {}) {
    http::Request request;
    request.method = http::Method::get;
    request.path = std::move(path);
    request.query = to_form(query);
    request.remote_address = "192.0.2.1";
    return request;
}

inline http::Request post_request(std::string path, std::string body, std::string type) {
    http::Request request = get_request(std::move(path));
    request.method = http::Method::post;
    request.body = std::move(body);
    request.content_type = std::move(type);
    return request;
}
inline http::Request form_request(std::string path, const Pairs& pairs) {
    return post_request(std::move(path), to_form(pairs), "application/x-www-form-urlencoded");
}
inline http::Request json_request(std::string path, std::string body) {
    return post_request(std::move(path), std::move(body), "application/json");
}

/// "" when there is no such header.
inline std::string header_of(const http::Response& response, std::string_view name) {
    for (const auto& [each, value] : response.headers) {
        if (each == name) return value;
    }
    return "";
}

/// The text of a member of flat JSON as Roger writes it (no white space, strings only); "" when it is not there.
inline std::string member_of(const http::Response& response, const std::string& name) {
    const std::string start = "\"" + name + "\":\"";
    const std::size_t at = response.body.find(start);
    if (at == std::string::npos) return "";
    const std::size_t from = at + start.size();
    return response.body.substr(from, response.body.find('"', from) - from);
}

/// Says every text as one second of silence; keeps what it was asked for.
class FakeSpeech final : public voice::Speech {
public:
    boost::asio::awaitable<Result<std::shared_ptr<const voice::Audio>>> speak(voice::Utterance utterance,
                                                                              SteadyTime /*deadline*/) override {
        said.push_back(std::move(utterance));
        if (broken) co_return fail(Errc::unavailable, "the engine is broken");
        auto audio = std::make_shared<voice::Audio>();
        audio->samples.resize(voice::sample_rate);
        audio->pin_spoken_at = voice::sample_rate / 2;
        co_return audio;
    }
    boost::asio::awaitable<void> stop() override { co_return; }

    std::vector<voice::Utterance> said;
    bool broken = false;
};

class SmallHouse {
public:
    struct Options {
        std::shared_ptr<store::MemoryDisk> disk = store::make_memory_disk();
        api::Settings settings{
            .rate = 0, .burst = 0, .numbers = {}, .sandbox = true, .version = "0", .operator_account = ""};
        bool routes = true;      ///< the handset serves SMS and calls everywhere
        std::uint64_t seed = 1;  ///< of its randomness
    };
    SmallHouse() : SmallHouse(Options{}) {}
    explicit SmallHouse(Options options)
        : random(options.seed),
          disk_(options.disk),
          store_(store::make_memory_store(options.disk)),
          keyring_(make_keyring()) {
        engine_ = std::make_unique<engine::Engine>(
            engine::Engine::Parts{
                .store = *store_,
                .clock = clock,
                .keyring = keyring_,
                .metrics = metrics,
                .post = [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); },
                .fatal = [](const Error& error) { ADD_FAILURE() << "fatal: " << error.detail; }},
            engine::Options{});
        std::vector<dispatch::Route> routes;
        for (const auto channel : {message::Channel::sms, message::Channel::tts}) {
            if (options.routes) routes.push_back({routing::Route{.name = "handset", .channel = channel}, handset_});
        }
        dispatcher_ = std::make_unique<dispatch::Dispatcher>(
            dispatch::Dispatcher::Parts{io_.get_executor(), *engine_, clock, keyring_, metrics}, std::move(routes));
        engine_->set_sender(*dispatcher_);
        engine_->prepare();
        context_ = std::make_unique<api::Context>(
            api::Context{io_.get_executor(), readers_, *engine_, *store_, *dispatcher_, clock, random, vault_, metrics,
                         std::move(options.settings), [this](seconds by) { return advance(by); }, handset_.calls(),
                         speech, [this](std::string url) { return keep_recording(std::move(url)); }});
        router_ = std::make_unique<api::Router>(*context_);
        router_->set_readiness(api::Readiness::ready);
        handset_.calls().on_attended([this](const std::string& account, const std::string& number) {
            return router_->sandbox().attended(account, number);
        });
        handset_.calls().on_change([this](const std::string& account) { router_->sandbox().notify(account); });
        dispatcher_->on_reported([this](const std::string& account) { router_->sandbox().notify(account); });
    }
    ~SmallHouse() { readers_.join(); }
    SmallHouse(const SmallHouse&) = delete;
    SmallHouse& operator=(const SmallHouse&) = delete;

    static verification::Keyring make_keyring() {
        Key32 master{};
        master.fill(std::byte{0x42});
        verification::Keyring keyring;
        keyring.add(1, master, true);
        return keyring;
    }

    /// An account without limits whose secret is "secret-of-KEY", changed as the test wishes.
    void account(const std::string& key, const std::function<void(account::Account&)>& change = {}) {
        account::Account fresh;
        fresh.key = key;
        fresh.rate = 0;
        fresh.created = clock.wall_now();
        api::add_secret(fresh, "secret-of-" + key, keyring_);
        if (change) change(fresh);
        engine::ChangeAccount command{
            .key = key, .change = [fresh](const account::Account*) { return Result<account::Account>(fresh); }};
        engine_->submit(std::move(command));
        settle();
    }

    /// The answer of the public port.
    http::Response ask(const http::Request& request) { return wait_for(router_->handle_public(request)); }
    http::Response ask_control(const http::Request& request) { return wait_for(router_->handle_control(request)); }
    http::Response ask_admin(const http::Request& request) { return wait_for(router_->handle_admin(request)); }

    /// A v1 call ("start", "check", "search", "control", "psd2") by form, with the credentials of an account.
    http::Response v1(const std::string& call,
                      Pairs pairs,
                      const std::string& key = "acme",
                      const std::string& format = "json") {
        pairs.insert(pairs.begin(), {{"api_key", key}, {"api_secret", "secret-of-" + key}});
        return ask(form_request("/verify/" + (call == "start" ? "" : call + "/") + format, pairs));
    }
    /// Starts and expects it to be accepted. @return the request id
    std::string start(const std::string& number, Pairs more = {}, const std::string& key = "acme") {
        more.insert(more.end(), {{"number", number}, {"brand", "Acme"}});
        const http::Response answer = v1("start", std::move(more), key);
        EXPECT_EQ(member_of(answer, "status"), "0") << answer.body;
        return member_of(answer, "request_id");
    }
    /// The PIN of the newest message of a request, as its phone shows it.
    std::string pin(const std::string& id, const std::string& key = "acme") {
        return member_of(ask(get_request("/sandbox/messages",
                                         {{"api_key", key}, {"api_secret", "secret-of-" + key}, {"request_id", id}})),
                         "pin");
    }

    /// Time passes, from due time to due time; what falls due is carried out before the next.
    void pass(seconds by) {
        const TimePoint target = clock.service_now() + by;
        while (true) {
            settle();
            auto next = store_->next_due();
            if (const auto receipt = handset_.next_due(); receipt && (!next || *receipt < *next)) next = receipt;
            if (!next || *next > target) break;
            clock.set(std::max(*next, clock.service_now()));
            handset_.run_due();
        }
        clock.set(target);
        settle();
    }
    /// Carries out everything that can be without time passing.
    void settle() {
        while (io_.poll() > 0 || engine_->run_once()) {
        }
    }

    /// Begins a request and carries out what can be without time passing. @return where its answer appears
    std::shared_ptr<std::optional<http::Response>> begin(http::Request request) {
        auto answer = begin_unsettled(std::move(request));
        settle();
        return answer;
    }
    /// The same, but what waited for the engine before goes on waiting until settle().
    std::shared_ptr<std::optional<http::Response>> begin_unsettled(http::Request request) {
        auto answer = std::make_shared<std::optional<http::Response>>();
        kept_.push_back(std::make_unique<http::Request>(std::move(request)));
        spawn(router_->handle_public(*kept_.back()), answer);
        return answer;
    }

    /// Begins a streaming answer's stream, and waits until `enough`. The writer outlives the house's last call.
    template <class Enough>
    void stream(const http::Response& answer, http::StreamWriter& writer, Enough enough) {
        kept_streams_.push_back(std::make_unique<http::Response>(answer));
        boost::asio::co_spawn(io_, kept_streams_.back()->stream(writer), [](const std::exception_ptr& error) {
            if (error) std::rethrow_exception(error);
        });
        wait_until(enough);
    }
    /// Carries out what is under way, with the store's reads on their own thread, until `enough`.
    template <class Enough>
    void wait_until(Enough enough) {
        constexpr seconds hung{20};
        settle();
        while (!enough()) {
            if (io_.run_one_for(hung) == 0) {
                ADD_FAILURE() << "nothing happens any more";
                return;
            }
            settle();
        }
    }

    [[nodiscard]] api::Context& context() noexcept { return *context_; }
    [[nodiscard]] api::Router& router() noexcept { return *router_; }
    [[nodiscard]] store::MemoryDisk& disk() noexcept { return *disk_; }
    /// For another house that is to go on where this one stops.
    [[nodiscard]] std::shared_ptr<store::MemoryDisk> shared_disk() const { return disk_; }
    [[nodiscard]] const verification::Keyring& keyring() const noexcept { return keyring_; }

    FakeClock clock;
    SeededRandom random;
    observe::Metrics metrics;
    FakeSpeech speech;
    std::optional<Error> no_recording;  ///< why none can be fetched

private:
    template <class T>
    void spawn(boost::asio::awaitable<T> work, const std::shared_ptr<std::optional<T>>& answer) {
        boost::asio::co_spawn(io_, std::move(work), [answer](const std::exception_ptr& error, T got) {
            if (error) std::rethrow_exception(error);
            *answer = std::move(got);
        });
    }
    http::Response wait_for(boost::asio::awaitable<http::Response> work) {
        auto answer = std::make_shared<std::optional<http::Response>>();
        spawn(std::move(work), answer);
        // What settling leaves is a read of the store, on its own thread, or a pause of the dispatcher's.
        wait_until([&answer] { return answer->has_value(); });
        if (!*answer) return {};
        settle();
        return std::move(**answer);
    }
    boost::asio::awaitable<Result<TimePoint>> advance(seconds by) {
        clock.advance(by);
        co_return clock.service_now();
    }

    /// The id of a recording is a hash of its address.
    boost::asio::awaitable<Result<std::string>> keep_recording(std::string url) {
        if (no_recording) co_return tl::unexpected<Error>(*no_recording);
        const Digest hash = Hmac(as_bytes(std::string_view("media")))(as_bytes(url));
        co_return to_hex(std::span(hash).first<16>());
    }

    std::shared_ptr<store::MemoryDisk> disk_;
    std::unique_ptr<store::Store> store_;
    verification::Keyring keyring_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    boost::asio::thread_pool readers_{1};
    channel::Handset handset_{clock,
                              [this](const channel::DeliveryReceipt& receipt) { dispatcher_->receipt(receipt); }};
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
    verification::Vault vault_{keyring_};
    std::unique_ptr<api::Context> context_;
    std::unique_ptr<api::Router> router_;
    std::vector<std::unique_ptr<http::Request>> kept_;           ///< a request outlives its coroutine
    std::vector<std::unique_ptr<http::Response>> kept_streams_;  ///< and a stream's function its own
};

}  // namespace roger::testing_support
