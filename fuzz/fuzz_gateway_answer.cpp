// What a gateway answers, by each profile and by descriptions that the input makes up: nothing of its prose may go on,
// and a message is taken only where the API's reference says so.
#include <cstdint>

#include "base/assert.hpp"
#include "channel/gateway.hpp"
#include "channel/gateway_text.hpp"

namespace {

using namespace roger;

bool is_tame(std::string_view text) {
    for (const char c : text) {
        if (c < ' ' || c >= '\x7f') return false;
    }
    return text.size() <= 256;
}

void check(const channel::Gateway& gateway, const http::ClientAnswer& answer) {
    const auto read = gateway.read(answer);
    if (!read) {
        ROGER_ASSERT(is_tame(read.error().detail), "reasons are codes and our own words");
        const Errc code = read.error().code;
        ROGER_ASSERT(
            code == Errc::blocked || code == Errc::rate_limited || code == Errc::unavailable || code == Errc::timed_out,
            "what the dispatcher knows");
        return;
    }
    ROGER_ASSERT(answer.status >= 200 && answer.status < 300, "only these statuses take a message");
    for (const std::string& id : read->ids) ROGER_ASSERT(is_tame(id) && id.size() <= 128, "ids are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto vonage =
        channel::make_vonage({.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = {}});
    static const auto twilio =
        channel::make_twilio({.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = {}});
    static const auto infobip =
        channel::make_infobip({.base_url = "", .user = "u", .secret = Secret("s"), .signature_secret = {}});
    static const auto generic = [] {
        channel::GenericOptions options;
        options.url = "https://h/";
        options.body = "${text|json}";
        options.success_pointer = "/ok";
        options.success_equals = "true";
        options.message_id_pointer = "/message/id";
        options.error_pointer = "/errors/0/code";
        options.errors = {{"busy", channel::GenericOptions::Meaning::throttled}};
        return std::move(*channel::make_generic(std::move(options)));
    }();
    if (size < 2) return 0;
    http::ClientAnswer answer;
    answer.status = data[0] % 4 == 0 ? 200U : data[0] % 4 == 1 ? 201U : 100U + data[1] * 2U;
    answer.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
    for (const auto* gateway : {vonage.get(), twilio.get(), infobip.get(), generic.get()}) check(*gateway, answer);
    for (const std::string& text : {answer.body}) {
        ROGER_ASSERT(channel::code_text(text).size() <= 48 && channel::id_text(text).size() <= 128, "bounded");
        (void)channel::xml_escape(text);
        ROGER_ASSERT(nlohmann::json::accept('"' + channel::json_escape(text) + '"'), "inside a JSON string");
        ROGER_ASSERT(channel::percent_encode(text).find_first_of("&=+ \r\n\"") == std::string::npos, "inside a field");
    }
    return 0;
}
