// A peer's bytes: cut into PDUs, read, written again; and the same bytes through a bound link.
#include <cstdint>

#include "base/assert.hpp"
#include "pdu/pdu.hpp"
#include "smpp/link.hpp"

namespace {

using namespace roger;

void read_and_write(pdu::OctetView bytes) {
    while (true) {
        const pdu::Frame frame = pdu::next_frame(bytes);
        ROGER_ASSERT(frame.bytes <= pdu::pdu_bytes_max, "no PDU is longer");
        if (frame.kind != pdu::Frame::Kind::complete) return;
        const auto pdu = pdu::decode(bytes.first(frame.bytes));
        bytes = bytes.subspan(frame.bytes);
        if (!pdu) continue;
        (void)pdu::text_of(*pdu);
        pdu::Octets written;
        if (!pdu::append(*pdu, written)) continue;  // kinder in reading than in writing
        const auto again = pdu::decode(written);
        ROGER_ASSERT(again && *again == *pdu, "what was written is read back");
    }
}

struct Nobody final : smpp::LinkListener {
    void on_bound() override {}
    void on_answer(smpp::Ticket, std::uint32_t, std::string, SteadyTime::duration) override { ++ended; }
    void on_unanswered(smpp::Ticket) override { ++ended; }
    void on_message(pdu::Pdu message) override { link->answer(message.command, message.sequence, pdu::status_ok); }
    smpp::Link* link = nullptr;
    std::size_t ended = 0;
};

void talk(pdu::OctetView bytes) {
    Nobody nobody;
    smpp::Link link({.window = 4}, nobody);
    nobody.link = &link;
    SteadyTime now{std::chrono::hours(1)};
    link.start(pdu::Bind{.system_id = "roger"}, now);
    pdu::Octets answer;
    const auto written =
        pdu::append({.command = pdu::Command::bind_transceiver_resp, .sequence = 1, .body = pdu::BindAnswer{}}, answer);
    ROGER_ASSERT(written.has_value(), "an empty answer fits");
    link.receive(answer, now);
    std::size_t submitted = 0;
    while (!bytes.empty()) {
        if (link.has_room() && link.submit({}, {}, submitted, now)) ++submitted;
        const std::size_t piece = std::min<std::size_t>(bytes.size(), 1U + bytes.front() % 40U);
        link.receive(bytes.first(piece), now);
        now += milliseconds(piece * 100);
        link.run_due(now);
        (void)link.take_output();
        bytes = bytes.subspan(piece);
    }
    ROGER_ASSERT(nobody.ended + link.take_outstanding().size() == submitted, "each message ends once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const pdu::OctetView bytes(data, size);
    read_and_write(bytes);
    talk(bytes);
    return 0;
}
