// A load tool: so many keep-alive connections on one epoll thread, each of which runs one verification after the other
// (start, then the check of the right PIN). Prints one line of JSON.
//
//   lifegen --mode healthz|pin|derived|nginx --port N [--pid P] [--connections 64] [--seconds 2] [--warmup 0.5]
//           [--rate R] [--key K] [--secret S] [--keys DATA/keys]
//
//   healthz  one GET /healthz;  nginx  the two requests of `pin`, whatever the answer says
//   pin      the caller chooses the PIN;  derived  Roger does, and the tool derives it too, from the key file
//
// Closed loop: a connection sends as soon as it was answered. With --rate (lives a second) the loop is open: a start is
// due at its time whether or not the server keeps up, and waits are counted from that time, not from the sending.
// server_cpu_us is user and system time of all threads of --pid, per life.
#include <map>

#include <CLI/CLI.hpp>

#include "bench/load.hpp"

namespace {

using namespace roger;
using namespace roger::bench;

struct Options {
    std::string mode = "pin";
    std::uint16_t port = 8080;
    int pid = 0;
    std::size_t connections = 64;
    double seconds = 2;
    double warmup = 0.5;
    double rate = 0;
    std::string key = "bench";
    std::string secret = "bench";
    std::string keys_file;
};

struct Connection {
    int fd = -1;
    std::string in;
    std::string number;
    bool checking = false;  ///< which of the two was asked last
    bool busy = false;
    Instant began{};  ///< when the life was due
    Instant asked{};  ///< when this request was due
};

class Generator {
public:
    explicit Generator(Options options)
        : options_(std::move(options)), pins_(options_.key, options_.mode == "derived" ? options_.keys_file : "") {}
    void run();

private:
    void connect_all();
    void ask(Connection& connection, bool check, std::string_view id);
    void start(Connection& connection, Instant due);
    void start_due(Instant now);
    void answered(Connection& connection, const Response& response);
    void end_life(Connection& connection, bool good, Instant now);
    void receive(Connection& connection);
    int pause(Instant now) const;
    void print(double seconds, double cpu);

    Options options_;
    PinSource pins_;
    Numbers numbers_;
    int epoll_ = -1;
    std::vector<Connection> connections_;
    std::vector<Connection*> idle_;  ///< open loop: those without a life
    Instant next_due_{};
    bool measuring_ = false;
    std::size_t lives_ = 0;  ///< those that ended as they should
    std::map<std::string, std::size_t, std::less<>> statuses_;
    Latencies starts_, checks_, whole_;
};

void Generator::connect_all() {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    connections_.resize(options_.connections);
    for (Connection& connection : connections_) {
        connection.fd = connect_to(options_.port, epoll_, &connection);
        idle_.push_back(&connection);
    }
}

void Generator::ask(Connection& connection, bool check, std::string_view id) {
    connection.checking = check;
    std::string text;
    if (options_.mode == "healthz") {
        text = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    } else {
        std::string body = fmt::format("api_key={}&api_secret={}", options_.key, options_.secret);
        if (check) {
            body += fmt::format("&request_id={}&code={}", id, pins_.pin_of(id, connection.number));
        } else {
            body += fmt::format("&number={}&brand=Acme", connection.number);
            if (options_.mode != "derived") body += fmt::format("&pin_code={}", chosen_pin);
        }
        text = form_post(check ? "/check" : "", body);
    }
    send_text(connection.fd, text);
}

void Generator::start(Connection& connection, Instant due) {
    connection.busy = true;
    connection.began = connection.asked = due;
    connection.number = numbers_.next();
    ask(connection, false, "");
}

void Generator::start_due(Instant now) {
    if (options_.rate <= 0) {
        for (Connection* connection : idle_) start(*connection, now);
        idle_.clear();
        return;
    }
    while (next_due_ <= now && !idle_.empty()) {
        Connection* connection = idle_.back();
        idle_.pop_back();
        start(*connection, next_due_);
        next_due_ += in_seconds(1 / options_.rate);
    }
}

void Generator::end_life(Connection& connection, bool good, Instant now) {
    if (measuring_ && good) {
        ++lives_;
        whole_.add(connection.began, now);
    }
    connection.busy = false;
    idle_.push_back(&connection);
}

void Generator::answered(Connection& connection, const Response& response) {
    const Instant now = SteadyClock::now();
    const bool plain = options_.mode == "healthz" || options_.mode == "nginx";
    const std::string_view status = plain ? "" : member(response.body, "status");
    if (measuring_) {
        const std::string name =
            fmt::format("{} {} {}", connection.checking ? "check" : "start", response.http_status, status);
        ++statuses_[name];
        (connection.checking ? checks_ : starts_).add(connection.asked, now);
    }
    const bool good = plain ? response.http_status == 200 : status == "0";
    if (!good || connection.checking || options_.mode == "healthz") return end_life(connection, good, now);
    connection.asked = now;
    const std::string id(plain ? "00112233445566778899aabbccddeeff" : member(response.body, "request_id"));
    connection.in.clear();
    ask(connection, true, id);
}

void Generator::receive(Connection& connection) {
    char buffer[4096];
    const ssize_t size = ::recv(connection.fd, buffer, sizeof buffer, 0);
    if (size <= 0) die("the server closed a connection");
    connection.in.append(buffer, static_cast<std::size_t>(size));
    const auto response = read_response(connection.in);
    if (!response) return;
    if (response->size != connection.in.size()) die("more than one answer to one request");
    const std::string whole = connection.in;
    answered(connection, *read_response(whole));
    connection.in.clear();
}

/// How long epoll may sleep, in ms; open loop: not past the next start (the last millisecond is spun).
int Generator::pause(Instant now) const {
    if (options_.rate <= 0 || idle_.empty()) return 100;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_due_ - now).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 100));
}

