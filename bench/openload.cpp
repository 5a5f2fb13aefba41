// An open-loop load tool: starts and checks are due at their times whether or not the server keeps up, and their
// latency counts from then, not from the sending (no coordinated omission). One thread. Prints one object of JSON.
//
//   openload --port N --pid P --phase NAME:SECONDS:RATE… [--checks 200] [--connections 3000] [--audit]
//            [--key K] [--secret S] [--keys DATA/keys]
//
// RATE is starts a second, or "closed": always --in-flight of them, to learn what the server can do. Checks hand in the
// right PIN of the oldest request that was accepted and not checked yet. --audit searches every accepted request at the
// end. Bins are 100 ms long; what was answered counts in the bin of its answer, what was offered in that of its due
// time.
#include <deque>
#include <map>

#include <CLI/CLI.hpp>

#include "bench/load.hpp"

namespace {

using namespace roger::bench;

constexpr double bin_seconds = 0.1;
constexpr double drain_seconds = 5;
constexpr std::size_t audit_connections = 16;

struct Options {
    std::uint16_t port = 0;
    int pid = 0;
    std::vector<std::string> phases;
    double checks = 200;
    std::size_t connections = 3000;
    std::size_t in_flight = 500;
    bool audit = false;
    std::string key = "bench";
    std::string secret = "bench";
    std::string keys_file;
};

enum class Kind : std::uint8_t { start, check, search };

struct Life {
    std::string id;
    std::string number;
};

struct Connection {
    int fd = -1;
    std::string in;
    Kind kind = Kind::start;
    std::size_t phase = 0;  ///< in which it was due
    Instant due{};
    Life life;
};

/// What happened in a bin or a phase.
struct Count {
    std::size_t offered = 0;
    std::size_t checks_other = 0;                                ///< checks not answered 0
    std::map<std::string, std::size_t, std::less<>> unexpected;  ///< starts answered neither 0 nor 1, by status
    Latencies accepted, refused, checks;
    long rss_kib = 0;
    std::string json();
};

std::string Count::json() {
    std::string others;
    for (const auto& [status, times] : unexpected)
        others += fmt::format("{}\"{}\":{}", others.empty() ? "" : ",", status, times);
    return fmt::format(R"("offered":{},"accepted":{},"refused":{},"unexpected":{{{}}},"checked":{},"checks_other":{},)"
                       R"("accepted_us":{},"refused_us":{},"checks_us":{},"rss_kib":{})",
                       offered, accepted.all.size(), refused.all.size(), others, checks.all.size(), checks_other,
                       accepted.json(), refused.json(), checks.json(), rss_kib);
}

struct Phase {
    std::string name;
    double seconds = 0;
    double rate = 0;  ///< 0: closed
    Count count{};
    double cpu_us = 0;  ///< the server's
};

Phase read_phase(const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) die("--phase NAME:SECONDS:RATE");
    Phase phase{.name = text.substr(0, first)};
    phase.seconds = std::strtod(text.c_str() + first + 1, nullptr);
    const std::string rate = text.substr(second + 1);
    if (rate != "closed") phase.rate = std::strtod(rate.c_str(), nullptr);
    if (phase.seconds <= 0 || phase.seconds > 60 || (rate != "closed" && phase.rate <= 0)) die("--phase: " + text);
    return phase;
}

