// What a trunk and a phone send us: challenges, SDP answers, causes, RTP and the keys in it. The first byte picks
// which.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "sip/digest.hpp"
#include "sip/dtmf.hpp"
#include "sip/outcome.hpp"
#include "sip/sdp.hpp"
#include "sip/srtp.hpp"

namespace {

using namespace roger::sip;  // NOLINT(google-build-using-namespace): one page, one room

void read_sdp(std::string_view text) {
    Offer offer{.address = "192.0.2.1",
                .port = 20000,
                .codecs = {roger::voice::G711::a_law, roger::voice::G711::mu_law},
                .session = 1,
                .srtp = SrtpMode::optional};
    const auto read = read_answer(text, offer);
    if (read && read->port == 0) __builtin_trap();
}

void read_digest(std::string_view text) {
    const auto challenge = read_challenge(text);
    if (!challenge) return;
    const std::string line = answer(*challenge, "roger", roger::Secret("hush"), {.method = "INVITE", .uri = "sip:1@h"});
    // A challenge must not add a line of its own to our request.
    const auto breaks = [](char c) { return c == '\r' || c == '\n'; };
    if (std::count_if(line.begin(), line.end(), breaks) != 2) __builtin_trap();
}

void hear(std::span<const std::uint8_t> datagram) {
    static Srtp secure(SrtpKey{});
    std::vector<std::uint8_t> copy(datagram.begin(), datagram.end());
    (void)secure.open(copy);
    const auto packet = read_rtp(datagram);
    if (!packet) return;
    EventKeys events;
    ToneKeys tones;
    if (const auto event = read_event(packet->payload)) (void)events.take(packet->timestamp, *event);
    (void)tones.hear(roger::voice::decode(roger::voice::G711::a_law, packet->payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 4) {
        case 0: read_sdp(text); break;
        case 1: read_digest(text); break;
        case 2: (void)read_q850(text); break;
        default: hear(std::span(data + 1, size - 1)); break;
    }
    return 0;
}
