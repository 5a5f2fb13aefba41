// What one PDU costs, warm and alone (Google Benchmark).
#include <benchmark/benchmark.h>

#include "pdu/message_id.hpp"
#include "pdu/pdu.hpp"
#include "pdu/receipt.hpp"
#include "smpp/link.hpp"

namespace roger {
namespace {

constexpr std::string_view a_text = "Your Acme Market verification code is 471100. It is good for five minutes.";
constexpr std::string_view a_receipt =
    "id:0A1B2C3D sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:Your Acme "
    "Mark";

pdu::ShortMessage a_message(std::string_view text) {
    pdu::ShortMessage message;
    message.source = {.ton = 5, .npi = 0, .text = "ACME"};
    message.destination = {.ton = 1, .npi = 1, .text = "447400123456"};
    message.validity_period = "000000000500000R";
    message.registered_delivery = 1;
    message.text.assign(text.begin(), text.end());
    return message;
}

void encode_submit(benchmark::State& state) {
    const pdu::ShortMessage message = a_message(a_text);
    pdu::Octets out;
    for (auto _ : state) {
        out.clear();
        benchmark::DoNotOptimize(pdu::append_submit(message, {}, 7, out));
    }
}
BENCHMARK(encode_submit);

void decode_submit_answer(benchmark::State& state) {
    pdu::Octets bytes;
    (void)pdu::append({.command = pdu::Command::submit_sm_resp, .sequence = 7, .body = pdu::MessageAnswer{"0A1B2C3D"}},
                      bytes);
    for (auto _ : state) benchmark::DoNotOptimize(pdu::decode(bytes));
}
BENCHMARK(decode_submit_answer);

/// From the bytes of a deliver_sm to what is looked up in the store.
void decode_receipt(benchmark::State& state) {
    pdu::Pdu pdu{.command = pdu::Command::deliver_sm, .sequence = 7};
    pdu::ShortMessage message = a_message(a_receipt);
    message.esm_class = 0x04;
    pdu.body = std::move(message);
    pdu::Octets bytes;
    (void)pdu::append(pdu, bytes);
    for (auto _ : state) {
        const auto read = pdu::decode(bytes);
        const pdu::Receipt receipt = pdu::read_receipt(*read);
        benchmark::DoNotOptimize(receipt);
        benchmark::DoNotOptimize(pdu::message_id_candidates(receipt.id, pdu::MessageIdForm::automatic));
    }
}
BENCHMARK(decode_receipt);

}  // namespace
}  // namespace roger

BENCHMARK_MAIN();