long rss_kib(int pid) {
    std::ifstream file(fmt::format("/proc/{}/statm", pid));
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

class Load {
public:
    explicit Load(Options options) : options_(std::move(options)), pins_(options_.key, options_.keys_file) {
        for (const std::string& text : options_.phases) phases_.push_back(read_phase(text));
    }
    void run();

private:
    void ask(Connection& connection, Kind kind, Instant due);
    bool offer_starts(Instant now);
    bool offer_checks(Instant now);
    void start(Instant due);
    void enter_phase(std::size_t phase, Instant now);
    void poll(int milliseconds);
    void receive(Connection& connection);
    void answered(Connection& connection, const Response& response);
    void count_start(Connection& connection, std::string_view status, std::string_view id, Instant now);
    Count& bin(Instant at);
    void drain();
    void audit();
    void print();

    Options options_;
    PinSource pins_;
    Numbers numbers_{3};
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<Connection> connections_;
    std::vector<Connection*> idle_;
    std::vector<Phase> phases_;
    std::size_t phase_ = 0;
    Instant begin_{}, next_start_{}, next_check_{};
    std::size_t starts_under_way_ = 0;
    std::deque<Count> bins_;
    std::deque<Life> unchecked_;
    std::vector<std::string> accepted_;
    double cpu_before_ = 0;
    std::size_t late_ = 0;  ///< starts that found no idle connection when they were due
    std::size_t audited_ = 0, found_ = 0;
};

Count& Load::bin(Instant at) {
    const auto index = static_cast<std::size_t>(std::chrono::duration<double>(at - begin_).count() / bin_seconds);
    while (bins_.size() <= index) bins_.emplace_back().rss_kib = rss_kib(options_.pid);
    return bins_[index];
}

void Load::ask(Connection& connection, Kind kind, Instant due) {
    connection.kind = kind;
    connection.due = due;
    connection.phase = phase_;
    std::string body = fmt::format("api_key={}&api_secret={}", options_.key, options_.secret);
    const Life& life = connection.life;
    if (kind == Kind::start) {
        body += fmt::format("&number={}&brand=Acme", life.number);
        if (options_.keys_file.empty()) body += fmt::format("&pin_code={}", chosen_pin);
        return send_text(connection.fd, form_post("", body));
    }
    body += fmt::format("&request_id={}", life.id);
    if (kind == Kind::search) return send_text(connection.fd, form_post("/search", body));
    body += fmt::format("&code={}", pins_.pin_of(life.id, life.number));
    send_text(connection.fd, form_post("/check", body));
}

void Load::start(Instant due) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    connection.life = {"", numbers_.next()};
    ++starts_under_way_;
    ++phases_[phase_].count.offered;
    ++bin(due).offered;
    ask(connection, Kind::start, due);
}

/// @return false when all connections are taken
bool Load::offer_starts(Instant now) {
    const double rate = phases_[phase_].rate;
    if (rate <= 0) {
        while (starts_under_way_ < options_.in_flight && !idle_.empty()) start(now);
        return !idle_.empty();
    }
    while (next_start_ <= now) {
        if (idle_.empty()) return false;
        start(next_start_);
        next_start_ += in_seconds(1 / rate);
    }
    return true;
}

bool Load::offer_checks(Instant now) {
    while (options_.checks > 0 && next_check_ <= now) {
        if (idle_.empty()) return false;
        if (!unchecked_.empty()) {
            Connection& connection = *idle_.back();
            idle_.pop_back();
            connection.life = std::move(unchecked_.front());
            unchecked_.pop_front();
            ask(connection, Kind::check, next_check_);
        }
        next_check_ += in_seconds(1 / options_.checks);
    }
    return true;
}

void Load::count_start(Connection& connection, std::string_view status, std::string_view id, Instant now) {
    --starts_under_way_;
    if (status == "0") {
        connection.life.id = id;
        accepted_.emplace_back(id);
        unchecked_.push_back(connection.life);
    }
    for (Count* count : {&phases_[connection.phase].count, &bin(now)}) {
        if (status == "0") {
            count->accepted.add(connection.due, now);
        } else if (status == "1") {
            count->refused.add(connection.due, now);
        } else {
            ++count->unexpected[std::string(status)];
        }
    }
}

void Load::answered(Connection& connection, const Response& response) {
    const Instant now = SteadyClock::now();
    const std::string_view status = member(response.body, "status");
    if (connection.kind == Kind::start) {
        count_start(connection, status, member(response.body, "request_id"), now);
    } else if (connection.kind == Kind::check) {
        for (Count* count : {&phases_[connection.phase].count, &bin(now)}) {
            count->checks.add(connection.due, now);
            if (status != "0") ++count->checks_other;
        }
    } else {
        ++audited_;
        if (member(response.body, "request_id") == connection.life.id) ++found_;
    }
    idle_.push_back(&connection);
}

void Load::receive(Connection& connection) {
    char buffer[4096];
    const ssize_t size = ::recv(connection.fd, buffer, sizeof buffer, 0);
    if (size <= 0) die("the server closed a connection");
    connection.in.append(buffer, static_cast<std::size_t>(size));
    const auto response = read_response(connection.in);
    if (!response) return;
    if (response->size != connection.in.size()) die("more than one answer to one request");
    answered(connection, *response);
    connection.in.clear();
}

