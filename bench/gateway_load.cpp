// Messages over an HTTP gateway as fast as its limit of requests under way lets them: how many a second, at what CPU,
// and how long each takes; with --dead-port also while another route's gateway never answers.
//
//   gateway_load --port N [--dead-port M] [--messages 40000] [--in-flight 1000]
// Prints one line of JSON.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bench/machine.hpp"
#include "channel/http_sms.hpp"

namespace {

using namespace roger;
using bench::cpu_seconds;
using bench::MachineClock;
using bench::MachineRandom;
namespace asio = boost::asio;

struct Wanted {
    std::uint16_t port = 0;
    std::uint16_t dead_port = 0;
    std::size_t messages = 40'000;
    std::size_t in_flight = 1'000;
};

class Load {
public:
    explicit Load(const Wanted& wanted)
        : wanted_(wanted), live_(make("live", wanted.port)), dead_(make("dead", wanted.dead_port)) {}

    int run() {
        for (std::size_t n = 0; n < wanted_.in_flight; ++n) asio::co_spawn(io_, work(), asio::detached);
        if (wanted_.dead_port != 0) {
            for (std::size_t n = 0; n < wanted_.in_flight; ++n) asio::co_spawn(io_, work_in_vain(), asio::detached);
        }
        io_.run();
        return failed_ == 0 ? 0 : 1;
    }

private:
    std::unique_ptr<channel::HttpSms> make(const std::string& route, std::uint16_t port) {
        channel::GenericOptions api;
        api.url = fmt::format("http://127.0.0.1:{}/sms", port);
        api.headers = {{"Content-Type", "application/json"}};
        api.body = R"({"to":"${number|json}","text":"${text|json}","ref":"${reference|json}"})";
        api.message_id_pointer = "/id";
        channel::HttpSmsOptions options;
        options.route = route;
        options.under_way_max = wanted_.in_flight;
        options.allow_private = true;
        return std::make_unique<channel::HttpSms>(channel::HttpSms::Parts{.executor = io_.get_executor(),
                                                                          .clock = clock_,
                                                                          .random = random_,
                                                                          .metrics = metrics_,
                                                                          .client = client_,
                                                                          .callback_key = key_,
                                                                          .receipts = nullptr},
                                                  options, std::move(*channel::make_generic(std::move(api))));
    }
    [[nodiscard]] channel::Outbound message() const {
        channel::Outbound message;
        message.number = "447400123456";
        message.text = "Your Acme Market verification code is 471100. It is good for five minutes.";
        message.pin_dead_at = clock_.service_now() + seconds(300);
        return message;
    }
    asio::awaitable<void> work() {
        while (started_ < wanted_.messages) {
            ++started_;
            const SteadyTime began = clock_.steady_now();
            channel::Outbound one = message();
            const auto accepted = co_await live_->submit(std::move(one), began + seconds(3));
            if (!accepted) ++failed_;
            took_.push_back(std::chrono::duration<double, std::milli>(clock_.steady_now() - began).count());
        }
        if (took_.size() == wanted_.messages) print();
    }
    /// Asks again every 100 ms, as the dispatcher does.
    asio::awaitable<void> work_in_vain() {
        asio::steady_timer timer(io_);
        while (took_.size() < wanted_.messages) {
            channel::Outbound one = message();
            const auto accepted = co_await dead_->submit(std::move(one), clock_.steady_now() + seconds(3));
            in_vain_ += accepted ? 0U : 1U;
            timer.expires_after(milliseconds(100));
            co_await timer.async_wait(asio::use_awaitable);
        }
    }
    void print() {
        const double took = std::chrono::duration<double>(clock_.steady_now() - began_).count();
        const double cpu = cpu_seconds() - cpu_;
        const auto count = static_cast<double>(wanted_.messages);
        std::ranges::sort(took_);
        const auto at = [this](double part) {
            return took_[static_cast<std::size_t>(part * static_cast<double>(took_.size() - 1))];
        };
        fmt::print(
            "{{\"in_flight\":{},\"messages\":{},\"failed\":{},\"beside_dead\":{},\"in_vain\":{},\"per_second\":{:.0f},"
            "\"cpu_us\":{:.1f},\"p50_ms\":{:.1f},\"p99_ms\":{:.1f}}}\n",
            wanted_.in_flight, wanted_.messages, failed_, wanted_.dead_port != 0, in_vain_, count / took,
            cpu / count * 1e6, at(0.5), at(0.99));
        std::fflush(stdout);
        io_.stop();
    }

    Wanted wanted_;
    asio::io_context io_{1};
    MachineClock clock_;
    MachineRandom random_;
    observe::Metrics metrics_;
    http::Client client_{{.executor = io_.get_executor(), .clock = clock_}};
    Key32 key_{};
    std::unique_ptr<channel::HttpSms> live_;
    std::unique_ptr<channel::HttpSms> dead_;
    std::size_t started_ = 0;
    std::size_t failed_ = 0;
    std::size_t in_vain_ = 0;
    std::vector<double> took_;
    SteadyTime began_ = clock_.steady_now();
    double cpu_ = cpu_seconds();
};

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    CLI::App app("Messages over an HTTP gateway");
    app.add_option("--port", wanted.port)->required();
    app.add_option("--dead-port", wanted.dead_port);
    app.add_option("--messages", wanted.messages);
    app.add_option("--in-flight", wanted.in_flight);
    CLI11_PARSE(app, argc, argv);
    return Load(wanted).run();
}
