// What one call of each costs, warm and alone (Google Benchmark): --benchmark_filter=… picks some.
#include <benchmark/benchmark.h>

#include "api/v1_answer.hpp"
#include "bench/rows.hpp"
#include "engine/decide.hpp"
#include "http/parameters.hpp"
#include "numbering/number.hpp"
#include "store/row_codec.hpp"
#include "verification/vault.hpp"

namespace roger {
namespace {

const TimePoint a_time{seconds(1'800'000'000)};
const verification::RowKey a_key = verification::first_key_at(a_time);

const verification::Keyring& a_keyring() {
    static const verification::Keyring keyring = [] {
        verification::Keyring made;
        made.add(1, Key32{}, true);
        return made;
    }();
    return keyring;
}

void parse_number(benchmark::State& state, const char* text, const char* country) {
    numbering::warm_up();
    for (auto _ : state) benchmark::DoNotOptimize(numbering::parse_number(text, country));
}
BENCHMARK_CAPTURE(parse_number, germany, "4915112345678", "");
BENCHMARK_CAPTURE(parse_number, britain, "447400123456", "");
BENCHMARK_CAPTURE(parse_number, america, "12125550123", "");
BENCHMARK_CAPTURE(parse_number, british_national, "07400 123456", "GB");

void read_parameters(benchmark::State& state) {
    http::Request request;
    request.method = http::Method::post;
    request.content_type = "application/x-www-form-urlencoded";
    request.body =
        "api_key=bench&api_secret=correct-horse-battery&number=447400123456&brand=Acme+Market&pin_code=471100";
    for (auto _ : state) benchmark::DoNotOptimize(http::read_parameters(request));
}
BENCHMARK(read_parameters);

void machine_step_right_pin(benchmark::State& state) {
    const auto row = bench::live_row(a_key, "447400123456", a_time);
    const verification::Input input = verification::PinChecked{.right = true, .sealed_code = Bytes(44)};
    for (auto _ : state) benchmark::DoNotOptimize(verification::step(row, input, 0, a_time + seconds(20)));
}
BENCHMARK(machine_step_right_pin);

void encode_row(benchmark::State& state) {
    const auto row = bench::ended_row(a_key, "447400123456", a_time);
    for (auto _ : state) benchmark::DoNotOptimize(store::encode(row));
}
BENCHMARK(encode_row);

void decode_row(benchmark::State& state) {
    const Bytes bytes = store::encode(bench::ended_row(a_key, "447400123456", a_time));
    for (auto _ : state) benchmark::DoNotOptimize(store::decode(a_key, bytes));
}
BENCHMARK(decode_row);

void vault_pin_of(benchmark::State& state) {
    verification::Vault vault(a_keyring());
    const auto row = bench::live_row(a_key, "447400123456", a_time);
    for (auto _ : state) benchmark::DoNotOptimize(vault.pin_of(row, 0));
}
BENCHMARK(vault_pin_of);

void vault_id_of(benchmark::State& state) {
    verification::Vault vault(a_keyring());
    const auto row = bench::live_row(a_key, "447400123456", a_time);
    for (auto _ : state) benchmark::DoNotOptimize(vault.id_of(row));
}
BENCHMARK(vault_id_of);

void write_answer(benchmark::State& state) {
    using namespace api::v1;
    Answer answer;
    answer.request_id = "00112233445566778899aabbccddeeff";
    answer.event_id = "0011223344556677";
    answer.fields = {{"price", "0.10000000"}, {"currency", "EUR"}, {"estimated_price_messages_sent", "0.03500000"}};
    for (auto _ : state) benchmark::DoNotOptimize(write(answer, Call::check, Format::json));
}
BENCHMARK(write_answer);

/// 64 commands as a busy second has them: starts, reports of the last starts, checks of the ones before; per batch.
void decide_64(benchmark::State& state) {
    verification::Vault vault(a_keyring());
    verification::KeyMaker keys(0);
    store::Loaded loaded;
    std::vector<engine::Command> commands;
    for (int i = 0; i < 64; ++i) {
        const std::string number = "447400" + std::to_string(100'000 + i);
        auto row = bench::live_row({a_key.value + i}, number, a_time);
        if (i % 3 == 0) {
            row.events.clear();
            commands.emplace_back(engine::Start{.draft = row, .random = 7});
            continue;
        }
        if (i % 3 == 1) {
            row.events.front().state = verification::EventState::sending;
            commands.emplace_back(engine::Report{
                row.key,
                verification::Outcome{.attempt = 1, .handover = verification::Handover::accepted, .at = a_time},
                {}});
        } else {
            commands.emplace_back(engine::Check{vault.id_of(row), row.account, *vault.pin_of(row, 0), 7, {}});
        }
        loaded.live_of[{row.account, row.number}] = row.key;
        loaded.rows.emplace(row.key, row);
    }
    std::vector<engine::Command*> pointers;
    for (auto& command : commands) pointers.push_back(&command);
    const account::AccountBook accounts;
    const engine::Facts facts{.now = a_time + seconds(20), .wall_now = a_time, .node = 0, .accounts = accounts};
    for (auto _ : state) benchmark::DoNotOptimize(engine::decide(pointers, loaded, facts, vault, keys));
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(decide_64);

}  // namespace
}  // namespace roger

BENCHMARK_MAIN();