void Generator::run() {
    connect_all();
    const Instant begin = SteadyClock::now();
    const auto after = [begin](double seconds) {
        return begin + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
    };
    const Instant measure_from = after(options_.warmup);
    const Instant end = after(options_.warmup + options_.seconds);
    double cpu_before = 0;
    Instant measured_from{};
    next_due_ = begin;
    std::array<epoll_event, 128> events{};
    while (true) {
        const Instant now = SteadyClock::now();
        if (!measuring_ && now >= measure_from) {
            measuring_ = true;
            cpu_before = cpu_us(options_.pid);
            measured_from = now;
        }
        if (now >= end) {
            print(std::chrono::duration<double>(now - measured_from).count(), cpu_us(options_.pid) - cpu_before);
            return;
        }
        start_due(now);
        const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), pause(now));
        for (int i = 0; i < ready; ++i)
            receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
}

void Generator::print(double seconds, double cpu) {
    std::string statuses;
    for (const auto& [status, count] : statuses_) {
        statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
    }
    const auto busy = std::ranges::count_if(connections_, &Connection::busy);
    fmt::print(
        R"({{"mode":"{}","connections":{},"asked_rate":{:.0f},"seconds":{:.3f},"lives":{},"rate":{:.1f},)"
        R"("server_cpu_us":{:.2f},"server_cores":{:.2f},"life_us":{},"start_us":{},"check_us":{},"statuses":{{{}}},)"
        R"("unfinished":{}}})"
        "\n",
        options_.mode, options_.connections, options_.rate, seconds, lives_, static_cast<double>(lives_) / seconds,
        cpu / static_cast<double>(std::max<std::size_t>(lives_, 1)), cpu / 1e6 / seconds, whole_.json(), starts_.json(),
        checks_.json(), statuses, busy);
    if (lives_ == 0) die("nothing was answered");
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("A load tool for Roger");
    app.add_option("--mode", options.mode)->check(CLI::IsMember({"healthz", "pin", "derived", "nginx"}));
    app.add_option("--port", options.port)->required();
    app.add_option("--pid", options.pid, "Process whose CPU time is read");
    app.add_option("--connections", options.connections)->check(CLI::Range(1, 10'000));
    app.add_option("--seconds", options.seconds)->check(CLI::Range(0.1, 600.0));
    app.add_option("--warmup", options.warmup)->check(CLI::Range(0.0, 60.0));
    app.add_option("--rate", options.rate, "Lives a second; 0: as fast as answered");
    app.add_option("--key", options.key);
    app.add_option("--secret", options.secret);
    app.add_option("--keys", options.keys_file, "DATA/keys of the server, for derived");
    CLI11_PARSE(app, argc, argv);
    (void)::alarm(static_cast<unsigned>(options.warmup + options.seconds) + 15);  // a server that hangs ends the run
    Generator(std::move(options)).run();
}
