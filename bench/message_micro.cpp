// What writing a message costs, and counting its segments (Google Benchmark).
#include <benchmark/benchmark.h>

#include "message/encoding.hpp"
#include "message/message.hpp"

namespace roger::message {
namespace {

const Values a_verification{.brand = "Acme Market", .pin = "471100", .minutes = 5, .amount = std::nullopt};

void render_message(benchmark::State& state, const char* locale, Channel channel, Values values) {
    for (auto _ : state) benchmark::DoNotOptimize(render(locale, channel, values));
}
BENCHMARK_CAPTURE(render_message, english_sms, "en-gb", Channel::sms, a_verification);
BENCHMARK_CAPTURE(render_message, arabic_sms, "ar-xa", Channel::sms, a_verification);
BENCHMARK_CAPTURE(render_message, taiwanese_call, "zh-tw", Channel::tts, a_verification);

void render_payment(benchmark::State& state, const char* locale, Channel channel) {
    Values values = a_verification;
    values.amount = "999999999.99";
    for (auto _ : state) benchmark::DoNotOptimize(render(locale, channel, values));
}
BENCHMARK_CAPTURE(render_payment, greek_sms, "el-gr", Channel::sms);
BENCHMARK_CAPTURE(render_payment, greek_call, "el-gr", Channel::tts);

void render_own(benchmark::State& state, Channel channel, const char* text) {
    Values values = a_verification;
    values.custom = text;
    values.domain = "example.com";
    for (auto _ : state) benchmark::DoNotOptimize(render("en-gb", channel, values));
}
BENCHMARK_CAPTURE(render_own,
                  sms,
                  Channel::sms,
                  "${brand} code: ${pin}. Valid for ${pin_expiry} minutes. Never share it.");
BENCHMARK_CAPTURE(render_own,
                  call,
                  Channel::tts,
                  "Your ${brand} code is <break time='1s'/> ${pin}, I repeat <break time='1s'/> ${pin}.");

void count_segments_of(benchmark::State& state, const char* locale) {
    const std::string text = render(locale, Channel::sms, a_verification);
    for (auto _ : state) benchmark::DoNotOptimize(count_segments(text, Alphabet::gsm));
}
BENCHMARK_CAPTURE(count_segments_of, gsm, "en-gb");
BENCHMARK_CAPTURE(count_segments_of, ucs2, "th-th");

}  // namespace
}  // namespace roger::message

BENCHMARK_MAIN();
