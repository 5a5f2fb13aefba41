// Vonage SMS API. Source: its OpenAPI description (api-specification, definitions/sms.yml 1.0.6), "Troubleshooting
// failed SMS" for the statuses, "Signing messages" for receipts.
#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "channel/gateway.hpp"
#include "channel/gateway_text.hpp"
#include "http/parameters.hpp"

namespace roger::channel {
namespace {

using nlohmann::json;

constexpr const char* vonage_url = "https://rest.nexmo.com";
constexpr seconds ttl_min{20};  ///< sms.yml: 20000 to 604800000 ms
constexpr seconds ttl_max{604'800};
constexpr seconds signature_window{300};  ///< of the timestamp, before and after

/// Of one part.
Error judge_part(std::string_view status) {
    std::string why = fmt::format("status {}", code_text(status));
    // Throttled, and too many binds.
    if (status == "1" || status == "10") return {Errc::rate_limited, std::move(why)};
    // Credentials, internal error, barred or without credit, HTTP not enabled, signature wrong or required.
    for (const std::string_view each : {"4", "5", "8", "9", "11", "14", "32"}) {
        if (status == each) return {Errc::unavailable, std::move(why)};
    }
    return {Errc::blocked, std::move(why)};
}

class Vonage final : public Gateway {
public:
    explicit Vonage(GatewayAccount account) : account_(std::move(account)) {
        if (account_.base_url.empty()) account_.base_url = vonage_url;
    }

    [[nodiscard]] http::ClientCall write(const Submission& submission) const override {
        const Outbound& message = submission.message;
        const std::string ttl =
            fmt::format("{}", milliseconds(std::clamp(submission.pin_lives, ttl_min, ttl_max)).count());
        std::vector<std::pair<std::string_view, std::string_view>> fields = {{"api_key", account_.user},
                                                                             {"api_secret", account_.secret.reveal()},
                                                                             {"from", message.sender},
                                                                             {"to", message.number},
                                                                             {"text", message.text},
                                                                             {"ttl", ttl},
                                                                             {"client-ref", submission.reference}};
        if (submission.unicode) fields.emplace_back("type", "unicode");
        if (!submission.callback_url.empty()) fields.emplace_back("callback", submission.callback_url);
        http::ClientCall call;
        call.url = account_.base_url + "/sms/json";
        call.headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"};
        call.body = form_encode(fields);
        return call;
    }

    [[nodiscard]] Result<Submitted> read(const http::ClientAnswer& answer) const override {
        if (auto error = judge_status(answer.status)) return tl::make_unexpected(std::move(*error));
        const auto body = read_object(answer);
        if (!body) return tl::make_unexpected(body.error());
        const json* messages = member(*body, "messages");
        if (messages == nullptr || !messages->is_array() || messages->empty()) {
            return fail(Errc::timed_out, "an answer without messages");
        }
        Submitted submitted;
        std::optional<Error> error;
        for (const json& part : *messages) {
            const std::string status = member_text(part, "status");
            if (status == "0") {
                submitted.ids.push_back(id_text(member_text(part, "message-id")));
            } else if (!error) {
                error = judge_part(status);
            }
        }
        // Some parts are on their way, and will be paid for.
        if (error && !submitted.ids.empty()) error = Error{Errc::timed_out, "a part of the message: " + error->detail};
        if (error) return tl::make_unexpected(std::move(*error));
        submitted.segments = static_cast<unsigned>(submitted.ids.size());
        return submitted;
    }

    [[nodiscard]] Result<GatewayReceipt> receipt(const http::Request& request,
                                                 std::string_view /*url*/,
                                                 TimePoint now) const override {
        const auto given = http::read_parameters(request);
        if (!given) return fail(Errc::invalid_argument, "its parameters cannot be read");
        if (signs_receipts() && !is_signed(*given, now)) return fail(Errc::blocked, "its signature is wrong");
        const std::string* state = given->find("status");
        const std::string* id = given->find("messageId");
        if (state == nullptr || id == nullptr) return fail(Errc::invalid_argument, "messageId or status is missing");
        GatewayReceipt receipt{.id = id_text(*id), .reason = code_text(*state)};
        if (*state == "delivered") receipt.state = PeerReceipt::State::delivered;
        for (const std::string_view failed : {"failed", "rejected", "expired"}) {
            if (*state == failed) receipt.state = PeerReceipt::State::failed;
        }
        if (const std::string* code = given->find("err-code")) receipt.reason += " err-code=" + code_text(*code);
        return receipt;
    }
    [[nodiscard]] bool receipts_by_segment() const override { return true; }
    [[nodiscard]] bool signs_receipts() const override { return !account_.signature_secret.empty(); }

private:
    /// HMAC-SHA-256 over "&name=value" of every parameter but sig, by name; & and = in values are written as _.
    [[nodiscard]] bool is_signed(const http::Parameters& given, TimePoint now) const {
        const std::string* signature = given.find("sig");
        const std::string* timestamp = given.find("timestamp");
        if (signature == nullptr || timestamp == nullptr) return false;
        std::int64_t at = 0;
        const char* const last = timestamp->data() + timestamp->size();
        const auto [end, ec] = std::from_chars(timestamp->data(), last, at);
        const auto unix_now = std::chrono::floor<seconds>(now).time_since_epoch().count();
        const bool in_time = at >= unix_now - signature_window.count() && at <= unix_now + signature_window.count();
        if (ec != std::errc{} || end != last || !in_time) return false;
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const http::Pair& pair : given.pairs()) {
            if (pair.name != "sig") pairs.emplace_back(pair.name, pair.value);
        }
        std::ranges::sort(pairs);
        std::string base;
        for (auto& [name, value] : pairs) {
            std::ranges::replace_if(value, [](char c) { return c == '&' || c == '='; }, '_');
            base += fmt::format("&{}={}", name, value);
        }
        std::string said = *signature;
        std::ranges::transform(said, said.begin(), [](char c) { return c >= 'A' && c <= 'F' ? char(c + 32) : c; });
        const std::string right = hmac_sha256_hex(account_.signature_secret.reveal(), base);
        return equal_in_constant_time(as_bytes(right), as_bytes(said));
    }

    GatewayAccount account_;
};

}  // namespace

std::unique_ptr<Gateway> make_vonage(GatewayAccount account) { return std::make_unique<Vonage>(std::move(account)); }

}  // namespace roger::channel
