// Twilio Programmable Messaging. Source: twilio.com/docs/messaging/api/message-resource (request, answer, statuses),
// /docs/usage/webhooks/webhooks-security (X-Twilio-Signature), /docs/api/errors.
#include <algorithm>

#include <fmt/format.h>

#include "channel/gateway.hpp"
#include "channel/gateway_text.hpp"
#include "http/parameters.hpp"

namespace roger::channel {
namespace {

using nlohmann::json;

constexpr const char* twilio_url = "https://api.twilio.com";
constexpr seconds validity_min{1};  ///< ValidityPeriod: 1 to 36 000 s
constexpr seconds validity_max{36'000};
constexpr std::size_t short_code_max = 6;  ///< digits; such a sender is written without "+"

std::string from_of(const std::string& sender) {
    const bool digits = sender.find_first_not_of("0123456789") == std::string::npos;
    return digits && sender.size() > short_code_max ? "+" + sender : sender;
}

class Twilio final : public Gateway {
public:
    explicit Twilio(GatewayAccount account) : account_(std::move(account)) {
        if (account_.base_url.empty()) account_.base_url = twilio_url;
    }

    [[nodiscard]] http::ClientCall write(const Submission& submission) const override {
        const Outbound& message = submission.message;
        const std::string to = "+" + message.number;
        const std::string from = from_of(message.sender);
        const std::string validity =
            fmt::format("{}", std::clamp(submission.pin_lives, validity_min, validity_max).count());
        std::vector<std::pair<std::string_view, std::string_view>> fields = {
            {"To", to}, {"From", from}, {"Body", message.text}, {"ValidityPeriod", validity}};
        if (!submission.callback_url.empty()) fields.emplace_back("StatusCallback", submission.callback_url);
        http::ClientCall call;
        call.url =
            fmt::format("{}/2010-04-01/Accounts/{}/Messages.json", account_.base_url, percent_encode(account_.user));
        call.headers = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
                        basic_authorization(account_.user, account_.secret.reveal())};
        call.body = form_encode(fields);
        return call;
    }

    [[nodiscard]] Result<Submitted> read(const http::ClientAnswer& answer) const override {
        if (auto error = judge_status(answer.status)) {
            const json body = json::parse(answer.body, nullptr, false);
            const std::string code = code_text(member_text(body, "code"));
            if (!code.empty()) error->detail += ", code " + code;
            return tl::make_unexpected(std::move(*error));
        }
        const auto body = read_object(answer);
        if (!body) return tl::make_unexpected(body.error());
        Submitted submitted;
        submitted.ids.push_back(id_text(member_text(*body, "sid")));
        if (submitted.ids[0].empty()) return fail(Errc::timed_out, "an answer without a sid");
        const std::string status = member_text(*body, "status");
        if (status == "failed" || status == "undelivered" || status == "canceled") {
            return fail(Errc::blocked, fmt::format("{}, code {}", status, code_text(member_text(*body, "error_code"))));
        }
        const std::string segments = member_text(*body, "num_segments");
        if (segments.size() == 1 && segments[0] >= '1' && segments[0] <= '9') {
            submitted.segments = static_cast<unsigned>(segments[0] - '0');
        }
        return submitted;
    }

    [[nodiscard]] Result<GatewayReceipt> receipt(const http::Request& request,
                                                 std::string_view url,
                                                 TimePoint /*now*/) const override {
        const auto given = http::read_parameters(request);
        if (!given) return fail(Errc::invalid_argument, "its parameters cannot be read");
        if (!is_signed(*given, url, x_field(request, "x-twilio-signature"))) {
            return fail(Errc::blocked, "its signature is wrong");
        }
        const std::string* state = given->find("MessageStatus");
        const std::string* id = given->find("MessageSid");
        if (state == nullptr || id == nullptr) {
            return fail(Errc::invalid_argument, "MessageSid or MessageStatus is missing");
        }
        GatewayReceipt receipt{.id = id_text(*id), .reason = code_text(*state)};
        if (*state == "delivered" || *state == "read") receipt.state = PeerReceipt::State::delivered;
        for (const std::string_view failed : {"failed", "undelivered", "canceled"}) {
            if (*state == failed) receipt.state = PeerReceipt::State::failed;
        }
        if (const std::string* code = given->find("ErrorCode")) receipt.reason += " code=" + code_text(*code);
        return receipt;
    }
    [[nodiscard]] bool signs_receipts() const override { return true; }

private:
    /// HMAC-SHA-1 over the URL and every POST parameter, name and value, by name.
    [[nodiscard]] bool is_signed(const http::Parameters& given, std::string_view url, std::string_view said) const {
        std::vector<std::pair<std::string, std::string>> pairs;
        for (const http::Pair& pair : given.pairs()) pairs.emplace_back(pair.name, pair.value);
        std::ranges::sort(pairs);
        std::string base(url);
        for (const auto& [name, value] : pairs) base += name + value;
        const std::string right = hmac_sha1_base64(account_.secret.reveal(), base);
        return equal_in_constant_time(as_bytes(right), as_bytes(said));
    }

    GatewayAccount account_;
};

}  // namespace

std::unique_ptr<Gateway> make_twilio(GatewayAccount account) { return std::make_unique<Twilio>(std::move(account)); }

}  // namespace roger::channel
