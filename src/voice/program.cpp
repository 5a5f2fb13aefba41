#include "voice/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fmt/format.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/assert.hpp"

namespace roger::voice {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

constexpr std::size_t input_max = 4'096;
constexpr std::size_t chunk_size = 16'384;
constexpr seconds burial_max{2};
constexpr const char* usual_path = "/usr/local/bin:/usr/bin:/bin";

std::string path_of_environment() {
    const char* path = std::getenv("PATH");
    return path == nullptr ? usual_path : path;
}

tl::unexpected<Error> broken(const std::string& program, std::string_view what) {
    return fail(Errc::unavailable, fmt::format("{} {}", program, what));
}

/// A file descriptor that is closed in the end, unless it was given away.
class File {
public:
    explicit File(int descriptor = -1) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(File&& other) noexcept : descriptor_(other.release()) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

struct Pipe {
    File read;
    File write;
};
std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{File(ends[0]), File(ends[1])};
}

/// A pipe that holds the whole text already and has no writer any more: the program cannot make us wait or get SIGPIPE.
std::optional<File> make_input(const std::string& text) {
    auto pipe = make_pipe();
    if (!pipe || ::fcntl(pipe->write.get(), F_SETFL, O_NONBLOCK) != 0) return std::nullopt;
    const auto written = ::write(pipe->write.get(), text.data(), text.size());
    if (written < 0 || static_cast<std::size_t>(written) != text.size()) return std::nullopt;
    return std::move(pipe->read);
}

/// glibc 2.36 declares its own without extern "C".
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

/// What posix_spawn is to do in the child, as one object.
class SpawnPlan {
public:
    SpawnPlan(int input, int output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// @return 0 or an errno
    int spawn(std::vector<std::string>& arguments, pid_t& pid) const {
        std::vector<char*> argv;
        for (std::string& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        std::string path = "PATH=" + path_of_environment();
        std::string language = "LANG=C.UTF-8";
        std::array<char*, 3> environment{path.data(), language.data(), nullptr};
        return ::posix_spawnp(&pid, argv[0], &actions_, &attributes_, argv.data(), environment.data());
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// One process and its group. Whoever lets go of it before it was buried kills it and leaves the zombie.
class Process {
public:
    explicit Process(pid_t pid) : pid_(pid) {}
    ~Process() { kill(); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Until it is buried its number is its own, so that this cannot meet anybody else.
    void kill() const noexcept {
        if (!status_) ::kill(-pid_, SIGKILL);
    }
    /// After it ended: sweeps up what it started, and takes its status.
    /// @return whether it is gone
    bool bury() noexcept {
        if (status_) return true;
        kill();
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == 0) return false;
        status_ = status;
        return true;
    }
    [[nodiscard]] bool ended_well() const noexcept {
        return status_ && WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
    }

private:
    pid_t pid_;
    std::optional<int> status_;
};

/// A timer in a list of those that are to be woken, for as long as somebody waits on it.
class Listed {
public:
    Listed(std::vector<asio::steady_timer*>& list, asio::steady_timer& timer) : list_(list), timer_(&timer) {
        list_.push_back(timer_);
    }
    ~Listed() { std::erase(list_, timer_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

private:
    std::vector<asio::steady_timer*>& list_;
    asio::steady_timer* timer_;
};

/// @return whether the timer ran out; false: somebody woke us
asio::awaitable<bool> ran_out(asio::steady_timer& timer) {
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

}  // namespace

/// A process, its output and its end. It lives, and keeps its place, until the process is buried.
struct Programs::Run {
    Run(std::shared_ptr<State> owner, pid_t pid, int output_end, int pid_descriptor, SteadyTime deadline);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void give_up() {
        process.kill();
        output.cancel();
        exit.cancel();
    }

    std::shared_ptr<State> state;
    Process process;
    Descriptor output;
    Descriptor exit;  ///< readable when the process has ended
    asio::steady_timer alarm;
};

struct Programs::State {
    asio::any_io_executor executor;
    Limits limits;
    bool stopping = false;
    std::vector<Run*> runs;                    ///< at most limits.at_once
    std::vector<asio::steady_timer*> waiting;  ///< for a place, in order
    std::vector<asio::steady_timer*> stoppers;

    [[nodiscard]] bool has_place() const noexcept { return runs.size() < limits.at_once; }
    void wake_next() {
        if (has_place() && !waiting.empty()) waiting.front()->cancel();
    }
    asio::awaitable<bool> wait_for_place(SteadyTime deadline);
};

Programs::Run::Run(std::shared_ptr<State> owner, pid_t pid, int output_end, int pid_descriptor, SteadyTime deadline)
    : state(std::move(owner)),
      process(pid),
      output(state->executor, output_end),
      exit(state->executor, pid_descriptor),
      alarm(state->executor, deadline) {
    state->runs.push_back(this);
}

Programs::Run::~Run() {
    std::erase(state->runs, this);
    state->wake_next();
    for (asio::steady_timer* stopper : state->stoppers) stopper->cancel();
}

asio::awaitable<bool> Programs::State::wait_for_place(SteadyTime deadline) {
    if (has_place() && waiting.empty()) co_return true;
    if (waiting.size() >= limits.waiting_max) co_return false;
    asio::steady_timer timer(executor, deadline);
    const Listed listed(waiting, timer);
    while (!has_place() || waiting.front() != &timer) {
        if (stopping || co_await ran_out(timer)) co_return false;
    }
    co_return !stopping;
}

namespace {

/// Keeps the run, and its place, until its process is buried: a killed one takes a moment.
template <class Run>
void bury_when_ended(const std::shared_ptr<Run>& run) {
    if (run->process.bury()) return;
    run->exit.async_wait(Descriptor::wait_read, [run](const boost::system::error_code& error) {
        if (!error || error == asio::error::operation_aborted) bury_when_ended(run);
    });
}

/// Reads to the end. @return what went wrong, or ""
asio::awaitable<std::string_view> read_all(Descriptor& output, std::string& text, std::size_t size_max) {
    while (true) {
        const std::size_t had = text.size();
        text.resize(had + chunk_size);
        boost::system::error_code error;
        const std::size_t got = co_await output.async_read_some(asio::buffer(text.data() + had, chunk_size),
                                                                asio::redirect_error(asio::use_awaitable, error));
        text.resize(had + got);
        if (error == asio::error::eof) co_return "";
        if (error) co_return "was not done in time";
        if (text.size() > size_max) co_return "wrote too much";
    }
}

}  // namespace

Programs::Programs(asio::any_io_executor executor, Limits limits) : state_(std::make_shared<State>()) {
    state_->executor = std::move(executor);
    state_->limits = limits;
}
Programs::~Programs() = default;

Result<std::shared_ptr<Programs::Run>> Programs::start(std::vector<std::string> arguments,
                                                       const std::string& input,
                                                       SteadyTime deadline) {
    auto text = make_input(input);
    auto output = make_pipe();
    if (!text || !output) return broken(arguments[0], "cannot be started: no pipe");
    pid_t pid = 0;
    const int error = SpawnPlan(text->get(), output->write.get()).spawn(arguments, pid);
    if (error != 0) return broken(arguments[0], fmt::format("cannot be started: {}", std::strerror(error)));
    File exit(open_pidfd(pid));
    if (exit.get() < 0 || ::fcntl(output->read.get(), F_SETFL, O_NONBLOCK) != 0) {
        Process lost(pid);  // killed at once; as a zombie it waits for our own end
        return broken(arguments[0], "cannot be watched");
    }
    return std::make_shared<Run>(state_, pid, output->read.release(), exit.release(), deadline);
}

asio::awaitable<Result<std::string>> Programs::run(std::vector<std::string> arguments,
                                                   std::string input,
                                                   SteadyTime deadline) {
    ROGER_ASSERT(!arguments.empty() && input.size() <= input_max, "the callers' own limits");
    const auto state = state_;
    const std::string name = arguments[0];
    if (state->stopping) co_return broken(name, "is not started: the server stops");
    if (!co_await state->wait_for_place(deadline)) co_return broken(name, "was not started in time");
    auto started = start(std::move(arguments), input, deadline);
    state->wake_next();  // there may be more than one place
    if (!started) co_return tl::unexpected<Error>(started.error());
    const std::shared_ptr<Run> run = *started;
    run->alarm.async_wait([run](const boost::system::error_code& stopped) {
        if (!stopped) run->give_up();
    });
    std::string text;
    std::string_view wrong = co_await read_all(run->output, text, state->limits.output_max);
    if (wrong.empty()) {
        boost::system::error_code error;
        co_await run->exit.async_wait(Descriptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (error) wrong = "was not done in time";
    }
    run->alarm.cancel();
    if (!wrong.empty()) run->process.kill();
    bury_when_ended(run);
    if (!wrong.empty()) co_return broken(name, wrong);
    if (!run->process.ended_well()) co_return broken(name, "ended with an error");
    if (text.empty() && !state->limits.may_be_silent) co_return broken(name, "wrote nothing");
    co_return text;
}

asio::awaitable<void> Programs::stop() {
    const auto state = state_;
    state->stopping = true;
    for (asio::steady_timer* timer : state->waiting) timer->cancel();
    for (Run* run : state->runs) run->give_up();
    asio::steady_timer timer(state->executor, burial_max);
    const Listed listed(state->stoppers, timer);
    while (!state->runs.empty()) {
        if (co_await ran_out(timer)) co_return;
    }
}

bool can_run(const std::string& program) {
    if (program.find('/') != std::string::npos) return ::access(program.c_str(), X_OK) == 0;
    const std::string path = path_of_environment();
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t to = std::min(path.find(':', from), path.size());
        if (::access((path.substr(from, to - from) + "/" + program).c_str(), X_OK) == 0) return true;
        from = to + 1;
    }
    return false;
}

}  // namespace roger::voice
