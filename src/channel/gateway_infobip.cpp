// Infobip SMS API v3. Source: infobip.com/docs/api/channels/sms (send SMS messages, webhook object, delivery reports),
// /docs/essentials/response-status-and-error-codes for the groups.
#include <fmt/format.h>

#include "channel/gateway.hpp"
#include "channel/gateway_text.hpp"

namespace roger::channel {
namespace {

using nlohmann::json;

constexpr const char* group_pending = "1";
constexpr const char* group_delivered = "3";

class Infobip final : public Gateway {
public:
    explicit Infobip(GatewayAccount account) : account_(std::move(account)) {}

    [[nodiscard]] http::ClientCall write(const Submission& submission) const override {
        const Outbound& message = submission.message;
        using Json = nlohmann::ordered_json;  // as the reference writes it
        Json destination;
        destination["to"] = message.number;
        destination["messageId"] = submission.reference;
        Json one;
        one["sender"] = message.sender;
        one["destinations"] = Json::array({std::move(destination)});
        one["content"]["text"] = message.text;
        if (!submission.callback_url.empty()) {
            one["webhooks"]["delivery"]["url"] = submission.callback_url;
            one["webhooks"]["contentType"] = "application/json";
        }
        Json body;
        body["messages"] = Json::array({std::move(one)});
        http::ClientCall call;
        call.url = account_.base_url + "/sms/3/messages";
        call.headers = {"Content-Type: application/json", "Accept: application/json",
                        fmt::format("Authorization: App {}", account_.secret.reveal())};
        call.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
        return call;
    }

    [[nodiscard]] Result<Submitted> read(const http::ClientAnswer& answer) const override {
        if (auto error = judge_status(answer.status)) {
            const json body = json::parse(answer.body, nullptr, false);
            const std::string code = code_text(member_text(body, "errorCode"));
            if (!code.empty()) error->detail += ", " + code;
            return tl::make_unexpected(std::move(*error));
        }
        const auto body = read_object(answer);
        if (!body) return tl::make_unexpected(body.error());
        const json* const first = find(*body, "/messages/0");
        const json* const status = first == nullptr ? nullptr : member(*first, "status");
        if (status == nullptr) return fail(Errc::timed_out, "an answer without messages");
        const std::string group = member_text(*status, "groupId");
        if (group != group_pending && group != group_delivered) {
            return fail(group.empty() ? Errc::timed_out : Errc::blocked, code_text(member_text(*status, "name")));
        }
        Submitted submitted;
        submitted.ids.push_back(id_text(member_text(*first, "messageId")));
        return submitted;
    }

    [[nodiscard]] Result<GatewayReceipt> receipt(const http::Request& request,
                                                 std::string_view /*url*/,
                                                 TimePoint /*now*/) const override {
        const json body = json::parse(request.body, nullptr, false);
        const json* const result = find(body, "/results/0");
        const json* const status = result == nullptr ? nullptr : member(*result, "status");
        if (status == nullptr) return fail(Errc::invalid_argument, "results[0].status is missing");
        const std::string group = member_text(*status, "groupId");
        GatewayReceipt receipt{.id = id_text(member_text(*result, "messageId")),
                               .reason = code_text(member_text(*status, "name"))};
        if (group == group_delivered) receipt.state = PeerReceipt::State::delivered;
        for (const std::string_view failed : {"2", "4", "5"}) {  // UNDELIVERABLE, EXPIRED, REJECTED
            if (group == failed) receipt.state = PeerReceipt::State::failed;
        }
        return receipt;
    }

private:
    GatewayAccount account_;
};

}  // namespace

std::unique_ptr<Gateway> make_infobip(GatewayAccount account) { return std::make_unique<Infobip>(std::move(account)); }

}  // namespace roger::channel
