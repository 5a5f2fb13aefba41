// Does a comparison tell by its time how nearly right a guess was? After dudect (Reparaz, Balasch, Verbauwhede:
// "Dude, is my code constant time?", 2017): two classes of inputs in random order, Welch's t of their times, once for
// all and once without each of several upper tails (interrupts). |t| ≥ 4.5 anywhere: exit 1.
//
// A |t| of that size is measured once more before it counts.
//
//   timing_leak [--samples 1000000] [--inject-ns N]
// --inject-ns burns so many ns more for one class, which must make it fail.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "api/gate.hpp"
#include "verification/vault.hpp"

namespace {

using namespace roger;

constexpr double t_max = 4.5;
constexpr std::size_t batch = 16;  ///< calls per sample: one alone is below the clock's grain

std::int64_t now_ns() {
    timespec time{};
    (void)::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

void burn(std::int64_t ns) {
    for (const std::int64_t end = now_ns() + ns; now_ns() < end;) {
    }
}

struct Moments {
    double n = 0;
    double mean = 0;
    double m2 = 0;
    void add(double x) {
        n += 1;
        const double delta = x - mean;
        mean += delta / n;
        m2 += delta * (x - mean);
    }
};

double welch(const Moments& a, const Moments& b) {
    if (a.n < 2 || b.n < 2) return 0;
    const double error = std::sqrt(a.m2 / (a.n - 1) / a.n + b.m2 / (b.n - 1) / b.n);
    return error == 0 ? 0 : (a.mean - b.mean) / error;
}

struct Sample {
    std::int64_t ns;
    bool second;
};

/// The greatest |t| over all samples and over those below several quantiles.
double worst_t(std::vector<Sample> samples) {
    std::ranges::sort(samples, {}, &Sample::ns);
    double worst = 0;
    for (const double kept : {1.0, 0.99, 0.95, 0.9, 0.75, 0.5}) {
        Moments classes[2];
        // All samples of one time stand or fall together, or the sort would pick among equals.
        const auto limit = samples[static_cast<std::size_t>(kept * static_cast<double>(samples.size() - 1))].ns;
        for (const Sample& sample : samples) {
            if (sample.ns <= limit) classes[sample.second ? 1 : 0].add(static_cast<double>(sample.ns));
        }
        const double t = welch(classes[0], classes[1]);
        if (std::abs(t) > std::abs(worst)) worst = t;
    }
    return worst;
}

struct Settings {
    std::size_t samples = 1'000'000;
    std::int64_t inject_ns = 0;
};

/// @param prepare  makes the input of class 0 or 1, by the same work for both and outside the measured time
/// @param call     what is measured
template <class Prepare, class Call>
double measure(const Settings& settings, std::uint64_t seed, Prepare prepare, Call call) {
    std::mt19937_64 random(seed);
    std::vector<Sample> samples;
    samples.reserve(settings.samples);
    unsigned long sink = 0;
    for (std::size_t i = 0; i < settings.samples; ++i) {
        const bool second = (random() & 1U) != 0;
        prepare(second ? 1 : 0, random());
        const std::int64_t from = now_ns();
        for (std::size_t n = 0; n < batch; ++n) {
            sink += call() ? 1 : 0;
            asm volatile("" : "+r"(sink) : : "memory");
        }
        if (second && settings.inject_ns > 0) burn(settings.inject_ns);
        samples.push_back({now_ns() - from, second});
    }
    // The first are the caches' and the branch predictor's.
    samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 100));
    return worst_t(std::move(samples));
}

/// Six looks at one sample find 4.5 by chance now and then, so a leak must be found a second time, to the same side.
template <class Prepare, class Call>
bool judge(const char* name, const Settings& settings, Prepare prepare, Call call) {
    double t = measure(settings, 7, prepare, call);
    if (std::abs(t) >= t_max) {
        const double again = measure(settings, 8, prepare, call);
        t = again * t < 0 ? 0 : std::copysign(std::min(std::abs(t), std::abs(again)), t);
    }
    const bool good = std::abs(t) < t_max;
    fmt::print(R"({{"compared":"{}","samples":{},"inject_ns":{},"t":{:.2f},"constant_time":{}}})"
               "\n",
               name, settings.samples, settings.inject_ns, t, good);
    return good;
}

bool judge_pins(const Settings& settings) {
    const auto right = *verification::Pin::parse("473920");
    // Wrong in the first digit, or in the last.
    const verification::Pin wrong[] = {*verification::Pin::parse("973920"), *verification::Pin::parse("473925")};
    auto guess = right;
    return judge(
        "Pin::matches", settings, [&](std::size_t kind, std::uint64_t) { guess = wrong[kind]; },
        [&] { return right.matches(guess); });
}

bool judge_ids(const Settings& settings) {
    verification::Request row;
    row.random = 0x1122334455667788ULL;
    const std::uint64_t wrong[] = {row.random ^ 1ULL, row.random ^ 1ULL << 63U};
    verification::IdParts parts;
    return judge(
        "Vault::is_of", settings, [&](std::size_t kind, std::uint64_t) { parts.random = wrong[kind]; },
        [&] { return verification::Vault::is_of(parts, row); });
}

bool judge_secrets(const Settings& settings) {
    constexpr std::size_t kinds = 256;
    Key32 master{};
    verification::Keyring keyring;
    keyring.add(1, master, true);
    api::SecretHasher hasher(keyring);
    const std::string secret = "correct-horse-battery";
    account::Account account;
    account.secret_hashes = {hasher.hash(secret)};
    // Nothing right, against all but the last letter.
    std::vector<std::string> wrong[] = {std::vector(kinds, secret), std::vector(kinds, secret)};
    std::mt19937_64 random(5);
    const auto letter = [&random] { return static_cast<char>('A' + random() % 26); };
    for (std::size_t i = 0; i < kinds; ++i) {
        for (char& c : wrong[0][i]) c = letter();
        wrong[1][i].back() = letter();
    }
    std::string guess = secret;
    return judge(
        "SecretHasher::matches", settings,
        [&](std::size_t kind, std::uint64_t which) { guess = wrong[kind][which % kinds]; },
        [&] { return hasher.matches(account, guess); });
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    CLI::App app("Do comparisons tell anything by their time?");
    app.add_option("--samples", settings.samples)->check(CLI::Range(10'000UL, 100'000'000UL));
    app.add_option("--inject-ns", settings.inject_ns)->check(CLI::Range(0, 1'000'000));
    CLI11_PARSE(app, argc, argv);
    const bool pins = judge_pins(settings);
    const bool ids = judge_ids(settings);
    const bool secrets = judge_secrets(settings);
    return pins && ids && secrets ? 0 : 1;
}
