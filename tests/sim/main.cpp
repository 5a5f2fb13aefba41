// sim [--seed S] [--seeds N] [--jobs J] [--trace] [--twice] [--stop]
//
// Runs N simulated hours, from seed S on, over J threads; each is the whole of its seed. Ends with 1 at a violation,
// and says how to see it again.
//   --trace   prints every line of the one run of --seed
//   --twice   runs each seed two times and compares their traces
//   --stop    starts no further seed after a violation
#include <atomic>
#include <charconv>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "observe/log.hpp"
#include "tests/sim/world.hpp"

namespace roger::sim {
namespace {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t seeds = 1;
    std::uint64_t jobs = 1;
    bool trace = false;
    bool twice = false;
    bool stop = false;
};

bool read_number(std::string_view text, std::uint64_t& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ptr == text.data() + text.size() &&
           !text.empty();
}

std::optional<Options> read_options(std::span<char*> args) {
    Options options;
    for (std::size_t i = 1; i < args.size(); ++i) {
        const std::string_view arg = args[i];
        bool* flag = arg == "--trace"   ? &options.trace
                     : arg == "--twice" ? &options.twice
                     : arg == "--stop"  ? &options.stop
                                        : nullptr;
        if (flag != nullptr) {
            *flag = true;
            continue;
        }
        std::uint64_t* number = arg == "--seed"    ? &options.seed
                                : arg == "--seeds" ? &options.seeds
                                : arg == "--jobs"  ? &options.jobs
                                                   : nullptr;
        if (number == nullptr || ++i == args.size() || !read_number(args[i], *number)) return std::nullopt;
    }
    return options;
}

struct Sum {
    std::mutex mutex;
    std::atomic<std::uint64_t> bad = 0;
    std::uint64_t steps = 0;
    std::uint64_t seeds = 0;
};

void run_one(std::uint64_t seed, const Options& options, Sum& sum) {
    World world(seed, options.trace);
    std::string violation = world.run();
    if (options.twice && violation.empty()) {
        World again(seed, false);
        (void)again.run();
        if (again.trace.hash() != world.trace.hash()) violation = "the same seed gave another run";
    }
    const std::lock_guard lock(sum.mutex);
    sum.steps += world.steps;
    ++sum.seeds;
    if (options.trace) fmt::print("trace hash {:016x}\n", world.trace.hash());
    if (violation.empty()) return;
    if (++sum.bad > 3) return;  // the first few tell enough
    if (!options.trace) {
        for (const std::string& line : world.trace.tail()) fmt::print("{}\n", line);
    }
    fmt::print("seed {} ({}): {}\n  see it whole: sim --seed {} --trace\n\n", seed, world.weather.name, violation,
               seed);
}

int run(const Options& options) {
    // The house logs what it suffers, a thousand times a second here.
    const int quiet = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (!options.trace && quiet >= 0) ::dup2(quiet, STDERR_FILENO);
    observe::set_level(observe::Level::error);

    const auto began = std::chrono::steady_clock::now();
    std::atomic<std::uint64_t> next = 0;
    Sum sum;
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < std::max<std::uint64_t>(1, options.jobs); ++i) {
        threads.emplace_back([&] {
            for (std::uint64_t n = next++; n < options.seeds; n = next++) {
                run_one(options.seed + n, options, sum);
                if (options.stop && sum.bad > 0) return;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const double core_hours = took.count() * static_cast<double>(threads.size()) / 3600;
    fmt::print("{} seeds from {}, {} steps, {} violations; {:.1f} s, {:.0f} seeds per core-hour\n", sum.seeds,
               options.seed, sum.steps, sum.bad.load(), took.count(), static_cast<double>(sum.seeds) / core_hours);
    return sum.bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace roger::sim

int main(int argc, char** argv) {
    const auto options = roger::sim::read_options({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        std::fputs("usage: sim [--seed S] [--seeds N] [--jobs J] [--trace] [--twice] [--stop]\n", stderr);
        return 2;
    }
    return roger::sim::run(*options);
}
