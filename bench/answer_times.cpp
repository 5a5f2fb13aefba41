// Times of answers as a client sees them: one request after the other on one keep-alive connection.
//
//   answer_times --port N --other-key K --other-secret S [--key bench] [--secret bench] [--samples 10000]
//                [--inject-us N]
//     Can answers be told apart by their time? In random order: checks of an id that is unknown, of another account's,
//     of one that has ended; searches of an unknown id and of another account's; codes that are wrong in the first
//     digit and in the last. A group's medians must lie within 20 µs, and the bodies within a group must be equal but
//     for the id: else exit 1. --inject-us burns so many µs more on this side for the last class of each group, which
//     must make it fail. Needs accounts without a rate.
//
//   answer_times --port N --ids FILE [--key bench] [--secret bench]
//     Searches each id of the file once.
//
// Prints a line of JSON per group, times in µs; "known_to" is half of the median's 95 % confidence interval.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <random>

#include <CLI/CLI.hpp>

#include "bench/answer.hpp"

namespace {

using namespace roger;
using SteadyClock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr double apart_max_us = 20;
constexpr std::size_t ids_of_a_class = 1'000;
constexpr std::string_view chosen_pin = "471100";

struct Options {
    std::uint16_t port = 0;
    std::string key = "bench", secret = "bench";
    std::string other_key, other_secret;
    std::size_t samples = 10'000;
    std::int64_t inject_us = 0;
    std::string ids;
};

[[noreturn]] void die(const std::string& why) {
    fmt::print(stderr, "answer_times: {}\n", why);
    std::exit(1);
}

struct Answer {
    std::string body;
    double us = 0;
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            die(fmt::format("cannot connect to 127.0.0.1:{}: {}", port, std::strerror(errno)));
        }
        const int on = 1;
        (void)::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { (void)::close(socket_); }

    /// @param extra  spent before the clock is stopped
    Answer ask(std::string_view path, const std::string& body, std::chrono::microseconds extra = {}) {
        const std::string text = fmt::format(
            "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: {}\r\n\r\n{}",
            path, body.size(), body);
        in_.clear();
        const auto from = SteadyClock::now();
        if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
            die("the server closed the connection");
        }
        std::optional<bench::Response> response;
        while (!response) {
            char buffer[16384];
            const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
            if (size <= 0) die("the server closed the connection");
            in_.append(buffer, static_cast<std::size_t>(size));
            response = bench::read_response(in_);
        }
        if (extra.count() > 0) {
            for (const auto end = SteadyClock::now() + extra; SteadyClock::now() < end;) {
            }
        }
        const Microseconds took = SteadyClock::now() - from;
        return {std::string(response->body), took.count()};
    }

private:
    int socket_;
    std::string in_;
};

/// @param times  sorted
double quantile(const std::vector<double>& times, double q) {
    return times[static_cast<std::size_t>(q * static_cast<double>(times.size() - 1))];
}

struct Class {
    std::string name;
    std::vector<double> times{};
};

/// Sorts the times, prints the medians. @return whether they are near enough to each other
bool judge(std::string_view group, std::vector<Class> classes) {
    std::string medians;
    double least = HUGE_VAL;
    double most = 0;
    for (Class& one : classes) {
        std::ranges::sort(one.times);
        const double median = quantile(one.times, 0.5);
        // Order statistics: the true median lies between the quantiles 0.5 ± 0.98 / √n.
        const double off = 0.98 / std::sqrt(static_cast<double>(one.times.size()));
        const double known_to = (quantile(one.times, 0.5 + off) - quantile(one.times, 0.5 - off)) / 2;
        medians += fmt::format(R"({}"{}":{{"median":{:.1f},"known_to":{:.1f}}})", medians.empty() ? "" : ",", one.name,
                               median, known_to);
        least = std::min(least, median);
        most = std::max(most, median);
    }
    const bool good = most - least < apart_max_us;
    fmt::print(R"({{"group":"{}","samples":{},"classes":{{{}}},"apart_us":{:.1f},"alike":{}}})"
               "\n",
               group, classes.front().times.size(), medians, most - least, good);
    return good;
}

class Oracle {
public:
    explicit Oracle(const Options& options) : options_(options), client_(options.port) {}
    /// All groups. @return whether every one is alike
    bool run();

private:
    using Ids = std::vector<std::string>;

    [[nodiscard]] static std::string who(const std::string& key, const std::string& secret) {
        return fmt::format("api_key={}&api_secret={}", key, secret);
    }
    [[nodiscard]] std::string me() const { return who(options_.key, options_.secret); }
    std::string start(const std::string& whose);
    Ids start_many(const std::string& whose, std::size_t count);
    void end(const std::string& id);
    /// Asks as each class does, in random order, each `samples` times. All must be answered with one status and,
    /// without their id, one body.
    /// @param id_of    of a class and one of its samples
    /// @param code_of  of a class; "" for a search
    template <class IdOf, class CodeOf>
    bool compare(
        std::string_view group, std::vector<Class> classes, std::string_view status, IdOf id_of, CodeOf code_of);

    const Options& options_;
    Client client_;
    std::mt19937_64 random_{std::random_device{}()};
    std::uint64_t number_ =
        static_cast<std::uint64_t>(SteadyClock::now().time_since_epoch().count() / 1'000'000) % 10'000'000;
};

