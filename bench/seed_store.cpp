// Fills a data directory with requests, through the Store interface alone, in batches as large as the server's.
//   seed_store --data DIR [--live 10000] [--ended 0] [--interleaved] [--ids FILE]
// The directory has been opened by `roger` before (its keys are there) and no server runs on it. Live requests are due
// in some hours, so that no timer disturbs a measurement. Prints one line of JSON. FILE gets the ids of 1000 ended
// requests from all over the store, in random order.
#include <algorithm>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/data_directory.hpp"
#include "app/system.hpp"
#include "bench/rows.hpp"
#include "store/sqlite.hpp"
#include "verification/vault.hpp"

namespace {

using namespace roger;
using verification::RowKey;

constexpr std::size_t batch_max = 512;
constexpr std::chrono::hours due_in{6};
/// Ended requests lie behind, one every 10 ms.
constexpr milliseconds apart{10};
constexpr std::size_t ids_told = 1'000;

struct Options {
    std::string data;
    std::size_t live = 10'000;
    std::size_t ended = 0;
    bool interleaved = false;
    std::string ids;
};

[[noreturn]] void die(const std::string& why) {
    fmt::print(stderr, "seed_store: {}\n", why);
    std::exit(1);
}

class Seeder {
public:
    Seeder(const Options& options, store::Store& store, TimePoint now)
        : options_(options), store_(store), now_(now), from_(now - apart * (options.live + options.ended)) {}

    void run() {
        const std::size_t all = options_.live + options_.ended;
        for (std::size_t i = 0; i < all; ++i) {
            // Interleaved: row i is live when the live ones' share of the first i + 1 rows rises by one.
            const bool live =
                options_.interleaved ? (i + 1) * options_.live / all > i * options_.live / all : i >= options_.ended;
            add(i, live);
        }
        flush();
    }
    [[nodiscard]] const std::vector<verification::IdParts>& told() const { return told_; }

private:
    void add(std::size_t i, bool live) {
        const TimePoint at = from_ + apart * i;
        const RowKey key = verification::first_key_at(at);
        // Outside the blocks that lifegen calls.
        const std::string number = fmt::format("4479{:08}", i);
        auto row = live ? bench::live_row(key, number, at) : bench::ended_row(key, number, at);
        row.kid = 1;
        if (live) row.due = now_ + due_in + milliseconds(i);
        if (!live && ended_++ % std::max<std::size_t>(options_.ended / ids_told, 1) == 0) {
            told_.push_back({row.key, row.random});
        }
        changes_.rows.push_back(std::move(row));
        if (changes_.rows.size() == batch_max) flush();
    }
    void flush() {
        if (changes_.empty()) return;
        const auto saved = store_.transact({}, [this](const store::Loaded&) { return std::move(changes_); });
        if (!saved) die(saved.error().detail);
        changes_ = {};
    }

    const Options& options_;
    store::Store& store_;
    TimePoint now_;
    TimePoint from_;
    store::Changes changes_;
    std::size_t ended_ = 0;
    std::vector<verification::IdParts> told_;
};

void write_ids(const std::string& path, std::vector<verification::IdParts> told, const verification::Keyring& keyring) {
    std::ranges::shuffle(told, std::mt19937_64(1));
    verification::Vault vault(keyring);
    std::ofstream file(path);
    for (const verification::IdParts& parts : told) file << vault.id_of(parts).to_string() << '\n';
    if (!file.flush()) die("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Fills a data directory");
    app.add_option("--data", options.data)->required();
    app.add_option("--live", options.live);
    app.add_option("--ended", options.ended);
    app.add_flag("--interleaved", options.interleaved, "Live among ended, instead of after them");
    app.add_option("--ids", options.ids, "Where to write ids of ended requests");
    CLI11_PARSE(app, argc, argv);

    const auto directory = app::DataDirectory::open(options.data);
    if (!directory) die(directory.error().detail);
    const auto keys = app::read_keys(directory->file("keys"));
    if (!keys) die("no keys there: open it with roger first");
    const auto keyring = app::to_keyring(*keys);
    const app::SystemClock clock;
    const auto store = store::open_sqlite({.path = directory->file("roger.db"), .clock = clock});
    if (!store) die(store.error().detail);
    const SteadyTime began = clock.steady_now();
    Seeder seeder(options, **store, clock.service_now());
    seeder.run();
    const double took = std::chrono::duration<double>(clock.steady_now() - began).count();
    if (!options.ids.empty()) write_ids(options.ids, seeder.told(), keyring);
    fmt::print(R"({{"live":{},"ended":{},"seconds":{:.1f}}})"
               "\n",
               options.live, options.ended, took);
}