void Load::poll(int milliseconds) {
    std::array<epoll_event, 256> events{};
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
    for (int i = 0; i < ready; ++i) receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
}

void Load::enter_phase(std::size_t phase, Instant now) {
    const double cpu = cpu_us(options_.pid);
    if (phase > 0) phases_[phase - 1].cpu_us = cpu - cpu_before_;
    cpu_before_ = cpu;
    if (phase < phases_.size()) phase_ = phase;
    next_start_ = now;
}

void Load::run() {
    connections_.resize(options_.connections);
    for (Connection& connection : connections_) {
        connection.fd = connect_to(options_.port, epoll_, &connection);
        idle_.push_back(&connection);
    }
    begin_ = next_check_ = SteadyClock::now();
    Instant end = begin_;
    for (std::size_t phase = 0; phase < phases_.size(); ++phase) {
        enter_phase(phase, end);  // where the one before ended, so that no arrival is left out
        end += in_seconds(phases_[phase].seconds);
        for (Instant now = SteadyClock::now(); now < end; now = SteadyClock::now()) {
            Count& current = bin(now);
            phases_[phase].count.rss_kib = std::max(phases_[phase].count.rss_kib, current.rss_kib);
            const bool checks_sent = offer_checks(now);
            if (!offer_starts(now) || !checks_sent) ++late_;
            poll(1);
        }
    }
    enter_phase(phases_.size(), end);
    drain();
    if (options_.audit) audit();
    print();
}

/// Waits for the answers that are still under way.
void Load::drain() {
    const Instant end = SteadyClock::now() + in_seconds(drain_seconds);
    while (idle_.size() < connections_.size() && SteadyClock::now() < end) poll(10);
}

void Load::audit() {
    if (idle_.size() < connections_.size()) return;  // it is reported as unanswered
    std::size_t next = 0;
    while (audited_ < accepted_.size()) {
        while (next < accepted_.size() && connections_.size() - idle_.size() < audit_connections) {
            Connection& connection = *idle_.back();
            idle_.pop_back();
            connection.life.id = accepted_[next++];
            ask(connection, Kind::search, SteadyClock::now());
        }
        poll(100);
    }
}

void Load::print() {
    std::string phases;
    for (Phase& phase : phases_) {
        phases += fmt::format(R"({}{{"name":"{}","seconds":{},"rate":{:.0f},"server_cores":{:.2f},{}}})",
                              phases.empty() ? "" : ",", phase.name, phase.seconds, phase.rate,
                              phase.cpu_us / 1e6 / phase.seconds, phase.count.json());
    }
    std::string bins;
    for (Count& count : bins_) bins += fmt::format("{}{{{}}}", bins.empty() ? "" : ",", count.json());
    fmt::print(R"({{"connections":{},"turns_without_a_connection":{},"unanswered":{},"accepted":{},"audited":{},)"
               R"("found":{},"bin_seconds":{},"phases":[{}],"bins":[{}]}})"
               "\n",
               connections_.size(), late_, connections_.size() - idle_.size(), accepted_.size(), audited_, found_,
               bin_seconds, phases, bins);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("An open-loop load tool for Roger");
    app.add_option("--port", options.port)->required();
    app.add_option("--pid", options.pid, "The server, whose memory and CPU time are read")->required();
    app.add_option("--phase", options.phases, "NAME:SECONDS:RATE")->required();
    app.add_option("--checks", options.checks, "A second")->check(CLI::Range(0.0, 10'000.0));
    app.add_option("--connections", options.connections)->check(CLI::Range(1, 10'000));
    app.add_option("--in-flight", options.in_flight, "Starts under way in a closed phase")
        ->check(CLI::Range(1, 10'000));
    app.add_flag("--audit", options.audit);
    app.add_option("--key", options.key);
    app.add_option("--secret", options.secret);
    app.add_option("--keys", options.keys_file, "DATA/keys of the server: the server chooses the PINs");
    CLI11_PARSE(app, argc, argv);
    (void)::alarm(85);  // a server that hangs ends the run
    Load(std::move(options)).run();
}
