// A start or psd2 call from its bytes to the command that the engine gets. The first byte picks call, rights and where
// the parameters stand; the second the account's and the house's rules.
#include <cstdint>

#include <nlohmann/json.hpp>

#include "api/v1_start.hpp"
#include "base/assert.hpp"
#include "store/row_codec.hpp"

namespace {

using namespace roger;
using api::v1::Answer;
using api::v1::Call;

http::Request request_of(unsigned kind, std::string text) {
    http::Request request;
    request.method = http::Method::post;
    request.path = "/";
    if (kind == 0) {
        request.query = std::move(text);
    } else {
        request.content_type = kind == 1 ? "application/x-www-form-urlencoded" : "application/json";
        request.body = std::move(text);
    }
    return request;
}

void check_start(const engine::Start& start, const account::Account& account) {
    const verification::Request& draft = start.draft;
    ROGER_ASSERT(numbering::Msisdn::from_digits(draft.number).has_value(), "the number is one");
    ROGER_ASSERT(!draft.brand.empty(), "a message says who asks");
    ROGER_ASSERT(draft.code_length == 4 || draft.code_length == 6 || start.caller_pin, "4 or 6, or as long as given");
    ROGER_ASSERT(draft.plan.workflow_id >= 1 && draft.plan.workflow_id <= 7, "seven workflows");
    ROGER_ASSERT(draft.plan.pin_expiry >= seconds(60) && draft.plan.pin_expiry <= seconds(3'600), "60 to 3600");
    ROGER_ASSERT(!start.caller_pin || account.pin_code, "a right is needed for a PIN of one's own");
    ROGER_ASSERT(!account.demo || std::ranges::binary_search(account.approved, draft.number), "demo: approved only");
    ROGER_ASSERT(message::find_locale(draft.locale) == draft.locale, "a locale of the list");
    ROGER_ASSERT(draft.sender.empty() || message::is_sender_id(draft.sender), "a sender ID");
    ROGER_ASSERT(draft.app_hash.empty() || draft.domain.empty(), "an SMS ends in one way");
    ROGER_ASSERT(draft.idempotency_key.size() <= 64, "bounded");
    ROGER_ASSERT(store::fits(draft), "the store takes it");
    verification::Request row = draft;
    row.key = verification::first_key_at(TimePoint(seconds(1'800'000'000)));
    row.submitted = row.pin_made = TimePoint(seconds(1'800'000'000));
    const Bytes bytes = store::encode(row);
    ROGER_ASSERT(bytes.size() <= store::row_bytes_max / 2, "leaves room for events and checks");
    const auto again = store::decode(row.key, bytes);
    ROGER_ASSERT(again && *again == row, "and gives it back");
}

void check_refusal(const Answer& answer, Call call) {
    ROGER_ASSERT(answer.status != api::v1::ok && !answer.error_text.empty(), "a refusal says why");
    ROGER_ASSERT(!answer.reason.rule.empty() && !answer.reason.scope.empty(), "and by which rule");
    const http::Response json = api::v1::write(answer, call, api::v1::Format::json);
    ROGER_ASSERT(nlohmann::json::accept(json.body), "the answer is JSON");
    (void)api::v1::write(answer, call, api::v1::Format::xml);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const unsigned kind = data[0];
    const unsigned rules_kind = data[1];
    const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const http::Request request = request_of(kind % 3, text);
    const auto parameters = http::read_parameters(request);
    if (!parameters) return 0;
    const Call call = (kind & 0x80U) != 0 ? Call::psd2 : Call::start;
    account::Account account{.key = "fuzz"};
    account.pin_code = (rules_kind & 1U) != 0;
    account.six_digits = (rules_kind & 2U) != 0;
    account.demo = (rules_kind & 4U) != 0;
    account.approved = {"447700900000"};
    account.prepaid = (rules_kind & 128U) != 0;
    if (account.prepaid) account.policy = account::Policy::strict;
    guard::NumberPolicy numbers;
    if ((rules_kind & 8U) != 0) numbers.deny = {"4477009001"};
    if ((rules_kind & 16U) != 0) numbers.countries = {"GB"};
    const bool served = (rules_kind & 32U) == 0;
    const guard::NumberLists lists;
    const api::v1::StartRules rules{account, numbers, lists,
                                    [served](message::Channel, const verification::Request&) { return served; },
                                    [](message::Channel, const verification::Request&) { return Micros{35'000}; }};
    const auto read = api::v1::read_start(call, *parameters, (rules_kind & 64U) != 0 ? "header-key" : "", rules);
    if (const auto* start = std::get_if<engine::Start>(&read)) {
        check_start(*start, account);
    } else {
        check_refusal(std::get<Answer>(read), call);
    }
    return 0;
}
