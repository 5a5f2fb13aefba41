// Does a comparison tell by its time how nearly right a guess was? After dudect (Reparaz, Balasch, Verbauwhede: "Dude,
// is my code constant time?", 2017): a fixed guess that is wrong in its last place only, and random ones, in random
// order; Welch's t of their times over all samples, over those below each of 100 percentiles (interrupts go first), and
// of the squares of what is left without the mean. |t| ≥ 4.5 in any of these tests: exit 1, without a second try.
//
//   timing_leak [--samples 1000000] [--inject-ns N]
// --inject-ns burns so many ns more for the fixed class, which must make it fail.
#include <array>
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
constexpr std::size_t batch = 16;          ///< calls per sample: one alone is below the clock's grain
constexpr std::size_t chunk = 10'000;      ///< inputs made at a time, before any of them is measured
constexpr std::size_t percentiles = 100;   ///< as dudect has them: 1 - 2^(-i/10), dense where the times are slow
constexpr double samples_enough = 10'000;  ///< of a class, before a test counts

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

/// Two classes beside each other.
struct Test {
    std::array<Moments, 2> classes;
    [[nodiscard]] double t() const {
        const auto& [a, b] = classes;
        if (a.n < samples_enough || b.n < samples_enough) return 0;
        const double error = std::sqrt(a.m2 / (a.n - 1) / a.n + b.m2 / (b.n - 1) / b.n);
        return error == 0 ? 0 : (a.mean - b.mean) / error;
    }
};

/// All tests of one comparison, fed sample by sample.
class Judge {
public:
    /// @param first  times that warmed up: they set the percentiles and are not judged
    explicit Judge(std::vector<std::int64_t> first) {
        std::ranges::sort(first);
        for (std::size_t i = 0; i < percentiles; ++i) {
            const double kept = 1 - std::exp2(-static_cast<double>(i + 1) / 10);
            limits_[i] = first[static_cast<std::size_t>(kept * static_cast<double>(first.size()))];
        }
    }
    void add(std::size_t kind, std::int64_t ns) {
        const auto x = static_cast<double>(ns);
        all_.classes[kind].add(x);
        for (std::size_t i = 0; i < percentiles; ++i) {
            if (ns < limits_[i]) cropped_[i].classes[kind].add(x);
        }
        // The mean must have settled first.
        if (all_.classes[kind].n < samples_enough) return;
        const double centred = x - all_.classes[kind].mean;
        squares_.classes[kind].add(centred * centred);
    }
    /// Of the greatest magnitude.
    [[nodiscard]] double worst_t() const {
        double worst = all_.t();
        const auto look = [&worst](double t) {
            if (std::abs(t) > std::abs(worst)) worst = t;
        };
        look(squares_.t());
        for (const Test& test : cropped_) look(test.t());
        return worst;
    }

private:
    std::array<std::int64_t, percentiles> limits_{};
    Test all_, squares_;
    std::array<Test, percentiles> cropped_;
};

struct Settings {
    std::size_t samples = 1'000'000;
    std::int64_t inject_ns = 0;
};

/// @param random_input  the inputs of class 1, fresh at each call; `fixed` is that of class 0
/// @param call          what is measured
template <class Input, class RandomInput, class Call>
bool judge(const char* name, const Settings& settings, const Input& fixed, RandomInput random_input, Call call) {
    std::mt19937_64 random(std::random_device{}());
    const std::array<std::int64_t, 2> extra_ns{settings.inject_ns, 0};
    std::vector<Input> inputs(chunk, fixed);
    std::vector<std::uint8_t> kinds(chunk);
    std::vector<std::int64_t> times(chunk);
    std::optional<Judge> tests;
    unsigned long sink = 0;
    for (std::size_t judged = 0; judged < settings.samples;) {
        // Both classes by the same instructions: a random input is made and one of the two is copied.
        for (std::size_t i = 0; i < chunk; ++i) {
            kinds[i] = static_cast<std::uint8_t>(random() >> 63U);
            const std::array<Input, 2> choice{fixed, random_input(random)};
            inputs[i] = choice[kinds[i]];
        }
        for (std::size_t i = 0; i < chunk; ++i) {
            const Input& input = inputs[i];
            const std::int64_t extra = extra_ns[kinds[i]];
            const std::int64_t from = now_ns();
            for (std::size_t n = 0; n < batch; ++n) {
                sink += call(input) ? 1 : 0;
                asm volatile("" : "+r"(sink) : : "memory");
            }
            if (extra > 0) burn(extra);  // not by the class: its branch would be measured too
            times[i] = now_ns() - from;
        }
        if (!tests) {
            tests.emplace(times);
            continue;
        }
        for (std::size_t i = 0; i < chunk; ++i) tests->add(kinds[i], times[i]);
        judged += chunk;
    }
    const double t = tests->worst_t();
    const bool good = std::abs(t) < t_max;
    fmt::print(R"({{"compared":"{}","samples":{},"inject_ns":{},"t":{:.2f},"constant_time":{}}})"
               "\n",
               name, settings.samples, settings.inject_ns, t, good);
    return good;
}

bool judge_pins(const Settings& settings) {
    const auto right = *verification::Pin::parse("473920");
    const auto random_pin = [](std::mt19937_64& random) {
        return *verification::Pin::parse(fmt::format("{:06}", random() % 1'000'000));
    };
    return judge("Pin::matches", settings, *verification::Pin::parse("473925"), random_pin,
                 [&](const verification::Pin& guess) { return right.matches(guess); });
}

bool judge_ids(const Settings& settings) {
    verification::Request row;
    row.random = 0x1122334455667788ULL;
    const auto random_id = [](std::mt19937_64& random) { return verification::IdParts{{}, random()}; };
    return judge("Vault::is_of", settings, verification::IdParts{{}, row.random ^ 1ULL << 63U}, random_id,
                 [&](const verification::IdParts& parts) { return verification::Vault::is_of(parts, row); });
}

bool judge_secrets(const Settings& settings) {
    using Secret = std::array<char, 21>;
    const auto text = [](const Secret& secret) { return std::string_view(secret.data(), secret.size()); };
    Key32 master{};
    verification::Keyring keyring;
    keyring.add(1, master, true);
    api::SecretHasher hasher(keyring);
    Secret fixed{"correct-horse-batter"};
    fixed.back() = 'y';
    account::Account account;
    account.secret_hashes = {hasher.hash(text(fixed))};
    fixed.back() = 'z';
    const auto random_secret = [](std::mt19937_64& random) {
        Secret secret;
        for (char& c : secret) c = static_cast<char>('a' + random() % 26);
        return secret;
    };
    return judge("SecretHasher::matches", settings, fixed, random_secret,
                 [&](const Secret& guess) { return hasher.matches(account, text(guess)); });
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