std::string Oracle::start(const std::string& whose) {
    // Outside the blocks of lifegen and seed_store.
    const std::string number = fmt::format("491512{:07}", number_++ % 10'000'000);
    const Answer answer =
        client_.ask("/verify/json", fmt::format("{}&number={}&brand=Acme&pin_code={}", whose, number, chosen_pin));
    if (bench::member(answer.body, "status") != "0") die("a start was answered " + answer.body);
    return std::string(bench::member(answer.body, "request_id"));
}

Oracle::Ids Oracle::start_many(const std::string& whose, std::size_t count) {
    Ids ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(start(whose));
    return ids;
}

void Oracle::end(const std::string& id) {
    const Answer answer =
        client_.ask("/verify/check/json", fmt::format("{}&request_id={}&code={}", me(), id, chosen_pin));
    if (bench::member(answer.body, "status") != "0") die("a right code was answered " + answer.body);
}

template <class IdOf, class CodeOf>
bool Oracle::compare(
    std::string_view group, std::vector<Class> classes, std::string_view status, IdOf id_of, CodeOf code_of) {
    std::vector<std::size_t> order(options_.samples * classes.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random_);
    std::string first_body;
    for (const std::size_t i : order) {
        const std::size_t kind = i % classes.size();
        const std::string& id = id_of(kind, i / classes.size());
        const std::string_view code = code_of(kind);
        const std::string asked = fmt::format("{}&request_id={}", me(), id);
        const std::chrono::microseconds extra(kind + 1 == classes.size() ? options_.inject_us : 0);
        Answer answer = code.empty() ? client_.ask("/verify/search/json", asked, extra)
                                     : client_.ask("/verify/check/json", fmt::format("{}&code={}", asked, code), extra);
        if (bench::member(answer.body, "status") != status) die(fmt::format("not {}: {}", status, answer.body));
        for (std::size_t at = 0; (at = answer.body.find(id, at)) != std::string::npos;)
            answer.body.erase(at, id.size());
        if (first_body.empty()) first_body = answer.body;
        if (answer.body != first_body) die(fmt::format("told apart by the body: {}, {}", first_body, answer.body));
        classes[kind].times.push_back(answer.us);
    }
    return judge(group, std::move(classes));
}

bool Oracle::run() {
    Ids unknown;
    for (std::size_t i = 0; i < ids_of_a_class; ++i)
        unknown.push_back(fmt::format("{:016x}{:016x}", random_(), random_()));
    const Ids foreign = start_many(who(options_.other_key, options_.other_secret), ids_of_a_class);
    const Ids ended = start_many(me(), ids_of_a_class);
    for (const std::string& id : ended) end(id);
    const std::array<const Ids*, 3> ids{&unknown, &foreign, &ended};
    const auto any_id = [&](std::size_t kind, std::size_t sample) -> const std::string& {
        return (*ids[kind])[sample % ids_of_a_class];
    };
    const bool checks = compare("checks of ids", {{"unknown"}, {"foreign"}, {"ended"}}, "6", any_id,
                                [](std::size_t) { return std::string_view("1234"); });
    const bool searches = compare("searches of ids", {{"unknown"}, {"foreign"}}, "101", any_id,
                                  [](std::size_t) { return std::string_view(); });
    // Two wrong codes a request: a third would end it.
    const Ids live = start_many(me(), options_.samples);
    constexpr std::string_view wrong[] = {"971100", "471105"};
    const bool digits = compare(
        "wrong codes", {{"first digit"}, {"last digit"}}, "16",
        [&](std::size_t, std::size_t sample) -> const std::string& { return live[sample]; },
        [&](std::size_t kind) { return wrong[kind]; });
    return checks && searches && digits;
}

void search(const Options& options) {
    std::ifstream file(options.ids);
    if (!file) die("no file " + options.ids);
    Client client(options.port);
    std::vector<double> times;
    for (std::string id; std::getline(file, id);) {
        const Answer answer = client.ask("/verify/search/json", fmt::format("api_key={}&api_secret={}&request_id={}",
                                                                            options.key, options.secret, id));
        if (bench::member(answer.body, "request_id") != id) die("a search was answered " + answer.body);
        times.push_back(answer.us);
    }
    if (times.empty()) die("no ids in " + options.ids);
    const double first = times.front();
    std::ranges::sort(times);
    fmt::print(R"({{"group":"search","samples":{},"first":{:.1f},"p50":{:.1f},"p99":{:.1f},"max":{:.1f}}})"
               "\n",
               times.size(), first, quantile(times, 0.5), quantile(times, 0.99), times.back());
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Times of answers");
    app.add_option("--port", options.port)->required();
    app.add_option("--key", options.key);
    app.add_option("--secret", options.secret);
    app.add_option("--other-key", options.other_key, "Another account");
    app.add_option("--other-secret", options.other_secret);
    app.add_option("--samples", options.samples, "Of each class")->check(CLI::Range(100UL, 1'000'000UL));
    app.add_option("--inject-us", options.inject_us)->check(CLI::Range(0, 1'000'000));
    app.add_option("--ids", options.ids, "Search these instead, one a line");
    CLI11_PARSE(app, argc, argv);
    if (!options.ids.empty()) {
        search(options);
        return 0;
    }
    if (options.other_key.empty()) die("--other-key and --other-secret are needed");
    return Oracle(options).run() ? 0 : 1;
}
