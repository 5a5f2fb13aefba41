// How long an operator's search takes in a large store, and how long the index of it takes to be made.
//   search_times --data DIR [--requests 1000000] [--runs 50]
// DIR is empty. A hundredth of the requests is of one account, and so matches. Prints one line of JSON, in
// milliseconds: the median and the worst of a page of 200 rows, found and read.
#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/system.hpp"
#include "bench/rows.hpp"
#include "history/history.hpp"
#include "store/sqlite.hpp"

namespace {

using namespace roger;
using verification::RowKey;
using verification::Status;

constexpr std::size_t batch_max = 512;
constexpr std::size_t page = 200;
constexpr milliseconds apart{10};

[[noreturn]] void die(const std::string& why) {
    fmt::print(stderr, "search_times: {}\n", why);
    std::exit(1);
}

double since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
}

verification::Request row_of(std::size_t index, TimePoint from) {
    const TimePoint submitted = from + apart * index;
    auto row = bench::ended_row(verification::first_key_at(submitted), fmt::format("4477009{:05}", index % 100'000),
                                submitted);
    row.account = index % 100 == 0 ? "acme" : fmt::format("account{:02}", index % 97);
    if (index % 7 == 0) row.status = Status::expired;
    if (index % 13 == 0) row.status = Status::failed;
    return row;
}

void fill(store::Store& store, std::size_t requests, TimePoint from) {
    for (std::size_t i = 0; i < requests;) {
        store::Changes changes;
        for (; i < requests && changes.rows.size() < batch_max; ++i) changes.rows.push_back(row_of(i, from));
        if (const auto saved = store.transact({}, [&](const store::Loaded&) { return changes; }); !saved) {
            die(saved.error().detail);
        }
    }
}

std::string measure(history::History& history, const store::Store& store, history::RequestFilter filter, int runs) {
    filter.limit = page;
    std::vector<double> times;
    std::size_t found = 0;
    for (int run = 0; run < runs; ++run) {
        const auto began = std::chrono::steady_clock::now();
        const auto keys = history.find(filter);
        if (!keys) die(keys.error().detail);
        found = 0;
        for (const RowKey key : *keys) found += store.read({.key = key})->size();
        times.push_back(since(began));
        if (!keys->empty()) filter.before = keys->back();  // the next page
    }
    std::ranges::sort(times);
    return fmt::format(R"({{"rows":{},"p50_ms":{:.2f},"max_ms":{:.2f}}})", found, times[times.size() / 2],
                       times.back());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Times of searches");
    std::string data;
    std::size_t requests = 1'000'000;
    int runs = 50;
    app.add_option("--data", data)->required();
    app.add_option("--requests", requests);
    app.add_option("--runs", runs);
    CLI11_PARSE(app, argc, argv);

    const app::SystemClock clock;
    auto store = store::open_sqlite({.path = data + "/roger.db", .clock = clock});
    if (!store) die(store.error().detail);
    const TimePoint from = clock.wall_now() - apart * requests;
    fill(**store, requests, from);
    const auto began = std::chrono::steady_clock::now();
    auto opened =
        history::History::open({.path = data + "/history.db", .store = **store, .clock = clock, .id_key = {}});
    if (!opened) die(opened.error().detail);
    history::History& history = **opened;
    while (!history.complete()) std::this_thread::sleep_for(milliseconds(50));
    const double made = since(began);
    const auto time = [&](const history::RequestFilter& filter) { return measure(history, **store, filter, runs); };
    const TimePoint middle = from + apart * (requests / 2);
    fmt::print(R"({{"requests":{},"index_made_s":{:.1f},"account":{},"account_and_status":{},"number":{},"status":{},)"
               R"("time":{},"all":{}}})"
               "\n",
               requests, made / 1000, time({.account = "acme"}), time({.account = "acme", .status = Status::failed}),
               time({.number = "447700900100"}), time({.status = Status::failed}),
               time({.account = "acme", .from = middle, .to = middle + std::chrono::hours(1)}), time({}));
    return 0;
}
