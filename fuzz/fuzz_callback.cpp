// Callbacks: the input is how one was asked, its signature and its body. Nobody who does not know the secrets may make
// one that is accepted where callbacks are signed; elsewhere whatever is read is bounded.
#include <cstdint>

#include "base/assert.hpp"
#include "channel/callback_seal.hpp"
#include "channel/gateway.hpp"

namespace {

using namespace roger;

constexpr TimePoint now{seconds(1'700'000'000)};

channel::GenericOptions described(std::string_view secret) {
    channel::GenericOptions options;
    options.url = "https://h/";
    options.body = "${callback_url|json}";
    options.message_id_pointer = "/id";
    options.receipts = true;
    options.receipt_id = "/results/0/id";
    options.receipt_state = "/state";
    options.receipt_delivered = {"DELIVRD"};
    options.receipt_failed = {"UNDELIV"};
    options.receipt_secret = Secret(std::string(secret));
    return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto vonage =
        channel::make_vonage({.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = {}});
    static const auto signed_vonage = channel::make_vonage(
        {.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = Secret("a secret of the fuzzer")});
    static const auto twilio = channel::make_twilio(
        {.base_url = "", .user = "u", .secret = Secret("a secret of the fuzzer"), .signature_secret = {}});
    static const auto infobip =
        channel::make_infobip({.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = {}});
    static const auto generic = std::move(*channel::make_generic(described("")));
    static const auto signed_generic = std::move(*channel::make_generic(described("a secret of the fuzzer")));
    static channel::CallbackSeal seal{Key32{}};
    if (size < 2) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t split = text.find('\n');
    http::Request request;
    request.method = (data[0] & 1U) != 0 ? http::Method::get : http::Method::post;
    request.path = "/callbacks/gw/x";
    request.content_type = (data[0] & 2U) != 0 ? "application/json" : "application/x-www-form-urlencoded";
    request.x_fields = {{"x-twilio-signature", text.substr(0, split)}, {"x-signature", text.substr(0, split)}};
    std::string rest = split == std::string::npos ? "" : text.substr(split + 1);
    ((data[0] & 1U) != 0 ? request.query : request.body) = std::move(rest);

    for (const auto* gateway : {signed_vonage.get(), twilio.get(), signed_generic.get()}) {
        ROGER_ASSERT(!gateway->receipt(request, "https://roger.example/callbacks/gw/x", now),
                     "nobody guesses a signature");
    }
    for (const auto* gateway : {vonage.get(), infobip.get(), generic.get()}) {
        const auto read = gateway->receipt(request, "", now);
        if (!read) continue;
        ROGER_ASSERT(read->id.size() <= 128 && read->reason.size() <= 128, "bounded");
        ROGER_ASSERT(read->id.find_first_of(" \r\n") == std::string::npos, "one word");
    }
    ROGER_ASSERT(!seal.open("gw", text), "nobody guesses a seal");
    return 0;
}
